"""What a question takes for granted and a sentence knows nothing of: a refusal, or a consent. Pure.

Of the questions of SQuAD 2's development half that deny or speak of a refusal, .15 of those that
their passage does not answer are so beside the sentence that seems to answer, and .01 of those
that it answers: "why did France refuse …" is not answered by what France promised. Of those that
speak of a consent, .50 and .12 (54 and 33 questions); beside a refusal, .11 and .03. Of those whose
subject is a name, the passage lacks it for .044 and .023 (541 and 644 questions).
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
_AGREEING = frozenset(
    key_of(verb)
    for verb in (
        "accept", "agree", "approve", "concede", "consent", "embrace", "endorse", "favour",
        "pledge", "promise", "ratify", "support", "vow", "welcome",
    )
)  # fmt: skip
_CLOSE_TO_CONSENT = _AGREEING | {
    key_of(word)
    for word in (
        "acceptance", "accord", "adopt", "agreement", "allow", "approval", "back", "backing",
        "commit", "deal", "favor", "grant", "guarantee", "join", "let", "pass", "permit", "ready",
        "sign", "supporter", "vote", "willing", "yes",
    )
}  # fmt: skip
_SUBJECT = re.compile(
    r"^\W*(?:(?:and|but|so) )?(?:why|how come|when|how|what|where)\b.{0,25}?"
    r"\b(?:did|does|do|has|have|had|was|were|is|are|can|could|will|would|should) (?:the |an? )?"
    r"(?P<names>(?:[A-Z][\w'’-]*(?:,? (?:and |of |the |de |von )?(?=[A-Z])|\b))+)",
)
"""A name right after the auxiliary verb: whom the question takes to have done something."""
_RULED_OUT = re.compile(r"\b(?:rul(?:e|es|ed|ing) out|turn(?:s|ed|ing)? down)\b", re.IGNORECASE)


def is_denial_missing(question: str, sentence: str) -> bool:
    """Whether the question has a negation or a verb of refusal, and the sentence has neither, nor
    a word that comes close to it."""
    return _holds(question, _REFUSING) and not _holds(sentence, _CLOSE_TO_IT)


def is_consent_missing(question: str, sentence: str) -> bool:
    """Whether the question has a verb of consent, and the sentence has neither one nor a word
    that comes close to it."""
    return _has(question, _AGREEING) and not _has(sentence, _CLOSE_TO_CONSENT)


def is_consent_refused(question: str, sentence: str) -> bool:
    """Whether the question has a verb of consent, and the sentence speaks of a refusal instead."""
    return is_consent_missing(question, sentence) and _holds(sentence, _CLOSE_TO_IT)


def subject_of(question: str) -> frozenset[str]:
    """Keys of the name that the question takes to have done something; none where it begins
    otherwise or has no name there ("why were the talks …")."""
    found = _SUBJECT.match(question[:1].lower() + question[1:])
    if found is None:
        return frozenset()
    return frozenset(term.key for term in terms_of(found["names"]) if not term.is_stop_word)


def _has(text: str, keys: frozenset[str]) -> bool:
    return any(term.key in keys for term in terms_of(text))


def _holds(text: str, keys: frozenset[str]) -> bool:
    words = {term.text.lower().replace("’", "'") for term in terms_of(text)}
    return (
        not _NOT.isdisjoint(words)
        or any(word.endswith("n't") for word in words)
        or _has(text, keys)
        or _RULED_OUT.search(text) is not None
    )
