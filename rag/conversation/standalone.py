"""Makes a follow-up question stand alone, without a language model.

A question that is complete is left as it is: words are only put in where a pronoun, a missing part
or a bare noun asks for them. Pure and deterministic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.conversation.discourse import Anaphor, Discourse, Entity
from rag.conversation.fragments import MORE, appended, completed
from rag.conversation.mentions import VAGUE, Kind, names_in
from rag.conversation.pronouns import is_bound, with_antecedents
from rag.reading.terms import key_of, terms_of
from rag.records import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A question as it would be asked without the conversation."""

    question: str
    changed: bool
    reasons: tuple[str, ...] = ()
    """What was put in and why, one line each."""


_EVENT = re.compile(
    r"\b(?:is|was|did|does|do|about|of|after|before|for|with|to|by|happen|decide[ds]?) "
    r"(?:this|that)(?! \w)|\b(?:this|that)(?=\W*$)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:that|the same) (?:year|month|day|season|week|decade)\b|\b(?<!since )then(?=\W*$)",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\b(?:the|this|that|these|those) (?P<noun>[a-z]{3,})\b", re.IGNORECASE)
_WRAPPED = re.compile(r"[\w ]{1,20}\? \((?P<frame>.+)\)")
"""A question word alone, as `completed` completes it: the next fragment takes the same frame."""
_LACKS_A_TOPIC = re.compile(
    r"(?:and |but |so |then )?(?:(?:how many|how much) (?!is\b|was\b|does\b|did\b)"
    r"|(?:did|was|were|has|have|is|are) (?:any|some|no)(?:one|body|thing) "
    r"|who (?!is\b|are\b|was\b|were\b))(?P<rest>(?:[a-z]+ ){0,2}(?:took part|[a-z]+))\W*",
    re.IGNORECASE,
)
"""What asks of something that it does not name: "who scored?", "how many children?"."""
_ANYBODY = frozenset(["people", "persons", "anyone", "anybody", "someone", "somebody", "part"])
_LONGEST_TURN = 2000
"""Code points of a turn that are looked at."""
_FEW = 2
"""Content words at most that leave a question open which names nothing."""


def standalone(question: str, history: Sequence[Turn]) -> Rewrite:
    """`question` with what it leaves to the turns before it, which are oldest first."""
    discourse, frame = Discourse(), ""
    for turn in history:
        content = " ".join(turn.content[:_LONGEST_TURN].split())
        if turn.role == "assistant":
            discourse.read(content, turn.titles)
        elif content:
            heard = _resolve(content, discourse, frame).question
            discourse.hear(heard)
            wrapped = _WRAPPED.fullmatch(heard)
            frame = wrapped["frame"] if wrapped else heard
    return _resolve(question, discourse, frame)


def _resolve(question: str, discourse: Discourse, frame: str) -> Rewrite:
    reasons: list[str] = []
    made = completed(question, discourse, frame, reasons) if frame else question
    if not reasons:
        made = _with_dates(question, discourse, reasons)  # what is no fragment
        made = with_antecedents(made, discourse, reasons)
        made = _with_frame(made, frame, reasons)
        made = _with_names(made, discourse, reasons)
        made = _with_topic(made, discourse, reasons)
    changed = made != question
    return Rewrite(question=made, changed=changed, reasons=tuple(reasons) if changed else ())


def _with_dates(question: str, discourse: Discourse, reasons: list[str]) -> str:
    match, entity = _TIME.search(question), discourse.antecedent(Anaphor.THEN)
    if match is None or entity is None or entity.is_named_in(question):
        return question
    reasons.append(f"“{match.group()}” is {entity.text}")
    return f"{question[: match.end()]} ({entity.text}){question[match.end() :]}"


def _with_frame(question: str, frame: str, reasons: list[str]) -> str:
    """The question with the one before it, where "that" is what happened."""
    match, keys = _EVENT.search(question), {term.key for term in terms_of(question)}
    content = {term.key for term in terms_of(frame) if not term.is_stop_word}
    if match is None or content <= keys:
        return question
    if is_bound(Anaphor.IT, question[: match.start()], owns=False):
        return question
    reasons.append(f"“{match.group().split()[-1]}” is what was asked before")
    ending = question.rstrip(" ?.!")
    return f"{ending} ({frame.rstrip(' ?.!')}){question[len(ending) :].strip()}"


def _with_names(question: str, discourse: Discourse, reasons: list[str]) -> str:
    """The question with the name of what "the bridge" is, where a name holds that noun."""
    if names_in(question):
        return question
    for match in _DEFINITE.finditer(question):
        noun = key_of(match["noun"])
        for entity in discourse.entities():
            if len(entity.keys) > 1 and _bears(entity, noun) and not entity.is_named_in(question):
                reasons.append(f"“{match.group()}” is {entity.text}")
                return f"{question[: match.start()]}{entity.text}{question[match.end() :]}"
    return question


def _bears(entity: Entity, noun: str) -> bool:
    """Whether a name says that its bearer is one: "Osk Bridge", "President Garant"."""
    words = entity.text.split()
    first = Kind.PERSON in entity.kinds and noun == key_of(words[0])
    return Kind.PHRASE not in entity.kinds and (first or noun == key_of(words[-1]))


def _with_topic(question: str, discourse: Discourse, reasons: list[str]) -> str:
    """The question with what the conversation is about, where it names nothing itself."""
    content = [t for t in terms_of(question) if not t.is_stop_word]
    if names_in(question) or any(term.is_number for term in content):
        return question
    if any(len(e.keys) > 1 and e.is_named_in(question) for e in discourse.entities()):
        return question
    own = [term for term in content if term.key not in VAGUE]
    if len(own) < _FEW and MORE.search(question):
        return appended(question, discourse.antecedent(Anaphor.TOPIC), reasons)
    topic = discourse.antecedent(Anaphor.TOPIC)
    lacks = _LACKS_A_TOPIC.fullmatch(question)
    telling = [term for term in own if term.text.lower() not in _ANYBODY]
    if lacks and len(telling) <= 1 and topic and topic.text[0].isupper():
        return appended(question, topic, reasons)
    known = any(discourse.has_said(key_of(m["noun"])) for m in _DEFINITE.finditer(question))
    if known and len(content) <= _FEW and topic and topic.text[0].isupper():
        return appended(question, topic, reasons)
    return question
