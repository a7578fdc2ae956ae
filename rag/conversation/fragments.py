"""Fragments of a question, completed from the question before them: "why?", "and in Germany?"."""

from __future__ import annotations

import re

from rag.conversation.discourse import Anaphor, Discourse, Entity
from rag.conversation.mentions import AUXILIARIES, Kind, names_in
from rag.conversation.pronouns import PRONOUN
from rag.reading.gazetteer import COUNTRIES
from rag.reading.terms import fold, terms_of

_LEAD = re.compile(r"^(?:and|but|or|so|ok|okay|then|well)\b[, ]*", re.IGNORECASE)
_ASKED_AGAIN = re.compile(
    r"(?:really|are you sure|is (?:that|this|it) (?:true|right|so)|sure|says who|how come)\W*",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"(?P<word>why|when|where|how|since when|how long)(?: so| then)?\W*", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:why not|how (?:many|much|often|far|old|big)|who|whom|by whom|whose|which(?: ones?)?|what"
    r"|(?:who|what|where) else|what for|like what|such as|for example)\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:what|how) about (?P<slot>[^?]+?)\W*", re.IGNORECASE)
_JOINTS = frozenset(
    [
        "in",
        "at",
        "for",
        "to",
        "from",
        "on",
        "by",
        "with",
        "of",
        "during",
        "after",
        "before",
        "since",
        "until",
        "under",
        "against",
        "without",
        "between",
        "near",
        "per",
    ]
)
_LEADING_ADVERB = re.compile(
    r"(?:why|when|where|how(?: long| often)?|since when)\b ?", re.IGNORECASE
)
_HELPERS = "|".join(sorted(AUXILIARIES))
_OF_A_NOUN = re.compile(
    rf"(?:how many|how much|which|what) (?P<noun>(?!(?:{_HELPERS})\b)[\w-]+(?: [\w-]+)?)"
    rf" (?P<helper>{_HELPERS}) (?P<rest>.+)",
    re.IGNORECASE,
)
_OF_WHAT = re.compile(
    r"what (?P<helper>did|does|do|will|would|can|could|has|have|had) (?P<rest>\S+ .+)",
    re.IGNORECASE,
)
_OF_WHO = re.compile(
    r"who (?P<helper>was|were|has|had|will) (?P<rest>[a-z]+(?:ed|en|nt| off| out) ?.*)",
    re.IGNORECASE,
)
_OPENS_WITH_A_SUBJECT = re.compile(
    r"(?:(?-i:[A-Z])|(?:the|an?|his|her|its|their|our|my|this|that|these|those|he|she|it|they)\b)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?<=\S) (?:in|at|on|for|from|by|with|of|after|before|during|about|since|until"
    r"|to (?=the |an? |[A-Z]))\b"
)
_ASKING = "who whom whose what which when where why how tell explain list"
_QUESTION_LIKE = frozenset(_ASKING.split())
_LONGEST_FRAGMENT = 5
MORE = re.compile(
    r"\b(?:others?|another|else|also|more|any|anything|next|later|afterwards|same)\b", re.IGNORECASE
)
"""Words that lean on what was said before."""


def completed(question: str, discourse: Discourse, frame: str, reasons: list[str]) -> str:
    """A fragment, put into the frame of the question before it; other questions as they are."""
    bare = _LEAD.sub("", question)
    ending = _LEAD.sub("", frame).rstrip(" ?.!")
    if _ASKED_AGAIN.fullmatch(bare):
        reasons.append("asks the question before it again")
        return frame
    if match := _ADVERB.fullmatch(bare):
        reasons.append("a question word alone takes the question before it")
        rest = _LEADING_ADVERB.sub("", ending, count=1)
        first = rest.split(maxsplit=1)[0].lower() if rest else ""
        if first in AUXILIARIES:
            return f"{match['word'].capitalize()} {rest[0].lower()}{rest[1:]}?"
        if turned := _turned(ending) or _of_whom(ending, discourse.answered):
            return f"{match['word'].capitalize()} {turned}?"
        return f"{match['word'].capitalize()}? ({ending})"
    if _BARE.fullmatch(bare):
        reasons.append("a question word alone takes the question before it")
        word, _, rest = ending.partition(" ")
        if bare.lower().startswith(f"{word.lower()} else"):
            return f"{word} else {rest}?"
        return f"{bare.rstrip(' ?.!').capitalize()}? ({ending})"
    about = _ABOUT.fullmatch(bare)
    slot = about["slot"] if about else bare.rstrip(" ?.!")
    led = about is not None or bare != question
    if _is_fragment(slot, asked=question.rstrip().endswith("?"), led=led):
        return _filled(slot, discourse, ending, reasons) or question
    return question


