"""Questions that ask for a list, and the items of a list in a sentence: "A, B and C"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import Span
from rag.presentation.people import OFFICE, People
from rag.reading.question import AnswerType, Question
from rag.reading.terms import NUMBER_WORDS, terms_of

_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_ASKS = re.compile(
    r"^\W*(?:please )?(?:name|list)\b(?! (?:of|is|was)\b)"
    rf"|\b(?:which|what)(?: other)? {_NUMBER} (?!percent|per cent)\w"
    r"|^\W*(?:and )?(?:which|what) (?:[a-z]+ )?(?:people|[a-z]+[^s\W]s|[a-z]+ies) "
    r"(?:are|were|have|had|did|do|will|would|can|could|is|was|does|[a-z]+ed|took|sent|signed|make)\b"
    r"|^\W*(?:what|which) (?:are|were) (?:the |some |his |her |its |their )"
    r"|^\W*who (?:are|were|else)\b"
    r"|\bwho (?:is|was|were|are) (?:all )?(?:in|on|at|among|part of|present|invited"
    r"|there|involved)\b"
    r"|\bwho (?:attended|took part|takes part|accompanied|joined|(?:came|went|travelled) with)\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"\bwhich one\b|\b(?:status|news|crisis|series|means) \w", re.IGNORECASE)
_STATED = re.compile(
    rf"\b(?:which|what|the|name|list)(?: other)? (?P<number>{_NUMBER})\b", re.IGNORECASE
)
_OF_NAMES = frozenset({AnswerType.PERSON, AnswerType.PLACE, AnswerType.ORGANISATION})
_BESIDE = re.compile(
    r"(?:['’]s?)?(?: of (?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)?"
    rf"(?:, (?:(?:the|his|her|its|their|an?|[A-Z][\w’'-]+) )?(?:[\w’'-]+ ){{0,3}}?{OFFICE}"
    r"(?: (?:of|for) [\w ]{2,30})?(?=,)|, (?:an?|the) [^,;:.]{3,60}(?=,))?"
    r"(?: (?:for|as|at|on) (?:the )?[a-z][\w-]*(?: [a-z][\w-]*)?)?"
    r"(?:,? and|,? as well as|,|;)"
    r"(?: (?:the|his|her|its|their|an?) (?:[a-z-]+ ){0,2}[a-z-]+,(?= ))?"
    r"(?: (?:the|his|her|its|their|an?))?(?: [A-Z][\w’'-]*)*"
    rf"(?: (?:[a-z-]+ ){{0,2}}?{OFFICE},?)? "
)
"""What stands between two names of one list: "of Britain, ", ", his envoy, and ", ", Italy's "."""
_INTRODUCED = re.compile(
    r"(?:: |\b(?:such as|among them|namely|including|includes?|included|contains?|comprises?"
    r"|comprised|lists|listed|named|names) )"
)
_END = re.compile(
    r"[.;:!?—–”\"]|,? (?:so that|which|who|whose|when|where|while|because|although|but|if|after"
    r"|before|in a bid|in order|officials)\b|, (?:he|she|it|they|the \w+) (?:said|says|added)\b"
)
_SEPARATOR = re.compile(r",? and (?:also )?|, (?:or )?|,? or |,? as well as ")
_ENDS_AN_ITEM = re.compile(r"[,.;]|,? and\b| (?:for|as) (?:the )?[a-z][\w-]*(?:[,.;]| and\b)|$")
_PREPOSITION = re.compile(
    r"(?:in|on|at|by|for|from|to|with|of|after|before|since|until|during|under|over|about)\b",
    re.IGNORECASE,
)
_LONGEST_ITEM = 8
_FEWEST = 2


def asks_for_list(question: str) -> bool:
    """Whether several things would be the answer."""
    return _ASKS.search(question) is not None and _ONE.search(question) is None


def number_asked(question: str) -> int | None:
    """How many the question itself says there are: "which two countries"."""
    match = _STATED.search(question)
    if match is None:
        return None
    number = match["number"].lower()
    return int(NUMBER_WORDS.get(number, number))


def items_in(sentence: str, start: int, people: People, question: Question) -> list[Span]:
    """The items of the list that the sentence, which begins at `start` of its article, holds: two
    or more, in order, by offsets of the article; else none. `people` are those named in it."""
    if set(question.types) & _OF_NAMES:
        return _names(sentence, start, people, question)
    return [Span(a + start, b + start) for a, b in _phrases(sentence, question)]


def distinct(items: Sequence[str]) -> list[str]:
    """The items in order, each once: "Starmer" is "Keir Starmer"."""
    kept: list[str] = []
    for item in items:
        keys = _keys(item)
        same = next((n for n, other in enumerate(kept) if _same(keys, _keys(other))), None)
        if same is None:
            kept.append(item)
        elif len(keys) > len(_keys(kept[same])):
            kept[same] = item
    return kept


def in_one(items: Sequence[str]) -> str:
    """The items as "A, B and C"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def _names(sentence: str, start: int, people: People, question: Question) -> list[Span]:
    """The longest run of names side by side that the question does not name itself."""
    asked = {term.key for term in terms_of(question.text)}
    named = [Span(p.start, p.end) for p in people.persons]
    if question.main_type is not AnswerType.PERSON:
        named = [*people.others, *people.places]
    elif not named:
        named = list(people.others)
    else:
        named += [
            o for o in people.others if _is_a_full_name(sentence, o.start - start, o.end - start)
        ]
    runs: list[list[Span]] = [[]]
    for first, last in sorted(named):
        between = sentence[runs[-1][-1].end - start : first - start] if runs[-1] else ""
        if runs[-1] and not _BESIDE.fullmatch(between):
            runs.append([])
        runs[-1].append(Span(first, last))
    best = max(runs, key=len)
    if len(best) < _FEWEST:
        return []
    words = {span: sentence[span.start - start : span.end - start] for span in best}
    new = [span for span in best if not _keys(words[span]) <= asked]
    return new if len(new) >= _FEWEST else []


