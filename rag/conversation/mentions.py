"""What a turn of a conversation talks about: names, dates and noun phrases that a later pronoun may
stand for. Rules over words, no model; lower-case questions count as much as well-written ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.reading.answer_types import find_spans
from rag.reading.gazetteer import ORGANISATION_WORDS
from rag.reading.question import AnswerType
from rag.reading.terms import Term, fold, key_of, terms_of


class Kind(StrEnum):
    """What a mention may be; a name may be mentioned as several kinds."""

    PERSON = "person"
    PLACE = "place"
    DATE = "date"
    NAME = "name"
    """Any name: of an organisation, a work, an event, a pair of persons."""
    PHRASE = "phrase"
    """A noun phrase without a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name or describe something."""

    text: str
    kind: Kind
    start: int
    keys: frozenset[str]
    """Keys of its content words; never empty."""
    plural: bool = False
    """Whether it is several by its form: "the guarantees", "Kyiv and Moscow"."""


_MODALS = "do does did will would can could should may might must didn't doesn't don't won't"
_TAKING_A_BARE_VERB = frozenset(_MODALS.split())
_FORMS_OF_BE_AND_HAVE = "is are was were am be been has have had isn't aren't wasn't weren't hasn't"
AUXILIARIES = frozenset(_FORMS_OF_BE_AND_HAVE.split()) | _TAKING_A_BARE_VERB
_FORMS_OF_BE = frozenset({"is", "are", "was", "were"})
_BEFORE_A_VERB = frozenset({"who", "to", "he", "she", "they", "it", "i", "we", "you"})
_VAGUE_WORDS = (
    "thing something anything aspect article detail fact information interesting fun name kind "
    "sort type way lot happen else next year time period day date first last important other "
    "good well popular success successful become get go know tell say"
)
VAGUE = frozenset(key_of(word) for word in _VAGUE_WORDS.split())
"""Keys of words that no pronoun stands for: they name a kind of answer, or nothing."""
_NAME_KINDS = (
    (AnswerType.PERSON, Kind.PERSON),
    (AnswerType.PLACE, Kind.PLACE),
    (AnswerType.ORGANISATION, Kind.NAME),
    (AnswerType.DATE, Kind.DATE),
)
_LONGEST_PHRASE = 4
_LONGEST_NAME = 7
_JOINERS = "of the a an and in for on to de van von la le al vs & at or"
_TITLE_JOINERS = frozenset(_JOINERS.split())
_GENITIVE = re.compile(r"['’]s?(?= |$)")
_PLURAL_GENITIVE = re.compile(r"s['’] [A-Z]")
_OWNED = re.compile(r"['’]s (?=[A-Z])")
_COMPOUND = re.compile(r"-[a-z]+$")
"""Ends what is no name: "American-brokered"."""
_DETERMINER = re.compile(r"\b(?:the|a|an) $", re.IGNORECASE)
_JOINED_NAME = re.compile(
    r" (?:of|to|for|in|at|with|between) (?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*"
)
_PARENTHESES = re.compile(r"\s*\([^)]*\)")


def names_in(text: str) -> list[Mention]:
    """The names and dates of `text`, in order within each kind. A single capitalised word that
    opens a sentence is no name unless it is one elsewhere in the text."""
    found = []
    inner = {t.text for t in terms_of(text) if t.is_capitalised and not _opens(text, t.start)}
    for answer_type, kind in _NAME_KINDS:
        for span in find_spans(text, answer_type):
            within, words = _own_name(text[span.start : span.end], kind)
            start = span.start + within
            if kind is Kind.DATE and words.lower().startswith(("last ", "next ", "this ")):
                continue
            if _COMPOUND.search(words):
                continue
            if kind is Kind.PERSON and _PLURAL_GENITIVE.search(words):
                continue
            alone = " " not in words and kind is not Kind.DATE
            if alone and _opens(text, start) and words not in inner:
                continue
            if mention := _mention(words, kind, start):
                found.append(mention)
    return found


def _own_name(words: str, kind: Kind) -> tuple[int, str]:
    """Where the name begins in a run of capitalised words, and the name: of "Kenya's Ada Brook" the
    person is Ada Brook, the rest are Kenya; the Residents' Alliance is one name."""
    if _PLURAL_GENITIVE.search(words):
        return 0, words
    if kind is Kind.PERSON:
        owned = list(_OWNED.finditer(words))
        if owned:
            return owned[-1].end(), words[owned[-1].end() :]
    return 0, _GENITIVE.split(words)[0]


