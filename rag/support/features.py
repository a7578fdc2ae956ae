"""How much of a sentence its evidence says: words, their order, and what is denied. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from rag.reading.terms import Term, key_of, same_name, terms_of

BEARERS = 3
"""How many sentences of the evidence may bear one sentence together."""
GAP = 5
"""Content words that a sentence may leave out between two of its own."""
_NEGATORS = frozenset(
    {
        "no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot",
        "hardly", "scarcely",
    }
)  # fmt: skip
_REACH = 2
"""Content words after a negator that it denies, within its clause."""
_CLAUSE = re.compile(r"[,;:.!?—–()“”\"]|\b(?:but|and|or|because|although|though|while|which)\b")
_OPPOSITES = (
    "rise fall|increase decrease|grow shrink|gain lose|win lose|accept reject|accept refuse|"
    "agree refuse|agree disagree|approve reject|approve veto|support oppose|back oppose|"
    "allow ban|allow forbid|permit prohibit|open close|open shut|begin end|start stop|"
    "start finish|arrive depart|enter leave|join leave|confirm deny|admit deny|pledge refuse|"
    "promise refuse|legal illegal|guilty innocent|convict acquit|alive dead|survive die|"
    "succeed fail|pass fail|buy sell|import export|hire fire|appoint dismiss|include exclude|"
    "raise lower|raise cut|expand cut|widen narrow|strengthen weaken|improve worsen|"
    "advance retreat|attack defend|ally enemy|friend enemy|victory defeat|profit loss|"
    "surplus deficit|majority minority|minimum maximum|north south|east west|northern southern|"
    "eastern western|left right|before after|above below|more less|more fewer|most least|"
    "up down|earlier later|early late|old new|first last|best worst|better worse|high low|"
    "higher lower|highest lowest|larger smaller|largest smallest|true false|male female|"
    "man woman|boy girl|he she|his her|day night|summer winter|safe dangerous|public private|"
    "possible impossible|likely unlikely|able unable|always never|all none|war peace|"
    "ceasefire offensive|free jail|release arrest|keep drop|keep abandon|keep scrap|"
    "remain leave|stay leave|love hate|praise criticise|praise criticize|welcome condemn"
)


def _pairs_of_opposites() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split("|"):
        one, other = (key_of(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {key: frozenset(others) for key, others in found.items()}


OPPOSITES = _pairs_of_opposites()
"""Key of a word → keys of words that say the contrary."""


def content_of(text: str) -> list[Term]:
    """The words that carry content, in order."""
    return [term for term in terms_of(text) if not term.is_stop_word]


def bearers(claim: str, sentences: Sequence[str]) -> list[int]:
    """Positions, ascending, of the sentences that bear the claim: each adds the most content words
    that are still missing, ties in text order; at most `BEARERS`."""
    missing = {term.key for term in content_of(claim)}
    held = [{term.key for term in terms_of(text)} for text in sentences]
    chosen: list[int] = []
    for _ in range(min(BEARERS, len(sentences))):
        left = [place for place in range(len(sentences)) if place not in chosen]
        best = max(left, key=lambda place: (len(missing & held[place]), -place))
        if chosen and not missing & held[best]:
            break
        chosen.append(best)
        missing -= held[best]
    return sorted(chosen)


def contained(claim: str, texts: Sequence[str]) -> float:
    """Share of the claim's content words that the texts hold; 0 where it has none."""
    wanted = content_of(claim)
    return 1 - len(not_contained(claim, texts)) / len(wanted) if wanted else 0.0


def not_contained(claim: str, texts: Sequence[str]) -> list[Term]:
    """The claim's content words that the texts hold in no form, names in no spelling."""
    held = [term for text in texts for term in terms_of(text)]
    keys = {term.key for term in held}
    names = {term.key for term in held if term.is_capitalised and not term.is_stop_word}
    return [
        term
        for term in content_of(claim)
        if term.key not in keys
        and not (term.is_capitalised and any(same_name(term.key, name) for name in names))
    ]


def negators_in(text: str) -> int:
    """How often a text denies something."""
    return sum(_is_negator(term) for term in terms_of(text))


def in_order(claim: str, texts: Sequence[str]) -> float:
    """Share of the claim's neighbouring content words that follow one another in one of the texts
    too, at most `GAP` content words apart: who did it to whom. 1 where there is but one word."""
    wanted = [term.key for term in content_of(claim)]
    held: set[tuple[str, str]] = set()
    for text in texts:
        keys = [term.key for term in content_of(text)]
        for gap in range(1, GAP + 1):
            held |= set(zip(keys, keys[gap:], strict=False))
    pairs = list(itertools.pairwise(wanted))
    return sum(pair in held for pair in pairs) / len(pairs) if pairs else 1.0


def contradicts(claim: str, evidence: Sequence[str]) -> bool:
    """Whether the claim denies a word that the evidence only affirms, or the other way round, or
    has the opposite of a word in its place."""
    denied, affirmed = denied_in(claim)
    readings = [denied_in(text) for text in evidence]
    held_denied = frozenset().union(*(one for one, _ in readings))
    held_affirmed = frozenset().union(*(one for _, one in readings))
    if denied & (held_affirmed - held_denied):
        return True
    if (affirmed - denied) & (held_denied - held_affirmed):
        return True
    held = {term.key for text in evidence for term in terms_of(text)}
    said = {term.key for term in terms_of(claim)}
    return any(OPPOSITES.get(key, frozenset()) & held for key in said - held)


def denied_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Keys of the content words that a negator denies, and of those that none does."""
    denied: set[str] = set()
    affirmed: set[str] = set()
    reach, end = 0, 0
    for term in terms_of(text):
        if _CLAUSE.search(text, end, term.end):
            reach = 0
        end = term.end
        if term.text.lower() == "only":  # not only
            reach = 0
        elif _is_negator(term):
            reach = _REACH
        elif not term.is_stop_word:
            (denied if reach else affirmed).add(term.key)
            reach = max(reach - 1, 0)
    return frozenset(denied), frozenset(affirmed)


def _is_negator(term: Term) -> bool:
    word = term.text.lower().replace("’", "'")
    return word in _NEGATORS or word.endswith("n't")