def _is_a_full_name(sentence: str, start: int, end: int) -> bool:
    """Whether a name that is not known for a person's stands in a list as one does."""
    return " " in sentence[start:end] and _ENDS_AN_ITEM.match(sentence, end) is not None


def _phrases(sentence: str, question: Question) -> list[Span]:
    """What is enumerated behind a colon, "such as", "including", or the question's own verb."""
    asked = {term.key for term in question.terms}
    places = [match.end() for match in _INTRODUCED.finditer(sentence)]
    own = [t.end + 1 for t in terms_of(sentence) if t.key in asked and not t.is_capitalised]
    for place in [*places, *own[-1:]]:
        end = _END.search(sentence, place)
        found = _split(sentence, place, end.start() if end else len(sentence))
        told = place in places or len(found) > _FEWEST
        if found and _PREPOSITION.match(sentence, found[0].start):
            continue  # "on Sunday in two hours, 17 minutes and four seconds"
        if len(found) >= _FEWEST and told and all(map(_is_an_item, _texts(sentence, found))):
            return found
    return []


def _split(sentence: str, start: int, end: int) -> list[Span]:
    """The pieces between commas and "and"."""
    pieces, position = [], start
    for match in _SEPARATOR.finditer(sentence, start, end):
        pieces.append(Span(position, match.start()))
        position = match.end()
    pieces.append(Span(position, end))
    return [piece for piece in pieces if sentence[piece.start : piece.end].strip()]


def _texts(sentence: str, spans: Sequence[Span]) -> list[str]:
    return [sentence[span.start : span.end] for span in spans]


def _is_an_item(words: str) -> bool:
    terms = terms_of(words)
    return 0 < len(terms) <= _LONGEST_ITEM and not all(term.is_stop_word for term in terms)


def _keys(item: str) -> frozenset[str]:
    return frozenset(term.key for term in terms_of(item) if not term.is_stop_word)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and (one <= other or other <= one)
