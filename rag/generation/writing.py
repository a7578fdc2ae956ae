"""From the pieces of a reply to sentences with the numbers of their quotes.

How the pieces are cut makes no difference: a sentence ends where quotes are cited at its full stop
or at the end of a line, and only once what comes after it is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.sentences import split_sentences

MAX_REPLY = 20_000
"""Characters of a reply that are read."""
_GAP = r"[^\S\n]"
_MARKS = rf"(?:{_GAP}*\[{_GAP}*\^?\d{{1,4}}(?:{_GAP}*[,;]{_GAP}*\^?\d{{1,4}})*{_GAP}*\])+"
_STOP = r"[.!?…]+[\"”’')*_]*"
_END = re.compile(
    rf"(?:{_STOP}{_MARKS}|{_MARKS}{_GAP}?{_STOP})(?=\s+[^\s\[])"
    rf"|{_MARKS}(?:{_GAP}?{_STOP})?{_GAP}*\n"
)
_MARK = re.compile(r"\s*\[([\s\d,;^]+)\]")
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|#+\s+|\d{1,2}[.)]\s+)+")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_BRACKETS = str.maketrans("【】", "[]")
_EMPHASIS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSentence:
    """A sentence as a model wrote it, before it is checked."""

    text: str
    citations: tuple[int, ...]
    """Numbers that it cites, each once, in its order; they may be of no quote."""


def sentences_in(pieces: Iterable[str]) -> Iterator[WrittenSentence]:
    """The sentences that cite something, each as soon as it is complete.

    A sentence without numbers takes those of the next one of its line that has some; where none
    comes, it is left out. What a model thinks aloud (`<think>`) is no part of the reply.
    """
    text, done = "", 0
    for piece in pieces:
        text += _plain(piece)[: MAX_REPLY - len(text)]
        if not _may_be_thinking(text):
            plain = _THINKING.sub("", text)
            for match in _END.finditer(plain, done):
                yield from _sentences(plain[done : match.end()])
                done = match.end()
        if len(text) >= MAX_REPLY:
            break
    plain = _THINKING.sub("", text) + "\n"
    for match in _END.finditer(plain, done):
        yield from _sentences(plain[done : match.end()])
        done = match.end()


def words_of(reply: str) -> str:
    """A reply without what the model thought aloud, and without numbers of quotes."""
    return _MARK.sub("", _THINKING.sub("", _plain(reply))).strip()


def _may_be_thinking(text: str) -> bool:
    """Whether the reply opens with thoughts that have not ended."""
    opening = re.match(r"\s*<(think|thinking|reasoning)?", text, re.IGNORECASE)
    if opening is None:
        return False
    return re.search(r"</(?:think|thinking|reasoning)>", text, re.IGNORECASE) is None


def _sentences(unit: str) -> Iterator[WrittenSentence]:
    """The sentences of a unit, all with the numbers at its end and those of their own."""
    for line in _lines(unit):
        marks = list(_MARK.finditer(line))
        if not marks:
            continue
        bare = _MARK.sub("", line).strip()
        numbers = tuple(
            dict.fromkeys(int(n) for mark in marks for n in re.findall(r"\d+", mark[1]))
        )
        for span in split_sentences(bare):
            yield WrittenSentence(text=bare[span.start : span.end], citations=numbers)


def _lines(unit: str) -> Iterator[str]:
    for line in unit.splitlines():
        kept = " ".join(_EMPHASIS.sub("", _BULLET.sub("", line)).split())
        if kept:
            yield kept


def _plain(piece: str) -> str:
    """The piece without characters that are not seen, and with the brackets that are expected."""
    kept = (c for c in piece if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    return "".join(kept).translate(_BRACKETS)
