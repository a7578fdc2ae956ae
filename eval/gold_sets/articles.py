"""The articles that a gold file is about, and what a gold file calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

from eval.targets.references import ArticleNames, ReferenceIndex
from index.errors import ArticleNotFound
from index.records import Article, ArticlePage, ArticleSummary

_PAGE_SIZE = 500
_RECORD = re.compile(r":\d+$")


class ArticleSource(Protocol):
    """Where articles are read from: an open archive, or a running Quoth."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    def summaries(self) -> Iterator[ArticleSummary]:
        """Yield the listing of all articles."""
        ...

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text; None where no article has the id."""
        ...


class Archive(Protocol):
    """What an open archive offers."""

    def article(self, article_id: str) -> Article:
        """Return the article as stored. Raises: ArticleNotFound."""
        ...

    def articles(self, *, limit: int, offset: int) -> ArticlePage:
        """Return a page of the archive's listing."""
        ...


class ArchiveArticles:
    """The articles of an open archive."""

    def __init__(self, archive: Archive, *, name: str) -> None:
        self._archive = archive
        self._name = name

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._name

    def summaries(self) -> Iterator[ArticleSummary]:
        """Yield the archive's listing."""
        offset = 0
        while True:
            page = self._archive.articles(limit=_PAGE_SIZE, offset=offset)
            yield from page.articles
            offset += len(page.articles)
            if not page.articles or offset >= page.total:
                return

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text; None where no article has the id."""
        try:
            return self._archive.article(article_id).text
        except ArticleNotFound:
            return None


class KnownArticles:
    """All articles of a source by id, and the names that a gold file may give them."""

    def __init__(self, source: ArticleSource) -> None:
        self._source = source
        self.name = source.name
        listed = sorted(source.summaries(), key=lambda summary: summary.article_id)
        self.summaries = {summary.article_id: summary for summary in listed}
        """By id, ascending."""
        self._references = ReferenceIndex(
            ArticleNames(each.article_id, each.url, each.origin) for each in listed
        )

    def text(self, article_id: str) -> str:
        """Return the stored text; empty where the article has gone meanwhile."""
        return self._source.article_text(article_id) or ""

    def resolve(self, reference: str) -> list[str]:
        """Return ids of the articles that the reference names, ascending."""
        return sorted(self._references.resolve(reference))

    def reference(self, article_id: str) -> str:
        """Return what a gold file had best call the article: the first name that is its alone.

        A file's name outlives a move of the folder; a record's URL outlives a change of its place
        in its file; ids are the last resort.
        """
        summary = self.summaries[article_id]
        file_name = re.split(r"[/\\]", summary.origin)[-1]
        names = [file_name, summary.url, summary.origin]
        if _RECORD.search(summary.origin):
            names = [summary.url, file_name, summary.origin]
        return next(
            (name for name in names if name and self.resolve(name) == [article_id]), article_id
        )

    @cached_property
    def names(self) -> list[str]:
        """What each article is best called by, ascending."""
        return sorted(self.reference(article_id) for article_id in self.summaries)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Title → what the article is best called by."""
        return {each.title: self.reference(name) for name, each in self.summaries.items()}
