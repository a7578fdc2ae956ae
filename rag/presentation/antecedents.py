"""Whom or what a sentence leans on: the antecedent of the pronoun that it opens with or hangs on,
looked for in the sentences before it. Rules that would rather say nothing than guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.records import Span
from rag.presentation.background import Background
from rag.presentation.people import OFFICE, Person, Sex, roles_in
from rag.presentation.possessives import genitive, owns
from rag.presentation.things import SPEECH, group_before, same_thing, speaker_before, thing_before
from rag.records import Gloss


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """What a sentence needs from the sentences before it."""

    gloss: Gloss | None = None
    """Who or what is meant, where that is sure."""
    found_in: Span | None = None
    """The sentence that names it."""
    needs_more: bool = False
    """Whether it leans on what was said before, and what that is, is not sure."""


STANDS_ALONE = Leaning()
_UNSURE = Leaning(needs_more=True)
_LEAD_IN = (
    r"(?:(?:But|And|Yet|So|Or|Still|Then|However|Instead|Meanwhile|Also|Later|Afterwards?|Earlier"
    r"|Nevertheless|Moreover|Furthermore|Now|Once|In addition|At the same time"
    r"|On [A-Z]\w+day|In \d{4}),? )?"
)
_OPENING = re.compile(
    rf"{_LEAD_IN}(?P<pronoun>he|she|they|it|his|her|its|their|this|that|these|those|both)\b"
    r"(?!-)(?P<joined>['’])?",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:he|she|his|her|him)\b(?![-'’]| or (?:she|her|his)\b)", re.IGNORECASE)
_SEX = {"he": Sex.HE, "his": Sex.HE, "him": Sex.HE, "she": Sex.SHE, "her": Sex.SHE}
_SPEAKS = re.compile(rf" (?:(?:also|then|later|has|had|have|further) ){{0,2}}{SPEECH}\b")
_SHIP = re.compile(r"\b(?:ship|ferry|vessel|boat|yacht|trawler)\b", re.IGNORECASE)
"""What is "she" as well as a person."""
_IS = re.compile(r" (?:are|were|remain|remained|include|included|will be|have been|had been)\b")
"""What things do as well as persons."""
_ASIDE = re.compile(rf"(?<=[,;] )(?P<pronoun>it|they)(?= {SPEECH}\b)")
"""The speaker after the words: "…, it warns"."""
_BARE_ROLE = re.compile(
    rf"(?:^|(?<=[,;] ))[Tt]he (?P<role>{OFFICE})"
    rf"(?= (?:(?:also|then|later|has|had) ){{0,2}}(?:{SPEECH}|will|would|is|was|did)\b|[,.])"
)
_BARE_THING = re.compile(
    r"^The (?P<head>[a-z]{4,})(?= (?:is|was|will|would|has|had|could|may|might|must|should|also"
    r"|[a-z]+ed)\b)"
)
_IDLE = re.compile(
    r"(?:it|this|that)(?:'s|’s| is| was| will be| would be| has been| had been| remains| remained"
    r"| became| seems| seemed| appears| appeared) (?:(?:not|also|still|now|yet|even) )?"
    r"(?:(?:\w+ ){1,4}(?:to|that|who|whether|when|why|how|since|for)\b|unclear|unknown"
    r"|(?:the )?(?:first|second|third|last|only) time\b|(?-i:[A-Z])|\d)"
    r"|it (?:takes|took|will take|would take|rain|snow|comes|came|turns|turned|seem|appear"
    r"|follows|followed|depends)",
    re.IGNORECASE,
)
"""A pronoun that stands for nothing said before, or may."""
_OF_TIME = re.compile(
    r"(?:this|that) (?:year|month|week|morning|evening|summer|winter|spring|autumn|time|day|said)\b"
    r"|(?:those|both) (?:who|of|in|with|(?-i:[A-Z]))|this is [“\"]",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"(?:while|when|after|before|as|if|although|though|in|on|at|with|by|during|since|until|despite"
    r"|for|from|asked|once|because|unlike|like|besides|alongside|through|under|speaking|writing)\b"
    r"[^,]*, ",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]?")


def leaning(background: Background, sentence: Span) -> Leaning:
    """What the sentence of the article needs from those before it."""
    words = background.words(sentence)
    if words[:1] in ("“", '"', "‘", "«"):
        return _of_quotation(background, sentence)
    opening = _OPENING.match(words)
    if opening:
        return _of_opening(background, sentence, opening)
    return (
        _of_person(background, sentence)
        or _of_aside(background, sentence)
        or _of_role(background, sentence)
        or _of_bare_thing(background, sentence)
        or STANDS_ALONE
    )


def opens_with_pronoun(words: str) -> bool:
    """Whether a sentence opens with a pronoun, perhaps behind a quotation mark."""
    return _OPENING.match(words.lstrip("“\"‘'«")) is not None


def _of_quotation(background: Background, sentence: Span) -> Leaning:
    """Of one that opens with somebody's words: there, nobody but the speaker knows who is meant."""
    leans = _OPENING.match(background.words(sentence), 1)
    return _UNSURE if leans and not background.people(sentence).persons else STANDS_ALONE


