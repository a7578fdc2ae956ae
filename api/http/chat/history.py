"""Stored conversations: what a follow-up can lean on, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import TypeAdapter

from api.http.access.caller import Caller
from api.http.problems import ProblemError
from api.http.threads import Threads
from api.service import Service
from index.catalogue.conversations import ConversationTurn
from rag.records import Answer, Turn

REMEMBERED = 10
"""Questions back that a follow-up can lean on."""
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


async def _owner(request: Request) -> str | None:
    """The id of the API key that asks; None where none is needed."""
    caller: Caller | None = getattr(request.state, "caller", None)
    return None if caller is None else caller.key_id


Owner = Annotated[str | None, Depends(_owner)]


def no_such_conversation(conversation_id: str) -> ProblemError:
    """The error for an id of nothing that this asker may see."""
    return ProblemError(
        404,
        "conversation_not_found",
        f"No conversation has the id {conversation_id}",
        hint="GET /v1/conversations lists them, POST /v1/conversations makes one",
    )


async def stored_history(
    service: Service, threads: Threads, conversation_id: str, owner: str | None
) -> tuple[Turn, ...]:
    """What was said in a stored conversation of late. Raises: ProblemError: there is none."""
    latest = partial(
        service.archive.conversations.latest, conversation_id, turns=REMEMBERED, owner=owner
    )
    turns = await threads.archive(latest)
    if turns is None:
        raise no_such_conversation(conversation_id)
    return tuple(_as_turns(turns))


def keep(
    service: Service, conversation_id: str, owner: str | None, question: str, answer: Answer
) -> str | None:
    """Add an answer to a conversation; its id, or None where it was deleted meanwhile."""
    kept = service.archive.conversations.append(
        conversation_id,
        question=question,
        answer=_answer.dump_python(answer, mode="json"),
        owner=owner,
    )
    return conversation_id if kept else None


def _as_turns(turns: Sequence[ConversationTurn]) -> Iterator[Turn]:
    """As `turns_of` has them, read from JSON that an earlier version may have written."""
    for turn in turns:
        cited: Sequence[Mapping[str, Any]] = turn.answer.get("citations", ())
        yield Turn(role="user", content=turn.answer.get("standalone_question") or turn.question)
        yield Turn(
            role="assistant",
            content=" ".join(citation["quote"] for citation in cited),
            titles=tuple(dict.fromkeys(citation["title"] for citation in cited)),
        )
