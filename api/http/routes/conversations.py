"""`/v1/conversations`: those that somebody asked to keep."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from api.http.chat import examples
from api.http.chat.exporting import as_markdown
from api.http.chat.history import Owner, no_such_conversation
from api.http.chat.requests import ConversationRequest, RenameRequest
from api.http.dependencies import ServiceDep, ThreadsDep, json_response, require_json
from api.http.openapi import example, problems
from api.http.problems import Problem
from api.http.routes.articles import Limit, Offset
from index.catalogue.conversations import Conversation, ConversationPage, ConversationSummary

router = APIRouter(prefix="/v1/conversations", tags=["Chat"], responses=problems(503))
_page: TypeAdapter[ConversationPage] = TypeAdapter(ConversationPage)
_summary: TypeAdapter[ConversationSummary] = TypeAdapter(ConversationSummary)
_conversation: TypeAdapter[Conversation] = TypeAdapter(Conversation)

ConversationId = Annotated[
    str,
    Path(
        max_length=64,
        description="`conversation_id` of a conversation",
        examples=["cnv_8d1f"],
    ),
]
TakesJson = Depends(require_json)
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such conversation"}
}


@router.post(
    "",
    status_code=201,
    response_model=ConversationSummary,
    responses={201: example(examples.SUMMARY, "It is kept"), **problems(403, 413, 415, 422)},
    dependencies=[TakesJson],
)
async def create_conversation(
    body: ConversationRequest, service: ServiceDep, threads: ThreadsDep, owner: Owner
) -> Response:
    """Begin a conversation that is kept: questions join it with its id as `conversation_id`.

    With API keys, a conversation is seen only with the key that began it.
    """
    call = partial(service.archive.conversations.create, title=body.title, owner=owner)
    return json_response(_summary, await threads.archive(call), 201)


@router.get(
    "",
    response_model=ConversationPage,
    responses={200: example(examples.PAGE), **problems(422)},
)
async def list_conversations(
    service: ServiceDep,
    threads: ThreadsDep,
    owner: Owner,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Response:
    """List conversations page by page, the one that was last added to first."""
    call = partial(service.archive.conversations.page, limit=limit, offset=offset, owner=owner)
    return json_response(_page, await threads.archive(call))


@router.get(
    "/{conversation_id}",
    response_model=Conversation,
    responses={200: example(examples.CONVERSATION), **_MISSING, **problems(422)},
)
async def read_conversation(
    conversation_id: ConversationId, service: ServiceDep, threads: ThreadsDep, owner: Owner
) -> Response:
    """One conversation with all its questions and answers, oldest first.

    What answers held of articles that were deleted since is gone from them.
    """
    call = partial(service.archive.conversations.get, conversation_id, owner=owner)
    conversation = await threads.archive(call)
    if conversation is None:
        raise no_such_conversation(conversation_id)
    return json_response(_conversation, conversation)


@router.patch(
    "/{conversation_id}",
    response_model=ConversationSummary,
    responses={200: example(examples.SUMMARY), **_MISSING, **problems(403, 413, 415, 422)},
    dependencies=[TakesJson],
)
async def rename_conversation(
    conversation_id: ConversationId,
    body: RenameRequest,
    service: ServiceDep,
    threads: ThreadsDep,
    owner: Owner,
) -> Response:
    """Give a conversation another title."""
    call = partial(service.archive.conversations.rename, conversation_id, body.title, owner=owner)
    renamed = await threads.archive(call)
    if renamed is None:
        raise no_such_conversation(conversation_id)
    return json_response(_summary, renamed)


@router.delete("/{conversation_id}", status_code=204, responses={**_MISSING, **problems(403, 422)})
async def delete_conversation(
    conversation_id: ConversationId, service: ServiceDep, threads: ThreadsDep, owner: Owner
) -> Response:
    """Delete a conversation with all that was said in it."""
    call = partial(service.archive.conversations.delete, conversation_id, owner=owner)
    if not await threads.archive(call):
        raise no_such_conversation(conversation_id)
    return Response(status_code=204)


@router.get(
    "/{conversation_id}/export",
    response_model=Conversation,
    responses={
        200: {
            "description": "A file to keep",
            "content": {
                "application/json": {"example": examples.CONVERSATION},
                "text/markdown": {"schema": {"type": "string"}, "example": examples.MARKDOWN},
            },
        },
        **_MISSING,
        **problems(422),
    },
)
async def export_conversation(
    conversation_id: ConversationId,
    service: ServiceDep,
    threads: ThreadsDep,
    owner: Owner,
    export_format: Annotated[
        Literal["json", "markdown"], Query(alias="format", description="`markdown` is for people")
    ] = "json",
) -> Response:
    """One conversation as a file: JSON with all that is stored, or Markdown to read."""
    call = partial(service.archive.conversations.get, conversation_id, owner=owner)
    conversation = await threads.archive(call)
    if conversation is None:
        raise no_such_conversation(conversation_id)
    if export_format == "markdown":
        response = Response(as_markdown(conversation), media_type="text/markdown")
        name = f"{conversation.conversation_id}.md"
    else:
        response = json_response(_conversation, conversation)
        name = f"{conversation.conversation_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
