"""From the way a gold file names an article to the article's id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

_RECORD_NUMBER = re.compile(r":\d+$")


class ArticleNames(NamedTuple):
    """What one article can be called by."""

    article_id: str
    url: str | None
    origin: str
    """The file as given, or `file.jsonl:12`."""


class ReferenceIndex:
    """Finds articles by id, URL, origin, file path or file name.

    A reference may name several: two files of one name in different folders, or all records of
    one JSONL file.
    """

    def __init__(self, articles: Iterable[ArticleNames]) -> None:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for article in articles:
            for name in _names(article):
                found[name].add(article.article_id)
        self._found = {name: frozenset(ids) for name, ids in found.items()}

    def resolve(self, reference: str) -> frozenset[str]:
        """Return the ids of the articles that the reference names; empty where it names none."""
        return self._found.get(reference, frozenset())


def _names(article: ArticleNames) -> set[str]:
    path = _RECORD_NUMBER.sub("", article.origin)
    names = {article.article_id, article.origin, path}
    names |= {re.split(r"[/\\]", name)[-1] for name in (article.origin, path)}
    if article.url:
        names.add(article.url)
    return names - {""}
