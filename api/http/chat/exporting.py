"""A stored conversation as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.catalogue.conversations import Conversation, ConversationTurn

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")

_ESCAPED_NUMBER = re.compile(r"\\\[(\d+)\\\]")


def as_markdown(conversation: Conversation) -> str:
    """The questions as headings, each with its answer and the quotes that it cites."""
    title = conversation.title or "Conversation"
    parts = [f"# {_plain(title)}"]
    for turn in conversation.turns:
        parts += _turn(turn)
    return "\n\n".join(parts) + "\n"


def _turn(turn: ConversationTurn) -> Iterator[str]:
    yield f"## {_plain(turn.question)}"
    answer = turn.answer
    understood = answer.get("standalone_question", turn.question)
    if understood != turn.question:
        yield f"*asked as: {_plain(understood)}*"
    if answer.get("answer"):
        yield _ESCAPED_NUMBER.sub(r"[\1]", _plain(answer["answer"]))
    else:
        yield "*The articles that this was answered from were deleted.*"
    sources = [_source(citation) for citation in answer.get("citations", ())]
    if sources:
        yield "\n".join(sources)


def _source(citation: Mapping[str, Any]) -> str:
    facts = [citation.get("title"), citation.get("publisher"), citation.get("published_at")]
    named = ", ".join(_plain(fact) for fact in facts if fact)
    url = citation.get("url") or ""
    link = f", <{url}>" if re.fullmatch(r"https?://[^\s<>]+", url) else ""
    return f"{citation['n']}. “{_plain(citation['quote'])}” — {named}{link}"


def _plain(text: str) -> str:
    """The text in one line, its characters meaning nothing but themselves."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
