"""Whether an expression of time in a sentence lies in the past or the future, by the verb that it
goes with: the last one before it in its clause; behind it only where nothing is before it."""

from __future__ import annotations

import re
from enum import StrEnum


class Tense(StrEnum):
    """Before or after the words were written."""

    PAST = "past"
    FUTURE = "future"


_CLAUSE = re.compile(
    r"[,;:()—–]| - |\b(?:that|which|who|whom|whose|where|when|while|because|although|though|since"
    r"|if|unless|whether|but|as|so|and|or|after|before|until|than)\b"
)
_STRONG = (
    "was|were|had|did|said|told|met|won|lost|held|paid|sold|bought|spent|sent|built|made|took|gave"
    "|went|came|began|became|rose|fell|wrote|spoke|led|left|felt|kept|brought|thought|taught|caught"
    "|found|struck|chose|grew|knew|flew|shot|sought|fought|broke|drove|ran|saw|sat|stood|threw|drew"
    "|sank|swam|rang|woke|got|heard|meant|lay|laid|slept|dealt|bound|swore|tore|wore|froze|forgot"
    "|hit|put|cut|shut|let|hurt|quit|beat|split|spread|burst|cast|withdrew|overthrew|undertook"
    "|arose|withstood|understood|rode|hid|hung|sang|blew|stole|shook"
)
_NO_PAST = (
    "need|indeed|speed|feed|seed|breed|exceed|proceed|succeed|hundred|expected|scheduled|slated"
    "|anticipated|awaited"
)
"""Words in "-ed" that tell no past: what is expected on Friday may be still to come."""
_FUTURE = (
    r"(?:will|shall|won't|won’t)(?: (?:not|also|then|again|now))?(?= (?!have\b)[a-z]+)"
    r"|(?:'ll|’ll)(?= [a-z]+)"
    r"|(?:is|are|am) (?:(?:now|also|not) )?(?:to|(?:due|set|expected|slated|scheduled|going|about"
    r"|likely) to|(?:due|scheduled|planned|slated) for|due)(?= )"
    r"|(?:plans?|intends?|expects?|hopes?) to(?= [a-z]+)"
)
_BACKSHIFTED = r"would(?: (?:not|also|then|again))?(?= (?!have\b)[a-z]+)"
_OPEN = (
    r"(?:may|might|could|should|must|can)\b|would have|will have|ought to"
    r"|(?:was|were|had been|been) (?:(?:also|not|originally) )?(?:to|due|set|expected|scheduled"
    r"|slated|planned|meant|supposed|going)(?= )"
    r"|(?:planned|rescheduled|billed)(?= (?:on|for|at)\b)"
    r"|(?:had )?(?:planned|intended|hoped|expected|wanted|agreed|promised|refused|decided|vowed"
    r"|pledged|threatened|prepared|postponed|delayed|moved|scheduled|rescheduled|set)"
    r"(?: \w+){0,3}? (?:to|for|until|from)(?= )"
    r"|(?:urged|told|asked|ordered|invited|warned|advised|forced|begged|encouraged|called on)"
    r"(?: [\w’'-]+){1,5}? (?:not )?to (?=[a-z]+ )"
)
_PRESENT = (
    r"(?:is|are|am|has|have|does|do|says|meets|opens|starts|begins|ends|runs|closes|arrives|leaves"
    r"|returns|votes|faces|plays|hosts|travels|goes|comes|takes|builds|remains|resumes|follows"
    r"|continues|visits|launches|expires|holds|marks|sees|makes|gives)\b"
    r"|(?:(?<=\bhe )|(?<=\bit ))(?:\w+ly )?[a-z]+s\b"
)
_VERB = re.compile(
    rf"\b(?:(?P<future>{_FUTURE})|(?P<backshifted>{_BACKSHIFTED})|(?P<open>{_OPEN})"
    rf"|(?P<strong>(?:{_STRONG})\b)|(?P<weak>(?!(?:{_NO_PAST})\b)[a-z]{{2,}}ed\b)"
    rf"|(?P<present>{_PRESENT}))",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:(?:Also|But|And|Then|Early|Late|Earlier|By|On|Starting),? ?){0,2}(?:on )?")
_ABOUT_ANY_DAY = frozenset({"was", "were", "had"})
"""After a noun: "the vote on Friday was called off" before Friday."""
_PAST = frozenset({"strong", "weak"})
_SAID_LONG_AGO = re.compile(
    r"\b(?:last (?:week|month|year)|(?:week|month|year)s? (?:ago|earlier)|earlier|previously"
    r"|originally|had (?:said|told|warned|promised|announced|pledged|vowed))\b"
)
_NO_PAST_BEHIND = re.compile(
    r"\b(?:a|an|the|its|his|her|their|this|of|by|be|being|for|with|in|on|to"
    r"|will|would|shall|may|might|can|could|should|must|do|does|did|not|won't|won’t) $"
)
"""Before a participle that describes a noun, or the plain form of a verb."""


def tense_at(sentence: str, start: int, end: int) -> Tense | None:
    """The tense around `sentence[start:end]`; None where it is present, open or not to be told."""
    first = max((m.end() for m in _CLAUSE.finditer(sentence, 0, start)), default=0)
    before = _verbs(sentence, first, start)
    if before[-1:] == ["weak"] and "present" in before:
        return None  # "he likes the scenes added on Sunday"
    if before:
        return _told(sentence, before[-1])
    behind = _VERB.match(sentence, end + 1)
    if behind and behind.lastgroup in _PAST and behind.group() not in _ABOUT_ANY_DAY:
        return Tense.PAST  # "the council on Monday approved"
    return _behind(sentence, end) if _OPENS.fullmatch(sentence, 0, start) else None


def _verbs(sentence: str, first: int, last: int) -> list[str]:
    """Forms of the verbs between two places, in order: names of groups of `_VERB`."""
    return [
        match.lastgroup or ""
        for match in _VERB.finditer(sentence, first, last)
        if not (match.lastgroup in _PAST and _NO_PAST_BEHIND.search(sentence[: match.start()]))
    ]


def _told(sentence: str, form: str) -> Tense | None:
    if form in _PAST:
        return Tense.PAST
    if form == "future" or (form == "backshifted" and not _SAID_LONG_AGO.search(sentence)):
        return Tense.FUTURE
    return None


def _behind(sentence: str, end: int) -> Tense | None:
    """For an expression that opens the sentence ("On Tuesday, …"): the tense of the clause behind
    it."""
    last = _CLAUSE.search(sentence, end + 1)
    verbs = _verbs(sentence, end, last.start() if last else len(sentence))
    return _told(sentence, verbs[0]) if verbs else None
