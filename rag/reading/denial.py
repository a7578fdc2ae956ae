"""Whether a question denies or speaks of a refusal that a sentence knows nothing of. Pure.

Of the questions of SQuAD 2's development half that their passage does not answer, .15 are so
beside the sentence that seems to answer, of those that it answers .01: "why did France refuse
…" is not answered by what France promised.
"""

from __future__ import annotations

import re

from rag.reading.terms import key_of, terms_of

_NOT = frozenset(
    ("not", "no", "never", "neither", "nor", "nobody", "none", "nothing", "cannot", "without")
)
_REFUSING = frozenset(
    key_of(verb)
    for verb in ("refuse", "reject", "deny", "oppose", "decline", "fail", "unable", "unwilling")
)
_CLOSE_TO_IT = _REFUSING | {
    key_of(word)
    for word in (
        "against", "abandon", "avoid", "ban", "block", "cancel", "exclude", "forbid", "hardly",
        "impossible", "lack", "prevent", "prohibit", "resist", "stop", "unacceptable", "unlikely",
        "veto", "warn", "withdraw",
    )
}  # fmt: skip
_RULED_OUT = re.compile(r"\b(?:rul(?:e|es|ed|ing) out|turn(?:s|ed|ing)? down)\b", re.IGNORECASE)


def is_denial_missing(question: str, sentence: str) -> bool:
    """Whether the question has a negation or a verb of refusal, and the sentence has neither, nor
    a word that comes close to it."""
    return _holds(question, _REFUSING) and not _holds(sentence, _CLOSE_TO_IT)


def _holds(text: str, keys: frozenset[str]) -> bool:
    words = {term.text.lower().replace("’", "'") for term in terms_of(text)}
    return (
        not _NOT.isdisjoint(words)
        or any(word.endswith("n't") for word in words)
        or any(term.key in keys for term in terms_of(text))
        or _RULED_OUT.search(text) is not None
    )
