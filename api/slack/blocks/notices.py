"""What the bot shows where there is no answer: not yet, not any more, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from api.slack.blocks.answers import sentence_runs
from api.slack.blocks.elements import Message, paragraph, rich, small, text
from api.slack.blocks.limits import MOST_BLOCK, MOST_MESSAGE, cost_as_json, measured, shortened
from api.slack.blocks.packing import fallback
from api.slack.blocks.quoting import blocks_of
from rag.records import AnswerSentence

READING = "Reading the archive…"
_FAILURES = {
    "busy": "There are more questions than I can read for at once. Ask again in a minute.",
    "unreachable": "I cannot reach the archive at the moment. Ask again in a minute.",
    "failed": "I could not answer that.",
}


def reading_message() -> Message:
    """Stands in the answer's place until there is one."""
    return {"text": READING, "blocks": [small(READING)]}


def streaming_message(sentences: Sequence[AnswerSentence]) -> Message:
    """The answer as far as it is written."""
    blocks = blocks_of(sentence_runs(sentences), quote=False)
    while measured(blocks) > MOST_MESSAGE - MOST_BLOCK:
        blocks.pop()
    said = " ".join(sentence.text for sentence in sentences)
    return {"text": fallback(said) or READING, "blocks": [*blocks, small("Reading on…")]}


def failure_message(kind: str, told: str = "") -> Message:
    """Why there is no answer. `kind`: `busy`, `unreachable` or `failed`; `told`: more of it."""
    words = _FAILURES.get(kind, _FAILURES["failed"])
    return _notice(words, shortened(told, MOST_BLOCK // 2, cost_as_json))


def withdrawn_message() -> Message:
    """Stands in the place of an answer whose question was deleted."""
    words = "The question was deleted, and its answer with it."
    return {"text": words, "blocks": [small(words)]}


def rate_limited_message(seconds: float) -> Message:
    """Says when the next question may come."""
    return _notice(
        "That is a lot of questions in a short time.",
        f"Ask again in {_duration(seconds)}, and I will gladly look.",
    )


def _notice(words: str, more: str) -> Message:
    blocks = [rich(paragraph(text(words)))]
    if more.strip():
        blocks.append(small(more))
    return {"text": fallback(f"{words} {more}".strip()), "blocks": blocks}


def _duration(seconds: float) -> str:
    if seconds < 90:
        whole = max(round(seconds), 1)
        return f"{whole} second{'s' * (whole != 1)}"
    return f"{round(seconds / 60)} minutes"