def _of_opening(background: Background, sentence: Span, opening: re.Match[str]) -> Leaning:
    words = background.words(sentence)
    pronoun, place = opening["pronoun"].lower(), opening.start("pronoun")
    if _IDLE.match(words, place) or _OF_TIME.match(words, place):
        return STANDS_ALONE
    if opening["joined"]:
        return _UNSURE  # "She’s": there is no room for a name
    if pronoun in _SEX:
        return _person(background, sentence, opening["pronoun"], opening.end())
    found = None
    nearest = next(iter(background.before(sentence.start)), None)
    after = words[opening.end() :]
    if nearest is not None:
        if pronoun == "they" and not _IS.match(after):
            found = group_before(background, nearest)
        elif pronoun == "it" and _SPEAKS.match(after):
            found = speaker_before(background, nearest)
        elif pronoun == "it":
            found = thing_before(background, nearest)
    if found is None or nearest is None:
        return _UNSURE
    return _glossed(found, sentence.start + opening.end(), nearest)


def _of_person(background: Background, sentence: Span) -> Leaning | None:
    """Of a "he" or "she" further on, for whom the sentence itself names nobody."""
    words = _without_quotations(background.words(sentence))
    match = _PERSONAL.search(words)
    if match is None:
        return None
    here = background.people(sentence)
    place = sentence.start + match.start()
    if any(p.start < place for p in here.persons) or any(start < place for start, _ in here.others):
        return None
    if next(roles_in(words[: match.start()]), None) or re.search(
        r"\b(?:someone|somebody|anyone|everyone|nobody|each|one|person|child|who)\b",
        words[: match.start()],
        re.IGNORECASE,
    ):
        return None
    if _SEX[match.group().lower()] is Sex.SHE and _SHIP.search(words[: match.start()]):
        return None
    introduction = _INTRODUCTION.match(words)
    if (
        introduction
        and match.start() < introduction.end()
        and (
            any(p.start >= sentence.start + introduction.end() for p in here.persons)
            or next(roles_in(words[introduction.end() :]), None)
        )
    ):
        return None  # "In his letter, Merz …"
    return _person(background, sentence, match.group(), match.end())


def _person(background: Background, sentence: Span, pronoun: str, end: int) -> Leaning:
    sex = _SEX[pronoun.lower()]
    words = background.words(sentence)
    speaks = _SPEAKS.match(words, end) is not None
    for span in background.before(sentence.start):
        named, sure = _persons_for(background, span, sex, speaks=speaks)
        if not sure:
            return _UNSURE
        if named:
            if any(p.name == named.name for p in background.people(sentence).persons):
                return _UNSURE
            of = pronoun.lower() == "his" or (
                pronoun.lower() == "her" and words[end : end + 1] == " " and owns(words[end:])
            )
            name = genitive(named.name) if of else named.name
            return _glossed(name, sentence.start + end, span)
        if not _goes_on(background.words(span), sex):
            break
    return _UNSURE


def _goes_on(words: str, sex: Sex) -> bool:
    """Whether a sentence without names is about the same person, or about nobody."""
    found = {_SEX[m.group().lower()] for m in _PERSONAL.finditer(words)}
    return found <= {sex}


def _persons_for(
    background: Background, span: Span, sex: Sex, *, speaks: bool
) -> tuple[Person | None, bool]:
    """Who of a sentence a pronoun may stand for, and whether that, or that it is nobody, is
    sure."""
    people = background.people(span)
    words = background.words(span)
    pronouns = list(_PERSONAL.finditer(_without_quotations(words)))
    other_sex = {_SEX[m.group().lower()] for m in pronouns} - {sex}
    fitting: dict[str, Person] = {}
    for person in people.persons:
        if person.sex in {None, sex}:
            fitting.setdefault(person.name, person)
    if _nameless_roles(background, span) or people.others:
        speaker = _speaker(background, span, fitting)
        return (speaker, True) if speaker and speaks else (None, False)
    if len(fitting) == 1:
        found = next(iter(fitting.values()))
        if (
            any(
                span.start + m.start() < found.start and _SEX[m.group().lower()] is sex
                for m in pronouns
            )
            or words[:1] in '“"'
        ):
            return (None, False)  # "His father, President Ada, …": of two, one is not named here
        doubtful = found.sex is None and (bool(other_sex) or len(people.persons) > 1)
        return (None, False) if doubtful or _only_owns(people.persons, found) else (found, True)
    if fitting:
        speaker = _speaker(background, span, fitting) if speaks else None
        return (speaker, speaker is not None)
    return (None, not people.persons)


