"""Cutting an article into passages of whole sentences, with exact offsets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Passage, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageShape:
    """How long passages are."""

    max_words: int
    """A passage ends before the sentence that would exceed this, unless it is the first one."""
    overlap: int
    """How many of the last sentences a passage repeats at the start of the next."""


def group_sentences(
    text: str, sentences: Sequence[Span], shape: PassageShape
) -> list[tuple[Span, ...]]:
    """Runs of sentences, in text order, that together hold every sentence."""
    lengths = [len(text[start:end].split()) for start, end in sentences]
    groups: list[tuple[Span, ...]] = []
    first = 0
    while first < len(sentences):
        last, words = first, lengths[first]
        while last + 1 < len(sentences) and words + lengths[last + 1] <= shape.max_words:
            last += 1
            words += lengths[last]
        groups.append(tuple(sentences[first : last + 1]))
        if last + 1 == len(sentences):
            break
        following = last + 1
        first = max(first + 1, following - shape.overlap)
        # What is repeated must leave room for a sentence that is new.
        while first < following and sum(lengths[first : following + 1]) > shape.max_words:
            first += 1
    return groups


def split_passages(
    *, article_id: str, version: int, text: str, sentences: Sequence[Span], shape: PassageShape
) -> list[Passage]:
    """The passages of one article version: `text[p.start:p.end] == p.text` for each."""
    passages = []
    for ordinal, group in enumerate(group_sentences(text, sentences, shape)):
        start, end = group[0].start, group[-1].end
        passages.append(
            Passage(
                passage_id=f"{article_id}.{version}.{ordinal}",
                article_id=article_id,
                version=version,
                ordinal=ordinal,
                start=start,
                end=end,
                text=text[start:end],
                sentences=group,
            )
        )
    return passages


def article_of(passage_id: str) -> str:
    """The id of the article that a passage is of."""
    return passage_id.rsplit(".", 2)[0]


def embedding_input(title: str, passage: Passage) -> str:
    """What the embedder sees of a passage: its article's title, then its words."""
    return f"{title}\n{passage.text}" if title else passage.text


def input_hash(text: str) -> str:
    """SHA-256 of a text that is embedded."""
    return hashlib.sha256(text.encode()).hexdigest()