def _turned(frame: str) -> str | None:
    """What another question word can stand before: of "How many cars is Osk recalling" that is "is
    Osk recalling cars", of "What did Osk promise" that is "did Osk promise that"; else None."""
    match = _OF_A_NOUN.fullmatch(frame) or _OF_WHAT.fullmatch(frame)
    if match is None:
        return None
    noun = match.groupdict().get("noun", "that")
    helper, rest = match["helper"].lower(), match["rest"]
    if noun != "that" and not _OPENS_WITH_A_SUBJECT.match(rest):
        return f"{helper} {noun} {rest}"  # how many people were hurt
    place = _TAIL.search(rest)
    end = place.start() if place else len(rest)
    return f"{helper} {rest[:end]} {noun}{rest[end:]}"


def _of_whom(frame: str, answered: Entity | None) -> str | None:
    """The same for "Who was sent off", with whom the answer named; else None."""
    match = _OF_WHO.fullmatch(frame)
    if match is None or answered is None or answered.is_named_in(frame):
        return None
    return f"{match['helper'].lower()} {answered.text} {match['rest']}"


def _is_fragment(words: str, *, asked: bool, led: bool) -> bool:
    """Whether it is a noun phrase, perhaps with a preposition, and no question; bare words that
    nothing leads in are key words, which stand alone."""
    terms = terms_of(words)
    spoken = {term.text.lower() for term in terms}
    if not terms or len(terms) > _LONGEST_FRAGMENT or spoken & (AUXILIARIES | _QUESTION_LIKE):
        return False
    if MORE.search(words) or PRONOUN.search(words):
        return False
    return led or (asked and (len(terms) == 1 or terms[0].is_stop_word))


def _filled(slot: str, discourse: Discourse, frame: str, reasons: list[str]) -> str | None:
    """The question before it with the slot's words in the place of those of the same kind, or the
    slot with the topic; None where it says itself whose it is ("Una Brae's wife")."""
    first, _, rest = slot.partition(" ")
    joint = bool(rest) and first.lower() in _JOINTS
    words = rest if joint else slot
    kinds = _kinds_of(words)
    same = [m for m in names_in(frame) if m.kind in kinds]
    if same:
        place = max(same, key=lambda m: m.start)
        reasons.append(f"“{words}” in the place of “{place.text}”")
        return f"{frame[: place.start]}{words}{frame[place.start + len(place.text) :]}?"
    if joint or kinds:
        reasons.append(f"“{slot}” goes with the question before it")
        return f"{frame} {slot}?" if joint else f"{frame} ({slot})?"
    if names_in(f"x {words}"):
        return None
    return appended(f"{slot}?", discourse.antecedent(Anaphor.TOPIC), reasons)


def _kinds_of(words: str) -> set[Kind]:
    """What kinds of name the words are; countries are known in lower case too."""
    words = words.removeprefix("the ")
    written = " ".join(w.title() if fold(w) in COUNTRIES else w for w in words.split())
    kinds = {m.kind for m in names_in(f"x {written}") if m.text == written}
    if written != words or fold(words) in COUNTRIES:
        return {Kind.PLACE}
    return kinds - {Kind.PERSON} if len(kinds) > 1 and Kind.PLACE in kinds else kinds


def appended(question: str, entity: Entity | None, reasons: list[str]) -> str:
    """The question with what the conversation is about, unless it has that."""
    if entity is None or entity.is_named_in(question):
        return question
    reasons.append(f"it names nothing; the conversation is about {entity.text}")
    ending = question.rstrip(" ?.!")
    return f"{ending} ({entity.text}){question[len(ending) :].strip()}"
