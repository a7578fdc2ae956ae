"""Where the archive holds the evidence of a gold question, and what covers it.

Evidence is quoted words, so it is looked up in the stored text: a gold set outlives any change of
chunking and of ids. Of a false premise it is the words that contradict it. White space and the
shape of quotation marks and dashes are ignored, because cleaning changes them; nothing else is.
Where a target gives no offsets, or its archive cannot be looked into, words are compared with
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.gold import Evidence, GoldQuestion
from eval.replies import ReplyCitation, ReplyPassage
from eval.targets.base import Articles
from index.records import Span

_FOLDED = str.maketrans(
    {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—―", "-")}
)  # one code point to one code point, so that offsets stay


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One piece of evidence of a question, and every place where its words are stored."""

    key: str
    """Unique within the question."""
    evidence: Evidence
    articles: frozenset[str]
    """Ids of the articles that the reference names; the reference itself without an archive."""
    places: tuple[tuple[str, Span], ...] | None
    """Article id and span of each occurrence of the quote; empty where there is none, None without
    an archive."""


def locate_evidence(question: GoldQuestion, articles: Articles | None) -> tuple[EvidenceItem, ...]:
    """Return the question's evidence, or what contradicts its premise, with places in articles."""
    items = []
    for number, evidence in enumerate(question.quoted, start=1):
        named = frozenset({evidence.article})
        places: tuple[tuple[str, Span], ...] | None = None
        if articles is not None:
            named = articles.resolve(evidence.article)
            places = tuple(
                (article_id, span)
                for article_id in sorted(named)
                for span in find_quote(evidence.quote, articles.article_text(article_id) or "")
            )
        items.append(
            EvidenceItem(key=f"evidence-{number}", evidence=evidence, articles=named, places=places)
        )
    return tuple(items)


def find_quote(quote: str, text: str) -> list[Span]:
    """Return the spans of all occurrences of the quote in the text, ascending."""
    words = _words(quote)
    if not words:
        return []
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    return [Span(*match.span()) for match in pattern.finditer(text.translate(_FOLDED))]


def passage_covers(passage: ReplyPassage, item: EvidenceItem) -> bool:
    """Return whether the passage shows the evidence.

    It does if its span holds at least half of an occurrence of the quote. Search lists one of
    several copies of a story and names the others: where the evidence is in one of those, the
    passage must hold the whole quote. A passage without offsets must hold half of the quote's
    words in a row.
    """
    if item.places is None or passage.start is None or passage.end is None:
        return _shares_half(passage.text, item.evidence.quote)
    span = Span(passage.start, passage.end)
    for article_id, place in item.places:
        if article_id == passage.article and 2 * _overlap(span, place) >= _length(place):
            return True
    if set(passage.copies).isdisjoint(article_id for article_id, _ in item.places):
        return False
    return bool(find_quote(item.evidence.quote, passage.text))


def citation_overlaps(citation: ReplyCitation, item: EvidenceItem) -> bool:
    """Return whether quote and evidence share at least half of the shorter of the two.

    A cited sentence may be a part of the evidence, or the evidence a part of it; a word at the
    edge is not enough. Without offsets their words must do so, in a row.
    """
    if item.places is None or citation.start is None or citation.end is None:
        shorter, longer = sorted((citation.quote, item.evidence.quote), key=len)
        return _shares_half(longer, shorter)
    span = Span(citation.start, citation.end)
    return any(
        2 * _overlap(span, place) >= min(_length(span), _length(place)) > 0
        for article_id, place in item.places
        if article_id == citation.article
    )


def is_of_evidence(citation: ReplyCitation, item: EvidenceItem) -> bool:
    """Return whether the cited article is one that the evidence names, or a copy of one."""
    return not item.articles.isdisjoint({citation.article, *citation.copies})


def missing_evidence(question: GoldQuestion, items: Iterable[EvidenceItem]) -> list[str]:
    """Return one line for each item whose article or quote is nowhere in the archive."""
    lines = []
    for item in items:
        if item.places:
            continue
        what = (
            f"quote not found in {item.evidence.article!r}: {_shortened(item.evidence.quote)!r}"
            if item.articles
            else f"no article {item.evidence.article!r}"
        )
        lines.append(f"{question.id}: {what}")
    return lines


def _shares_half(text: str, quote: str) -> bool:
    """Return whether the text holds a run of the quote's words of at least half its characters."""
    words = _words(quote.lower())
    held = f" {' '.join(_words(text.lower()))} "
    needed = sum(map(len, words)) / 2
    return any(f" {' '.join(run)} " in held for run in _runs(words, needed))


def _runs(words: Sequence[str], characters: float) -> Iterable[Sequence[str]]:
    """Yield, for each word, the shortest run from it that has so many characters."""
    for first in range(len(words)):
        count = 0
        for last in range(first, len(words)):
            count += len(words[last])
            if count >= characters:
                yield words[first : last + 1]
                break


def _words(text: str) -> list[str]:
    return text.translate(_FOLDED).split()


def _overlap(left: Span, right: Span) -> int:
    return max(0, min(left.end, right.end) - max(left.start, right.start))


def _length(span: Span) -> int:
    return span.end - span.start


def _shortened(text: str, limit: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