def _only_owns(persons: tuple[Person, ...], found: Person) -> bool:
    """Whether somebody is named only as the owner of something: "Macron's office"."""
    return all(p.owner for p in persons if p.name == found.name)


def _speaker(background: Background, span: Span, fitting: dict[str, Person]) -> Person | None:
    """Who begins the sentence and says something in it."""
    persons = background.people(span).persons
    if not persons or persons[0].owner or persons[0].name not in fitting:
        return None
    first = persons[0]
    if first.sex is None and len(fitting) > 1:
        return None
    before = background.text[span.start : first.start]
    if not re.fullmatch(r"(?:On \w+day, |But |And |The |[A-Z][\w-]+(?:’s|'s)? )?", before):
        return None
    after = background.text[first.end : span.end]
    apposed = r"(?:, [^,]{3,60},)?"
    return first if re.match(rf"{apposed} (?:also |has |had )?{SPEECH}\b", after) else None


def _nameless_roles(background: Background, span: Span) -> bool:
    """Whether the sentence speaks of an office or a relation of somebody who is not named beside
    it: "an adviser", "Merz's spokesman"."""
    persons = background.people(span).persons
    words = background.words(span)
    for role in roles_in(words):
        start, end = role.start() + span.start, role.end() + span.start
        beside = any(
            (p.start <= start < p.end)
            or (0 <= p.start - end <= 2 and not p.owner)
            or (0 <= start - p.end <= 40 and background.text[p.end : p.end + 2] in (", ", " (")
                and "," not in background.text[p.end + 2 : start])
            for p in persons
        )  # fmt: skip
        if not beside:
            return True
    return False


def _of_aside(background: Background, sentence: Span) -> Leaning | None:
    words = background.words(sentence)
    match = _ASIDE.search(_without_quotations(words))
    if match is None:
        return None
    place = sentence.start + match.start()
    if any(other.start < place for other in background.people(sentence).others):
        return None
    if re.search(r"[a-z,] [A-Z]", words[: match.start()]):
        return None
    nearest = next(iter(background.before(sentence.start)), None)
    if nearest is None:
        return _UNSURE
    find = speaker_before if match.group() == "it" else group_before
    found = find(background, nearest)
    return _glossed(found, sentence.start + match.end(), nearest) if found else _UNSURE


def _of_role(background: Background, sentence: Span) -> Leaning | None:
    """Of "the minister", where the article has named one minister so far."""
    match = _BARE_ROLE.search(_without_quotations(background.words(sentence)))
    if match is None:
        return None
    role = match["role"].lower()
    before = background.people_before(sentence.start)
    holders = {p.name: p for p in before.persons if role in p.offices}
    named_here = {p.name for p in background.people(sentence).persons}
    if len(holders) != 1 or named_here & set(holders):
        return None
    name = next(iter(holders))
    nearest = background.before(sentence.start)
    home = next((s for s in nearest for p in background.people(s).persons if p.name == name), None)
    if home is None or " " not in name:
        return None
    bare = re.compile(rf"\b(?:an?|another|two|several) (?:\w+ )?{role}s?\b")
    if bare.search(background.text[: sentence.start]):
        return None
    return _glossed(name, sentence.start + match.end("role"), home)


def _of_bare_thing(background: Background, sentence: Span) -> Leaning | None:
    """Of "the plan", where the sentences before say once which plan."""
    match = _BARE_THING.match(background.words(sentence))
    if match is None:
        return None
    before = background.before(sentence.start)
    found = same_thing(background, before, match["head"])
    if found is None:
        return None
    home = next((s for s in before if match["head"] in background.words(s)), before[0])
    return _glossed(found, sentence.start + match.end("head"), home)


def _glossed(text: str, at: int, home: Span) -> Leaning:
    return Leaning(gloss=Gloss(at=at, text=text), found_in=home)


def _without_quotations(words: str) -> str:
    """The words with everything between quotation marks blanked; offsets stay."""
    return _QUOTED.sub(lambda match: "_" * len(match.group()), words)
