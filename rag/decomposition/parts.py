"""Which questions a question is made of. Pure rules, for English; most questions are one part.

Splitting what is one question does more harm than answering two at once, so that a rule fits only
where each part is a whole question of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.conversation.standalone import standalone
from rag.decomposition.comparisons import compared
from rag.records import Turn

MOST_PARTS = 4
"""A text of more questions than this is answered as one: it is no question but a list."""

_BE_DO_HAVE = "is are was were am do does did has have had"
_MODAL = "will would can could should shall may might must"
AUXILIARY = rf"(?:{'|'.join((_BE_DO_HAVE + ' ' + _MODAL).split())})(?:n['’]t)?"
_QUESTION_WORD = (
    r"(?:who|whom|whose \w+|what|which|when|where|why"
    r"|how(?: (?:many|much|long|old|far|often|big|large|high|tall|deep|fast|soon|heavy))?)"
)
_PREPOSITION = r"(?:(?:in|on|at|by|for|from|to|with|of|under) )?"
_PAST = "took|wrote|won|lost|left|led|built|held|met|made|paid|began|came|went|fell|said|sold|sent"
_ASKS = re.compile(
    rf"{_PREPOSITION}(?!how many {AUXILIARY}\b)"
    rf"(?:{_QUESTION_WORD}(?: [\w’'-]+){{0,4}}? {AUXILIARY} \w"
    rf"|(?:who|what|which(?: \w+){{1,2}}|how many(?: \w+){{1,2}}) (?!{AUXILIARY}\b)"
    rf"(?:\w+(?:s|ed)|{_PAST}) \w)",
    re.IGNORECASE,
)
"""How a question opens that is whole: a question word with its verb, and something after it."""
_OPENS_WITH_A_QUESTION_WORD = re.compile(rf"{_PREPOSITION}{_QUESTION_WORD}\b", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"\S+[ ,]\S+[ ,](?:who|whom|whose|what|which|when|where|why|how|whether|if)\b", re.IGNORECASE
)
"""A clause inside a clause: what follows "and" may belong to it."""
_JOINT = re.compile(
    rf"[,;]? (?:and|but)(?: also)?,? (?={_PREPOSITION}{_QUESTION_WORD}\b)", re.IGNORECASE
)
_END = re.compile(r"(?<=\?) +(?:and |but |also,? )?(?=\w)", re.IGNORECASE)
_NAME = r"(?:the )?(?:[A-Z][\w’'.-]*|[A-Z]{2,})(?: (?:of (?:the )?)?[A-Z][\w’'.-]*)*"
_EACH = re.compile(
    rf"(?P<before>.*\b(?P<verb>{AUXILIARY}) )(?:both )?"
    rf"(?P<names>{_NAME}(?:, {_NAME})*,? and {_NAME}) each(?P<after> .+)"
)
_RESPECTIVELY = re.compile(
    rf"(?P<before>.*\b(?P<verb>{AUXILIARY}) )"
    rf"(?P<names>{_NAME}(?:, {_NAME})*,? and {_NAME})(?P<after>(?: [^,]+?)?),? respectively"
)
_BETWEEN_NAMES = re.compile(r",? and |, ")
_SINGULAR = {"are": "is", "were": "was", "do": "does", "have": "has"}
_LEANS = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there"
    r"|then|one|ones|so)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(r"(?:who|whom|which|what)\b", re.IGNORECASE)
_OF_PERSONS = re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)
_MODIFIED = re.compile(r" (?:of|in|at|on|for|by|with|from|between) ", re.IGNORECASE)
"""Of a question that names two things: a pronoun after it may mean either."""


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that `question` is made of, in order, each whole; itself alone where it is one
    question, or one that cannot be taken apart safely."""
    whole = " ".join(question.split())
    if comparison := compared(whole):
        return comparison
    stated = list(_questions(whole))
    if not 1 < len(stated) <= MOST_PARTS:
        return _of_each(whole) or (question,)
    made = _standing_alone(stated)
    return tuple(dict.fromkeys(made)) if made else (question,)


def _questions(text: str) -> Iterator[str]:
    """The text, cut where a question ends and where "and" joins two whole ones; in one piece where
    something in it is no whole question."""
    sentences = [sentence for sentence in _END.split(text) if sentence]
    if len(sentences) > 1 and not all(_is_whole(sentence) for sentence in sentences):
        yield text
        return
    for sentence in sentences:
        clauses = _JOINT.split(sentence)
        if len(clauses) > 1 and all(_is_whole(clause) for clause in clauses):
            yield from (f"{clause.rstrip(' ?,;.')}?" for clause in clauses)
        else:
            yield sentence


def _is_whole(clause: str) -> bool:
    return _ASKS.match(clause) is not None and not _EMBEDDED.search(clause)


def _standing_alone(stated: list[str]) -> list[str] | None:
    """The questions with what a pronoun leaves to the one before it; None where one still leans."""
    made: list[str] = []
    for question in stated:
        if made and _LEANS.search(question):
            before = made[-1]
            if _ASKS_WHO.match(before) and _OF_PERSONS.search(question):
                return None  # "Who lost the cup and who coached them?": whom, is not known yet
            question = standalone(question, [Turn(role="user", content=before)]).question
            if _LEANS.search(question) or _MODIFIED.search(before):
                return None
        made.append(f"{question[0].upper()}{question[1:]}")
    return made


def _of_each(question: str) -> tuple[str, ...]:
    """One question for each name that "each" or "respectively" asks about."""
    bare = question.rstrip(" ?.!")
    match = _EACH.fullmatch(bare) or _RESPECTIVELY.fullmatch(bare)
    if match is None or not _OPENS_WITH_A_QUESTION_WORD.match(question):
        return ()
    names = _BETWEEN_NAMES.split(match["names"])
    if not 1 < len(names) <= MOST_PARTS:
        return ()
    verb = match["verb"]
    before = match["before"].removesuffix(f"{verb} ") + f"{_SINGULAR.get(verb, verb)} "
    return tuple(f"{before}{name}{match['after']}?" for name in names)
