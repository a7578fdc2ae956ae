"""What an English question asks for: its content words, the names and numbers in it, and the
kind of answer it expects. Deterministic rules, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.reading.gazetteer import CALENDAR
from rag.reading.terms import Term, terms_of


class AnswerType(StrEnum):
    """The kind of thing that would answer."""

    DURATION = "duration"
    COUNT = "count"
    AGE = "age"
    PERCENT = "percent"
    MONEY = "money"
    QUANTITY = "quantity"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    REASON = "reason"
    STATEMENT = "statement"
    YES_NO = "yes_no"
    DEFINITION = "definition"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, analysed."""

    text: str
    """As `plain` gives it; offsets of the terms count in it."""
    terms: tuple[Term, ...]
    """Content words in order, without question words, stop words and words that only name the
    kind of answer ("year" in "what year")."""
    names: frozenset[str]
    """Keys of the terms that are names: capitalised where English does not ask for it."""
    numbers: frozenset[str]
    """Keys of the terms that are numbers."""
    types: tuple[AnswerType, ...]
    """Kinds of answer that would do, most likely first; never empty."""
    speakers: frozenset[str] = frozenset()
    """Keys of the terms that name whose statement is asked for."""
    unit: str | None = None
    """Key of what is counted: "country" in "how many countries"."""
    focus: str | None = None
    """Key of the noun whose instance is asked for, where no kind of answer stands for it:
    "hotel" in "which hotel did …"."""

    @property
    def main_type(self) -> AnswerType:
        """The most likely kind."""
        return self.types[0]