def phrases_in(question: str) -> list[Mention]:
    """The noun phrases of a question that end in a common noun, in order, each with its determiner
    and with a name that a preposition joins to it: "the ferry to Osk"."""
    found = []
    for run in _runs(question):
        before = _DETERMINER.search(question[: run[0].start])
        while run and run[-1].is_capitalised and run[-1].start > 0:
            run.pop()  # a name stands for itself
        run = run[-_LONGEST_PHRASE:]
        if not run or (run[0].is_capitalised and run[0].start > 0 and not before):
            continue
        first, end = run[0].start, run[-1].end
        joined = _JOINED_NAME.match(question, end) if before else None
        words = question[first : joined.end() if joined else end]
        mention = _mention(f"the {words}" if before else words, Kind.PHRASE, first)
        if mention is None or mention.keys <= VAGUE:
            continue
        if before or mention.plural or len(run) > 1:  # a bare word may be a verb
            kind = Kind.NAME if fold(run[-1].text) in ORGANISATION_WORDS else Kind.PHRASE
            plural = _is_plural(run[-1].text)
            found.append(replace(mention, kind=kind, plural=plural))
    return found


def names_in_title(title: str) -> tuple[list[Mention], bool]:
    """What a cited article's title names, and whether it is one name as a whole. Capitals tell
    nothing in a headline that has them throughout."""
    title = _PARENTHESES.sub("", title).strip()
    words = [word for word in title.split() if word.lower() not in _TITLE_JOINERS]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
    if words and capitals == len(words) and len(title.split()) <= _LONGEST_NAME:
        name = _mention(title, Kind.NAME, 0)
        kinds = [replace(m, start=0) for m in names_in(f"– {title}") if m.text == title]
        return ([name, *kinds] if name else []), True
    return (names_in(title) if 2 * capitals <= len(words) else []), False


def _mention(words: str, kind: Kind, start: int) -> Mention | None:
    keys = frozenset(term.key for term in terms_of(words) if not term.is_stop_word)
    if not keys:
        return None
    plural = _is_plural(words) if kind is Kind.PHRASE else " and " in words
    return Mention(text=words, kind=kind, start=start, keys=keys, plural=plural)


def _is_plural(noun: str) -> bool:
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence or a quote begins here."""
    return (
        not text[:start].rstrip(" \"“'‘–-").rstrip() or text[:start].rstrip(" \"“'‘")[-1] in ".?!:"
    )


def _runs(question: str) -> Iterator[list[Term]]:
    """Content words side by side, without the verb where the form of the question tells it."""
    words = terms_of(question)
    begin = 0
    for position, term in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else None
        if not _is_content(term):
            begin = position + 1
        elif (
            following is None
            or not _is_content(following)
            or question[term.end : following.start] not in {" ", "-", "'"}
        ):
            run, before = list(words[begin : position + 1]), words[:begin]
            verb_follows = following is not None and following.text.lower() in AUXILIARIES
            yield from [run] if verb_follows else _without_verb(run, before)
            begin = position + 1


def _is_content(term: Term) -> bool:
    return not term.is_stop_word and term.text.lower() not in AUXILIARIES


def _without_verb(run: list[Term], before: Sequence[Term]) -> Iterator[list[Term]]:
    words = [term.text.lower() for term in before if term.text.lower() not in {"the", "a", "an"}]
    last = words[-1] if words else ""
    if len(run) > 1:
        if last in _TAKING_A_BARE_VERB:  # did the council [decide]
            run = run[: max(1, len(run) - 1)]
        elif last in {"who", "what"} or not words:  # who [proposed] guarantees
            run = run[1:]
        elif last in {"many", "which"}:  # how many refugees [came]
            run = run[:-1]
        elif last in _FORMS_OF_BE and run[-2].is_capitalised and not run[-1].is_capitalised:
            run = run[:-1]  # when was the Maiden Bridge [built]
    elif last in _BEFORE_A_VERB:
        return
    while len(run) > 1 and run[-1].text.lower().endswith(("ed", "ly")):
        run = run[:-1]
    yield run
