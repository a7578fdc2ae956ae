"""An answer that is only words: its sentences, the citations they name, and whether it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eval.replies import ReplySentence
from index.errors import InputError
from index.sentences import split_sentences
from rag.records import Outcome

_REASONING = re.compile(r"^.*?</think(?:ing)?>", re.DOTALL)
"""What local reasoning models say to themselves before they answer; some leave the tag that opens
it to the prompt."""

_NUMBERS = r"\^?\d{1,3}(?:\s*[,;–-]\s*\^?\d{1,3})*"
_MARKER = re.compile(rf"[^\S\n]*(?:\[({_NUMBERS})\](?!\()|【({_NUMBERS})】)")
"""`[1]`, `[1, 2]`, `[1-3]` or `[^1]`, and not the text of a Markdown link."""
_SOURCES = re.compile(r"\n\s*\n(?P<lines>(?:[^\S\n]*\[\^?\d{1,3}\]:?[^\S\n][^\n]*(?:\n|\Z))+)\s*\Z")
"""Lines at the end that begin with numbers: a list of sources where all were cited above."""
_BULLET = re.compile(r"(?:^|\n)[^\S\n]*(?:[-*•]|\d{1,2}[.)])[^\S\n]+")

_NOT = r"(?:\s+not|n['’]t)"
_NEGATED = rf"(?:(?:does|do|did|could|can|would){_NOT}|cannot|can['’]t|won['’]t)"
_TELLS = (
    r"(?:address|answer|contain|cover|detail|disclose|discuss|give|include|indicate|mention|name"
    r"|provide|reveal|say|specify|state)"
)
_SOURCE = (
    r"(?:archive|articles?|context|documents?|evidence|excerpts?|information|knowledge base"
    r"|passages?|(?:provided |given )?text|(?:search )?results?|sources?)"
)
_TOLD = (
    r"(?:addressed|answered|available|determined|disclosed|given|known|mentioned|provided"
    r"|specified|stated)"
)
_LISTED = r"(?:articles?|context|documents?|information|passages?|results?|sources?)"
"""No evidence and no text are found in what articles report, too."""
_OF_NOTHING = r"(?:about|available|found|given|of|on|provided|regarding|that)\b"
_NOT_TOLD = rf"\b(?:(?:is|are|was|were){_NOT}|cannot be|could not be) (?:\w+ )?{_TOLD}"
REFUSALS: tuple[str, ...] = (
    rf"\b{_SOURCE}(?: \w+){{0,4}} {_NEGATED} (?:\w+ ){{0,2}}{_TELLS}",
    r"\bI(?:['’]m| am| was) (?:sorry|afraid|unable|not able|not aware|not sure)\b",
    r"^\W*(?:sorry|unfortunately)\b",
    rf"\b(?:I|we) {_NEGATED} (?:have|know|find|see|locate|answer|determine|provide|tell)\b",
    rf"\b(?:I|we) (?:have|found|find|know of) no (?:\w+ ){{0,2}}(?:{_SOURCE}|answer|mention)\b",
    rf"\bno (?:\w+ ){{0,2}}(?:{_LISTED}|data|details|mention) (?:\w+ ){{0,3}}{_OF_NOTHING}",
    rf"\b(?:none of|nothing in) (?:\w+ ){{0,3}}{_SOURCE}\b",
    rf"{_NOT_TOLD}(?: (?:by|from|in|within) (?:\w+ ){{0,4}}{_SOURCE}\b|\W*$)",
    rf"\bnot found in (?:\w+ ){{0,4}}{_SOURCE}\b",
    r"\bnot possible to (?:answer|determine|say|tell)\b",
    r"\b(?:insufficient|not enough) (?:context|evidence|information)\b",
    r"\bunanswerable\b",
    r"^\W*(?:n/a|no answer|not (?:found|known|specified|stated)|unknown)\W*$",
)
"""How systems that answer in free text say that they do not know."""
_REFUSES = re.compile("|".join(f"(?:{pattern})" for pattern in REFUSALS), re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerText:
    """What the words of an answer tell."""

    outcome: Outcome
    text: str
    """The words as they were, but for reasoning before them."""
    sentences: tuple[ReplySentence, ...]
    """Empty where it refuses."""


def read_answer(text: str, *, refusal: re.Pattern[str] | None = None) -> AnswerText:
    """Return the answer's sentences, or that it refuses.

    It refuses if its **first** sentence does, as the RGB test reads answers (Chen et al., AAAI
    2024), since a system that answers may still say what it lacks; or if nothing is said.
    `refusal` goes in the place of `REFUSALS`, and is searched in the whole answer.
    """
    text = without_reasoning(text)
    sentences = sentences_of(text)
    if refusal is not None:
        refuses = refusal.search(text) is not None
    else:
        refuses = bool(sentences) and _REFUSES.search(sentences[0].text) is not None
    if refuses or not sentences:
        return AnswerText(outcome=Outcome.NOT_FOUND, text=text, sentences=())
    return AnswerText(outcome=Outcome.ANSWERED, text=text, sentences=sentences)


def sentences_of(text: str) -> tuple[ReplySentence, ...]:
    """Return the sentences without their citation markers, and the numbers that each names.

    A marker belongs to the sentence that it stands in or right behind; at the start of a line, to
    the one that follows. Items of a list are sentences of their own. A list of the sources at the
    end is left out.
    """
    bare, markers = _without_markers(_BULLET.sub("\n\n", _without_sources(text)))
    spans = split_sentences(bare)
    cited: list[list[int]] = [[] for _ in spans]
    for place, numbers in markers:
        behind = [at for at, span in enumerate(spans) if place <= span.end]
        if spans:
            cited[behind[0] if behind else -1] += numbers
    return tuple(
        ReplySentence(text=bare[span.start : span.end], citations=tuple(dict.fromkeys(numbers)))
        for span, numbers in zip(spans, cited, strict=True)
    )


def without_reasoning(text: str) -> str:
    """Return the text behind a `<think>` block; nothing where the block never ends."""
    text = _REASONING.sub("", text, count=1).strip()
    return "" if text.startswith(("<think>", "<thinking>")) else text


def compile_refusal(pattern: str | None) -> re.Pattern[str] | None:
    """Return the pattern, blind to case. Raises: InputError where it is no regular expression."""
    if pattern is None:
        return None
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise InputError(
            f"{pattern!r} is not a regular expression ({error})",
            hint="give one that matches the answers that say that they do not know",
        ) from error


def _without_sources(text: str) -> str:
    found = _SOURCES.search(text)
    if found is None:
        return text
    above, listed = text[: found.start()], _without_markers(found["lines"])[1]
    cited = {n for _, numbers in _without_markers(above)[1] for n in numbers}
    return above if all(set(numbers) <= cited for _, numbers in listed) else text


def _without_markers(text: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """Return the text without its markers, and where in it which numbers were."""
    kept: list[str] = []
    markers = []
    length = start = 0
    for found in _MARKER.finditer(text):
        kept.append(text[start : found.start()])
        length += len(kept[-1])
        markers.append((length, _numbers(found[1] or found[2])))
        start = found.end()
        if text[start : start + 1].isalnum():  # `One.[1]Two.`
            kept.append(" ")
            length += 1
    return "".join([*kept, text[start:]]), markers


def _numbers(marked: str) -> list[int]:
    """Return the numbers that `1, 3-5` stands for."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", marked):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        first, last = ends[0], ends[-1]
        numbers += range(first, last + 1) if first <= last else ends
    return numbers
