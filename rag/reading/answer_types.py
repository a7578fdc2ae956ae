"""Spans of a sentence that could fill an expected kind of answer. Regular expressions only;
offsets are code points into the given text, half-open, ascending and disjoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from index.records import Span
from rag.reading.gazetteer import CALENDAR, COUNTRIES, ORGANISATION_WORDS
from rag.reading.question import AnswerType
from rag.reading.terms import STOP_WORDS, fold, key_of

_ONES = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_SCALE = r"hundred|thousand|million|billion|trillion|dozen|bn|mn|tn|m|k"
_FIGURES = r"\d+(?:,\d+)*(?:\.\d+)?"
_SPELLED = rf"(?:{_ONES})(?:[- ](?:{_ONES}))?"
_NUMBER = (
    rf"(?:(?:{_FIGURES}|\b{_SPELLED}\b)(?:[- ]?(?:{_SCALE})\b)*"
    r"|\b(?:dozens|scores|hundreds|thousands|tens of thousands|hundreds of thousands|millions|"
    r"billions|a dozen|half a dozen|a hundred|a thousand|a million|a billion|several|half|once|"
    r"twice|a handful|"
    r"a couple)\b)"
)
_TIME = r"(?:second|minute|hour|day|night|weekend|week|month|year|decade|generation|centur(?:y|ie))"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_FRACTION = (
    r"(?:(?:a|one|two|three|four|nearly|almost|roughly|about)[ -])?(?:half|third|quarter|fifth|"
    r"tenth|thirds|quarters|fifths|tenths)(?= of\b)"
)
_COUNTRY_KEYS = frozenset(key_of(name) for name in COUNTRIES)
_NUMERIC: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.DURATION: re.compile(
        rf"(?:\b(?:an? |the )?(?:{_FIGURES}|{_SPELLED})(?: and a half)?[- ]"
        rf"(?:(?:more|consecutive|full|long|further|extra|whole) )?{_TIME}s?"
        r"(?:[- ](?:term|period|mandate|extension|run|stay|reign|contract|sentence|lease|deal|war|"
        r"spell|old))?\b"
        rf"|\b(?:half an? |an? (?:further |full |whole |single )?|several |a few |many |some |"
        rf"another |a couple of |(?:a )?quarter of a )(?:{_TIME}|half-{_TIME})s?\b"
        r"|\b(?:decades|centuries|indefinitely|permanently|forever|overnight)\b"
        r"|\b(?:from|between) \w+ (?:to|until|and) \w+\b"
        rf"|\buntil (?:\w+ )?(?:\d{{4}}|{_MONTH}|{_DAY}))",
        re.IGNORECASE,
    ),
    AnswerType.PERCENT: re.compile(
        rf"\b(?:{_FIGURES}|{_SPELLED}) ?(?:%|percent(?:age points?)?\b|per cent\b)"
        rf"|\b{_FRACTION}|\b(?:{_SPELLED}|\d+) (?:in|out of) (?:every )?(?:{_SPELLED}|\d+)\b",
        re.IGNORECASE,
    ),
    AnswerType.MONEY: re.compile(
        rf"(?:US|A|C|NZ|HK)?[$€£¥₹] ?{_FIGURES}(?:[- ]?(?:{_SCALE})\b)*"
        rf"|{_NUMBER}[- ](?:(?:US |Canadian |Australian )?dollars?|euros?|pounds?|sterling|yen|"
        r"yuan|rupees?|roubles?|rubles?|francs?|crowns?|kron(?:a|or|er)|hryvnias?|pence|cents|"
        r"pesos?)\b",
        re.IGNORECASE,
    ),
    AnswerType.QUANTITY: re.compile(
        rf"{_NUMBER}[- ]?(?:km|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|m|cm|centimet(?:re|er)s?|"
        r"mm|feet|foot|ft|inch(?:es)?|acres?|hectares?|square \w+|tons?|tonnes?|kg|kilos?|"
        r"kilograms?|"
        r"pounds?|litres?|liters?|gallons?|barrels?|degrees?|mph|knots|"
        r"megawatts?|gigawatts?|MW|GW)\b",
        re.IGNORECASE,
    ),
    # A bare year counts nothing.
    AnswerType.COUNT: re.compile(
        rf"(?<!\d)(?!\b(?:19|20)\d\d\b(?![,.]\d)){_NUMBER}", re.IGNORECASE
    ),
    AnswerType.AGE: re.compile(
        r"\b(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)[- ]years?[- ]old\b|\baged? (?:of )?(?:\d{1,3}|[a-z]+)\b"
        r"|(?<=, )\d{1,3}(?=,)|\b(?:turned|turns) \d{1,3}\b"
        rf"|\b(?:he|she|who) (?:is|was) (?:only |just |now )?(?:\d{{1,3}}|{_SPELLED})\b(?! ?%)",
        re.IGNORECASE,
    ),
}
_DATE = re.compile(
    rf"\b(?:{_DAY},? )?{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?\b"
    rf"|\b{_MONTH}(?:,? \d{{4}})?\b"
    rf"|\b{_DAY}(?: (?:morning|afternoon|evening|night))?\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b(?:early |late |mid-?)?(?:1\d|20)\d{2}s?\b(?! ?(?:%|percent|people))"
    r"|\b(?:last|next|this|earlier this|later this) (?:year|month|week|weekend|summer|winter|"
    r"spring|autumn|fall|decade|night|morning|evening)\b"
    r"|\b(?:[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight|[Nn]oon|[Mm]idnight)\b"
    r"|\b\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\b\.?|GMT|UTC|o['’]clock)"
    r"|\b\d+ (?:years?|months?|weeks?|days?|hours?) (?:ago|earlier|later)\b"
    r"|\b(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:th|rst|ond|ird)) centur(?:y|ies)\b"
    r"|\b(?:AD|BC) ?\d+\b|\b\d+ ?(?:AD|BCE?|CE)\b"
    r"|\b(?:the )?(?:early |late |mid-)?\d{2,4}s\b"
)
_NAME = re.compile(
    r"\b(?:[A-Z]\.){2,}(?: [A-Z][\w’'-]+)*"
    r"|\b[A-Z][\w’'-]*(?:(?: (?:of|de|van|von|al|bin|ibn|da|del|la|le|the|and|for))? "
    r"(?:[A-Z]\.|[A-Z][\w’'-]+))*"
)
_NAME_OF_A_PERSON = re.compile(
    r"(?<![.\w])[A-Z](?!\.[A-Z])[\w’'-]*"
    r"(?: (?:(?:de|van|von|al|bin|da|del|la)(?= [A-Z])|[A-Z]\.|[A-Z][\w’'-]+))*"
)
_BEFORE_A_PLACE = re.compile(
    r"\b(?:in|at|near|from|to|outside|around|across|into|towards?|of|on|[Ii]n|[Aa]t|[Ff]rom)"
    r"(?: the)?(?: (?:city|town|village|port|capital|region|north|south|east|west|eastern|"
    r"western|northern|southern|central|nearby)(?: of)?)? $"
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|as a result of|in order to|so that|amid|after|citing|"
    r"saying|arguing|to (?:avoid|prevent|protect|reduce|deter|help|allow|ensure|make|stop|keep))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"][^”\"]{3,}[”\"]?")
_SPEECH = (
    "said says told added wrote warned argued announced called described insisted noted stressed "
    "stated claimed admitted denied declared pledged vowed cautioned concurred explained replied "
    "confirmed urged signalled signaled suggested promised rejected emphasised emphasized hailed "
    "thinks believes says tweeted posted remarked predicted criticised criticized"
)
VERBS_OF_SPEECH = frozenset(key_of(verb) for verb in _SPEECH.split())
"""Keys of verbs that report what someone said."""
_REPORTED = re.compile(rf"\b(?:{'|'.join(_SPEECH.split())}|according to)\b")


def find_spans(text: str, kind: AnswerType) -> list[Span]:
    """Spans of `text` that could be an answer of this kind; none for kinds without a form
    (yes or no, definition, other)."""
    if kind in _NUMERIC:
        return [Span(*m.span()) for m in _NUMERIC[kind].finditer(text) if m.group().strip()]
    finder = _FINDERS.get(kind)
    return list(finder(text)) if finder else []


def has_form(kind: AnswerType) -> bool:
    """Whether spans of this kind can be told by their form."""
    return kind in _NUMERIC or kind in _FINDERS


def is_figure(kind: AnswerType) -> bool:
    """Whether spans of this kind are figures and dates, which rules seldom miss; names, reasons
    and statements have looser forms."""
    return kind in _NUMERIC or kind is AnswerType.DATE


def _plain(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    def find(text: str) -> Iterator[Span]:
        return (Span(*match.span()) for match in pattern.finditer(text))

    return find


def _statements(text: str) -> Iterator[Span]:
    quoted = [Span(*match.span()) for match in _QUOTED.finditer(text)]
    yield from quoted or (Span(*match.span()) for match in _REPORTED.finditer(text))


def _names(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[Span, list[str]]]:
    """Capitalised runs and their folded words, without stop words at the head of a sentence,
    weekdays and months."""
    for match in pattern.finditer(text):
        start, words = match.start(), match.group().split()
        while words and _leads_in(words[0]):
            start = min(start + len(words[0]) + 1, match.end())
            words = words[1:]
        if words:
            yield (
                Span(start, match.end()),
                [fold(word).removesuffix("’s").removesuffix("'s") for word in words],
            )


def _leads_in(word: str) -> bool:
    """Whether a capitalised run does not really begin with this word."""
    folded = fold(word)
    return folded in CALENDAR or (folded in STOP_WORDS and not _is_acronym(word))


def _is_acronym(word: str) -> bool:
    return word.isupper() and len(word) > 1


def is_country(word: str) -> bool:
    """Whether the word, in lower case, is a country or its people."""
    return key_of(word) in _COUNTRY_KEYS or word.endswith(("ian", "ians", "ese"))


def _persons(text: str) -> Iterator[Span]:
    for span, words in _names(text, _NAME_OF_A_PERSON):
        own = [word for word in words if not is_country(word)]
        alone = len(words) == 1
        if alone and (span.start == 0 or _is_acronym(text[span.start : span.end])):
            continue
        if own and not any(word in ORGANISATION_WORDS for word in own):
            yield span


def _places(text: str) -> Iterator[Span]:
    for span, words in _names(text, _NAME_OF_A_PERSON):
        known = any(is_country(word) for word in words)
        if known or _BEFORE_A_PLACE.search(text[max(0, span.start - 40) : span.start]):
            yield span


def _organisations(text: str) -> Iterator[Span]:
    for span, words in _names(text, _NAME):
        known = any(word in ORGANISATION_WORDS for word in words)
        acronym = _is_acronym(text[span.start : span.end].replace(".", ""))
        own = not all(is_country(word) for word in words)
        if own and (known or acronym or span.start > 0 or len(words) > 1):
            yield span


_FINDERS: dict[AnswerType, Callable[[str], Iterator[Span]]] = {
    AnswerType.DATE: _plain(_DATE),
    AnswerType.PERSON: _persons,
    AnswerType.PLACE: _places,
    AnswerType.ORGANISATION: _organisations,
    AnswerType.REASON: _plain(_REASON),
    AnswerType.STATEMENT: _statements,
}
