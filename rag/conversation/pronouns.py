"""Pronouns of a question, and the names that they stand for."""

from __future__ import annotations

import re

from rag.conversation.discourse import Anaphor, Discourse
from rag.conversation.mentions import Kind, Mention, names_in, phrases_in
from rag.presentation.possessives import genitive, owns

_PRONOUNS = {
    "he": Anaphor.HE, "him": Anaphor.HE, "his": Anaphor.HE,
    "she": Anaphor.SHE, "her": Anaphor.SHE, "hers": Anaphor.SHE,
    "they": Anaphor.THEY, "them": Anaphor.THEY, "their": Anaphor.THEY, "theirs": Anaphor.THEY,
    "it": Anaphor.IT, "its": Anaphor.IT, "these": Anaphor.THEY, "those": Anaphor.THEY,
    "there": Anaphor.THERE,
}  # fmt: skip
_POSSESSIVE = frozenset({"his", "her", "hers", "its", "their", "theirs"})
PRONOUN = re.compile(
    r"\b(?:he|him|his|she|hers|her|they|them|theirs|their|its|it"
    r"|(?:these|those)(?=\W*$)|there(?=\W*$))\b(?!-)",
    re.IGNORECASE,
)
_PLEONASTIC = re.compile(
    r"\b(?:is|was|isn't|wasn't) it (?!\w+ing\b)\w+ (?:to|that)\b"
    r"|\bit(?: is| was|'s) (?:\w+ ){1,2}(?:to|that)\b|\bit (?:rain|snow|takes? to)"
    r"|\b(?:admit|deny|confirm|explain|regret) it(?=\W*$)",
    re.IGNORECASE,
)
"""Where "it" stands for nothing, or for all that was said."""
_CLAUSE = re.compile(
    r"[,.;:?!]| - |\b(?:and|but|or|when|while|after|before|because|if|as|that|how|what|which|who"
    r"|since)\b",
    re.IGNORECASE,
)


def with_antecedents(question: str, discourse: Discourse, reasons: list[str]) -> str:
    """The question with a name for the first pronoun of each group."""
    done: set[Anaphor] = set()
    made, position = "", 0
    idle = [match.span() for match in _PLEONASTIC.finditer(question)]
    for match in PRONOUN.finditer(question):
        word = match.group().lower()
        anaphor = _PRONOUNS[word]
        entity = discourse.antecedent(anaphor)
        if anaphor in done or entity is None or entity.is_named_in(made + question):
            continue
        if word == "it" and any(start <= match.start() < end for start, end in idle):
            continue
        own = word in _POSSESSIVE and (word != "her" or owns(question[match.end() :]))
        if is_bound(anaphor, question[: match.start()], owns=own):
            continue
        done.add(anaphor)
        entity.stands_for.add(anaphor)
        reasons.append(f"“{match.group()}” is {entity.text}")
        name = genitive(entity.text) if own else entity.text
        made += question[position : match.start()] + (f"in {name}" if word == "there" else name)
        position = match.end()
    return made + question[position:]


def is_bound(anaphor: Anaphor, before: str, *, owns: bool) -> bool:
    """Whether the question itself says what the pronoun stands for. A plain pronoun means nobody
    of its own clause ("Did Osk thank him?"); a possessive may."""
    boundaries = [m.end() for m in _CLAUSE.finditer(before)]
    reach = before if owns else before[: boundaries[-1]] if boundaries else ""
    mentions = (*names_in(reach), *phrases_in(reach))
    return any(_may_be(anaphor, mention) for mention in mentions)


def _may_be(anaphor: Anaphor, mention: Mention) -> bool:
    if anaphor in {Anaphor.HE, Anaphor.SHE}:
        return mention.kind is Kind.PERSON
    if anaphor is Anaphor.THEY:
        return mention.plural or mention.kind is Kind.NAME
    return mention.kind in {Kind.NAME, Kind.PHRASE} and not mention.plural
