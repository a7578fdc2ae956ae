"""Antecedents that are no single person: groups, organisations and things, each taken from one
sentence, and only where nothing else in it could be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import Span
from rag.presentation.background import Background
from rag.presentation.gazetteer import GROUPS, ORGANISATION_NOUNS
from rag.reading.gazetteer import COUNTRIES
from rag.reading.terms import STOP_WORDS, fold

SPEECH = (
    r"(?:said|says|told|tells|added|adds|argued|argues|warned|warns|insisted|insists|claimed|claims"
    r"|stressed|noted|notes|explained|explains|wrote|writes|announced|stated|pledged|vowed|promised"
    r"|denied|admitted|declared|urged|described|suggested|demanded|thanked)"
)
"""Verbs that only those have who can speak."""
_OPENER = re.compile(r"(?:But|And|Yet|So|Or|If|When|While|As|Then|Although|Because)\b")
_GROUP = re.compile(rf"\b(?:{GROUPS})\b", re.IGNORECASE)
_NAMES = r"(?-i:[A-ZÀ-ÖØ-Þ][\w’'-]+(?: [A-ZÀ-ÖØ-Þ][\w’'-]+)*)"
_PAIR = re.compile(rf"{_NAMES} and (?:the )?{_NAMES}")
_SUBJECT_GROUP = re.compile(
    rf"(?P<group>(?:(?:The|Most|Many|Several|Some|All|Both|Two|Three|Four|Five|Dozens of"
    rf"|Hundreds of|Thousands of|\d[\d,]*|[A-Z][\w’'-]+|[a-z][\w-]+) ){{0,4}}?(?:{GROUPS}))"
    r"(?= (?:have|had|did|do|will|would|were|are|are to|also|could|may|might|met|went|came|left"
    rf"|held|took|want|say|hope|plan|fear|expect|agree|[a-z]+ed|{SPEECH})\b)",
    re.IGNORECASE,
)
_VERB = (
    rf"(?: (?:also|has|had|have|will|would|is|was|may|might|could|must|should|refuses|rejects|wants"
    rf"|plans|expects|held|took|gave|made|met|[a-z]+ed|{SPEECH})\b)"
)
_SPEAKER = re.compile(
    rf"(?P<speaker>(?:The (?:[\w’'-]+ ){{0,3}}(?:{ORGANISATION_NOUNS})|{_NAMES}))(?={_VERB})",
    re.IGNORECASE,
)
_THING = re.compile(rf"(?P<thing>(?:The|A|An) (?:[\w-]+ ){{0,2}}?[a-z-]+)(?={_VERB})")
_SINGULAR = re.compile(
    r"\b(?:the|an?|its|his|her|their|this|that|another|each|every|one|no) (?=[\w’'-])",
    re.IGNORECASE,
)
_TIME_NOUN = re.compile(r"(?:year|month|week|day|morning|evening|night|time|end)\b")


def group_before(background: Background, span: Span) -> str | None:
    """Those that "they" means: the one group of people in the sentence, where it is what the
    sentence is about."""
    words = background.words(span)
    subject = _SUBJECT_GROUP.match(words)
    if subject is None or _OPENER.match(words):
        return None
    rest = words[subject.end() :]
    if _GROUP.search(rest) or _PAIR.search(rest) or background.people(span).persons:
        return None
    return _in_mid_sentence(subject["group"], background)


def speaker_before(background: Background, span: Span) -> str | None:
    """The organisation or government that "it said" means: what the sentence is about."""
    words = background.words(span)
    subject = _SPEAKER.match(words)
    if subject is None:
        return None
    speaker = subject["speaker"]
    people = background.people(span)
    if any(p.start < span.start + subject.end() for p in people.persons):
        return None
    if speaker.split()[0].lower() != "the" and not _is_known(speaker, background, span):
        return None
    if re.search(rf"\b(?:{ORGANISATION_NOUNS})\b", words[subject.end() :], re.IGNORECASE):
        return None
    return _in_mid_sentence(speaker, background)


def thing_before(background: Background, span: Span) -> str | None:
    """What "it" means: the one thing in the sentence that is no person."""
    words = background.words(span)
    subject = _THING.match(words)
    if subject is None:
        return None
    thing = subject["thing"]
    head = thing.split()[-1]
    if head.endswith("s") or _GROUP.search(thing) or fold(head) in STOP_WORDS:
        return None
    rest = words[subject.end() :]
    others = [m for m in _SINGULAR.finditer(rest) if not _TIME_NOUN.match(rest, m.end())]
    people = background.people(span)
    starts = [p.start for p in people.persons]
    starts += [name.start for name in (*people.others, *people.places)]
    if others or any(start > span.start + subject.end() for start in starts):
        return None
    return _definite(thing)


def same_thing(background: Background, before: Sequence[Span], head: str) -> str | None:
    """The fuller words for "the `head`" in the sentences before, where there is one such thing."""
    pattern = re.compile(
        rf"\b(?P<owner>(?:an?|the|its|their|his|her|{_NAMES}(?:['’]s|['’])) )"
        rf"(?P<words>(?:[\w%-]+ ){{1,3}}{head})\b(?! of\b)(?! [A-Za-z]+ing\b)",
        re.IGNORECASE,
    )
    found: dict[str, str] = {}
    for span in before:
        words = background.words(span)
        mentions = len(re.findall(rf"\b{head}\b", words))
        full = [m for m in pattern.finditer(words) if _describe(m["words"].split()[:-1])]
        if mentions > len(full) or re.search(rf"\b{head}s\b", words):
            return None
        for match in full:
            owner = match["owner"].strip()
            if owner.lower() in {"its", "their", "his", "her"}:
                return None
            if not re.search(r"[A-Z\d]", f"{owner[1:]} {match['words']}"):
                return None  # "the remote stream" says little more than "the stream"
            bare = owner if "’" in owner or "'" in owner else "the"
            found.setdefault(match["words"].lower(), f"{bare} {match['words']}")
    return next(iter(found.values())) if len(found) == 1 else None


def _describe(modifiers: list[str]) -> bool:
    """Whether these words can only belong to a noun: no stop words, no adverbs, no order."""
    return all(
        fold(word) not in STOP_WORDS and not word.endswith(("ly", "est")) for word in modifiers
    )


def _is_known(name: str, background: Background, span: Span) -> bool:
    """Whether a name at the head of a sentence is a country, a capital or an organisation, as
    the article shows elsewhere."""
    words = name.split()
    if any(fold(word) in COUNTRIES for word in words):
        return True
    if len(words) == 1 and name.isupper() and len(name) > 1:
        return True
    elsewhere = background.text[: span.start] + " " * len(name) + background.text[span.end :]
    return re.search(rf"[a-z,] {re.escape(name)}\b", elsewhere) is not None


def _definite(thing: str) -> str:
    return "the " + thing.split(" ", 1)[1]


def _in_mid_sentence(words: str, background: Background) -> str:
    """The words that open a sentence as they would stand inside one."""
    first = words.split(maxsplit=1)[0]
    lower = first.lower()
    plain = (
        fold(first) in STOP_WORDS
        or _GROUP.fullmatch(first) is not None
        or re.search(rf"(?<![\w-]){re.escape(lower)}(?![\w-])", background.text) is not None
    )
    return lower + words[len(first) :] if plain else words