_T = AnswerType
_TIME_UNITS = r"(?:second|minute|hour|day|night|week|month|year|decade|centur(?:y|ie))s?"
_KINDS: tuple[tuple[tuple[str, ...], tuple[AnswerType, ...]], ...] = (
    (
        (
            rf"\b(?:how long|for how many {_TIME_UNITS}|how many (?:more )?{_TIME_UNITS})\b",
            r"\b(?:what|which) (?:is|was|are|were|would be)(?: the)? (?:duration|length of time)\b",
            r"^\W*(?:the )?(?:duration|length of time)\b",
        ),
        (_T.DURATION,),
    ),
    (
        (r"^\W*(?:(?:what|which) (?:is|was|are|were|would be) )?(?:the )?length of\b",),
        (_T.DURATION, _T.QUANTITY),
    ),
    (
        (
            r"\bhow much (?:money|cash)\b",
            (
                r"\bhow much (?:\w+ ){0,6}?(?:cost|pay|paid|worth|spent?|earn(?:ed|s)?|"
                r"invest(?:ed)?|"
                r"raised?|charged?|fined?)\b"
            ),
            (
                r"\b(?:what|which) (?:is|was|were|are|would be)? ?(?:the )?(?:\w+ )?(?:cost|price|"
                r"budget|fine|sum|salary|fee|value)\b"
            ),
            r"\bhow expensive\b",
        ),
        (_T.MONEY,),
    ),
    ((r"\b(?:what|which) (?:percentage|percent|per cent)\b",), (_T.PERCENT,)),
    (
        (
            r"\b(?:what|which) (?:share|proportion|fraction|rate)\b",
            r"\bhow (?:much|large a (?:part|share)) of\b|\bby how much\b|\bhow complete\b",
        ),
        (_T.PERCENT, _T.COUNT),
    ),
    (
        (
            r"\bhow many\b|\bhow often\b",
            r"\b(?:what|which) (?:is |was )?(?:the )?(?:\w+ )?number\b",
        ),
        (_T.COUNT,),
    ),
    ((r"\bhow much\b",), (_T.MONEY, _T.PERCENT, _T.QUANTITY, _T.COUNT)),
    ((r"\bhow old (?:is|was|are|were)\b|\b(?:at )?what age\b(?! group)",), (_T.AGE,)),
    (
        (r"\bhow (?:far|tall|high|deep|wide|big|large|heavy|fast|hot|cold|close|strong|loud)\b",),
        (_T.QUANTITY, _T.COUNT),
    ),
    (
        (
            (
                r"^\W*(?:(?:and|but|so|since|until|by|from) )?when\b|\bsince when\b|\bhow (?:soon|"
                r"recently|early|late)\b"
            ),
            (
                r"\b(?:what|which)(?: \w+)? (?:time|day|date|month|year|decade|century|season|"
                r"weekday)\b"
            ),
        ),
        (_T.DATE,),
    ),
    (
        (
            r"\b(?:who|whom|whose)\b",
            (
                r"\b(?:what|which) (?:\w+ )?(?:person|man|woman|actor|actress|president|minister|"
                r"leader|"
                r"author|singer|player|envoy|official|politician|king|queen|general|scientist|"
                r"artist|"
                r"name of the (?:man|woman|person))\b"
            ),
            (
                r"\bnames? of the (?:\w+ )?(?:man|woman|person|official|politician|president|"
                r"minister|leader|envoy)\b"
            ),
        ),
        (_T.PERSON, _T.ORGANISATION),
    ),
    (
        (
            r"^\W*(?:\w+ ){0,2}where\b",
            (
                r"\b(?:what|which)(?: \w+)? (?:country|countries|nations?|cit(?:y|ies)|towns?|"
                r"capitals?|"
                r"states?|place|region|province|county|street|village|island|continent|river|"
                r"location|"
                r"venue|building)\b"
            ),
        ),
        (_T.PLACE,),
    ),
    (
        (
            r"^\W*(?:\w+ ){0,2}why\b|\bfor what reason\b|\bwhat caused\b|\bhow come\b",
            r"\bon (?:what|which) grounds\b",
            r"\bwhat (?:is|was|were|are) the reasons?\b",
        ),
        (_T.REASON,),
    ),
    (
        (
            (
                r"\b(?:what|which)(?: \w+)? (?:company|companies|firm|organi[sz]ation|party|team|"
                r"club|"
                r"agency|bank|university|school|band|group|ministry|newspaper|network|airline)\b"
            ),
        ),
        (_T.ORGANISATION,),
    ),
    (
        (
            (
                r"\b(?:what|how) (?:did|does|do|has|have|had) .*\b(?:say|said|tell|told|write|"
                r"written|"
                r"describe|announce|respond|react|comment|think|argue|claim|warn|call)\b"
            ),
        ),
        (_T.STATEMENT,),
    ),
    ((r"^\W*(?:what|who) (?:is|are|was|were) (?:an? |the )?[^?]{1,40}\??$",), (_T.DEFINITION,)),
    (
        (
            (
                r"^\W*(?:is|are|was|were|am|do|does|did|has|have|had|will|would|can|could|should|"
                r"may|"
                r"might|must)\b"
            ),
        ),
        (_T.YES_NO,),
    ),
)
"""Forms of questions and the kinds of answer they expect; the first that fits decides."""
_COMPILED = tuple(
    (re.compile("|".join(patterns), re.IGNORECASE), types) for patterns, types in _KINDS
)
_UNIT = re.compile(
    r"\bhow many (?:more |other |different |of the |of )?(?P<unit>[^?]*)", re.IGNORECASE
)
_KIND_WORDS = re.compile(
    rf"\b(?:how long|how many (?={_TIME_UNITS}\b)(?:{_TIME_UNITS})|how (?:much|many|old|far|often)"
    r"|(?:what|which) (?:percentage|percent|per cent|share|proportion|fraction|number|time|day|"
    r"date|month|year|decade|century|person|place|location|reason|name|city|country|town|state|"
    r"region|company|firm|organi[sz]ation|team|kind|sort|type)|money)\b",
    re.IGNORECASE,
)
_FOCUS = re.compile(
    r"\b(?:what|which) (?:\w+ )?(?P<focus>\w+) (?:did|does|do|is|was|are|were|will|would|has|have|"
    r"had|can|could|should)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"\b(?:did|does|do|has|have|had) (?P<speaker>.*?) (?:say|said|tell|told|write|written|describe|"
    r"announce|respond|react|comment|think|argue|claim|warn|call)\b",
    re.IGNORECASE,
)
_IMPLIED: dict[AnswerType, frozenset[str]] = {
    _T.DURATION: frozenset({"last", "take", "stay", "run", "remain"}),
    _T.DATE: frozenset({"happen", "take", "place", "date", "day"}),
    _T.STATEMENT: frozenset(
        {"say", "tell", "describ", "respond", "react", "comment", "think", "argu", "claim", "write",
         "announc", "warn", "call"}
    ),
}  # fmt: skip
"""Keys of words that the kind of question implies: an answer seldom repeats them."""
_FRAME = re.compile(
    r"^\W*(?:(?:please|so|well|okay|ok|hi|hello|hey|and|but)\b,? +)*"
    r"(?:(?:do|does) (?:we|you|they|it|anyone|anybody|the (?:archive|articles?|sources?)) "
    r"(?:happen to )?(?:know|say|tell us|mention|state)"
    r"|(?:can|could|would|will) (?:you|anyone|somebody|someone) (?:please )?"
    r"(?:tell|say|explain|remind|show)(?: (?:me|us))?"
    r"|(?:(?:do you have|have you|is there) )?any (?:idea|clue|word|news)"
    r"(?: (?:of|on|about|as to))?"
    r"|i(?:['’]d| would) (?:like|love) to know|i (?:want|need) to know|i (?:wonder|was wondering)"
    r"|is it (?:known|clear|said|stated)|(?:please )?(?:tell|remind) (?:me|us)|let me know)\b"
    r"[,:]? +(?:exactly )?(?=(?:(?:at|by|for|from|in|of|on|to|under|with|since|about) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b|the\b)",
    re.IGNORECASE,
)
"""Small talk before the question itself."""
_NAMED_WHO = re.compile(r"\bWHO\b")
"""The World Health Organization, unless everything is in capitals."""
_ASKING_WORDS = frozenset({"name", "list", "describe", "explain", "tell", "give", "know", "happen"})
_MODIFIERS_OF_A_UNIT = 2
_PLURALS_WITHOUT_S = frozenset({"people", "men", "women", "children", "police", "staff"})


def plain(text: str) -> str:
    """The question without the small talk before it: "do we know who won?" asks who won."""
    return text[match.end() :] if (match := _FRAME.match(text)) else text


def analyse(text: str) -> Question:
    """`text` as a `Question`."""
    text = plain(text)
    shape = text if text.isupper() else _NAMED_WHO.sub("WXO", text)
    types = next((types for pattern, types in _COMPILED if pattern.search(shape)), (_T.OTHER,))
    asked = [match.span() for match in _KIND_WORDS.finditer(text)]
    words = terms_of(text)
    content = tuple(
        term
        for position, term in enumerate(words)
        if not term.is_stop_word
        and not any(start <= term.start and term.end <= end for start, end in asked)
        and not (position == 0 and term.text.lower() in _ASKING_WORDS)
    )
    implied = _IMPLIED.get(types[0], frozenset())
    content = tuple(term for term in content if term.key not in implied) or content
    terms = content or tuple(term for term in words if len(term.text) > 1)
    first = words[0].start if words else 0
    return Question(
        text=text,
        terms=terms,
        names=frozenset(
            t.key
            for t in terms
            if t.is_capitalised
            and t.start != first
            and not t.is_number
            and t.text.lower().removesuffix("'s").removesuffix("’s") not in CALENDAR
        ),
        numbers=frozenset(t.key for t in terms if t.is_number),
        types=types,
        speakers=_speakers_of(text, terms) if types[0] is _T.STATEMENT else frozenset(),
        unit=_unit_of(text) if types[0] is _T.COUNT else None,
        focus=_focus_of(text, terms),
    )


def _focus_of(text: str, terms: tuple[Term, ...]) -> str | None:
    match = _FOCUS.search(text)
    if match is None:
        return None
    return next((term.key for term in terms if term.start == match.start("focus")), None)


def _speakers_of(text: str, terms: tuple[Term, ...]) -> frozenset[str]:
    match = _SPEAKER.search(text)
    if match is None:
        return frozenset()
    start, end = match.span("speaker")
    return frozenset(term.key for term in terms if start <= term.start and term.end <= end)


def _unit_of(text: str) -> str | None:
    """Key of the noun that "how many" counts: the last word before the verb group, taken as the
    first plural among the next words, else the first word."""
    match = _UNIT.search(text)
    if match is None:
        return None
    following = [t for t in terms_of(match["unit"]) if not t.is_number][: _MODIFIERS_OF_A_UNIT + 1]
    following = [t for t in following if not t.is_stop_word]
    plural = next(
        (t for t in following if t.text.lower() in _PLURALS_WITHOUT_S or t.text.endswith("s")), None
    )
    chosen = plural or (following[0] if following else None)
    return chosen.key if chosen else None
