"""The tools: `ask`, `search` and `get_article`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel, TypeAdapter

from api.mcp.arguments import (
    ArticleArguments,
    ArticleText,
    AskArguments,
    PassageList,
    SearchArguments,
)
from api.mcp.core import Core
from api.mcp.wording import answer_in_words, article_in_words, passages_in_words
from rag.records import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolKind:
    """A tool: what it is called, what it takes and gives, and what it does."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: TypeAdapter[Any]
    call: Callable[[Core, Any], Awaitable[Any]]
    """From validated arguments to the result."""
    in_words: Callable[[Any], str]

    def described(self) -> Tool:
        """The tool as it is listed. Nothing that it does changes the archive."""
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=self.result.json_schema(mode="serialization"),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )

    async def answer(self, core: Core, arguments: dict[str, Any]) -> CallToolResult:
        """What the tool gives, as text and as structured content.

        Raises: ValidationError: the arguments are not as stated. QuothError, CallRefused.
        """
        given = await self.call(core, self.arguments.model_validate(arguments))
        return CallToolResult(
            content=[TextContent(type="text", text=self.in_words(given))],
            structured_content=self.result.dump_python(given, mode="json"),
        )


async def _ask(core: Core, arguments: AskArguments) -> Answer:
    return await core.ask(arguments.query())


async def _search(core: Core, arguments: SearchArguments) -> PassageList:
    query = arguments.query()
    return PassageList(question=query.question, passages=await core.search(query))


async def _get_article(core: Core, arguments: ArticleArguments) -> ArticleText:
    return ArticleText.of(await core.article(arguments.article_id))


TOOLS = {
    tool.name: tool
    for tool in (
        ToolKind(
            name="ask",
            title="Ask the archive",
            description="Answer a question from an archive of articles. Every sentence of the "
            "answer names by number the quotes that support it, and every quote is an exact, "
            "checked span of a stored article. Where the archive does not say, the outcome is "
            "not_found, and the nearest passages are listed.",
            arguments=AskArguments,
            result=TypeAdapter(Answer),
            call=_ask,
            in_words=answer_in_words,
        ),
        ToolKind(
            name="search",
            title="Search the archive",
            description="List the passages of an archive of articles that are nearest to a "
            "question, nearest first, without answering it.",
            arguments=SearchArguments,
            result=TypeAdapter(PassageList),
            call=_search,
            in_words=passages_in_words,
        ),
        ToolKind(
            name="get_article",
            title="Read an article",
            description="One article of the archive with its metadata and whole text. The offsets "
            "of quotes and passages count code points of that text.",
            arguments=ArticleArguments,
            result=TypeAdapter(ArticleText),
            call=_get_article,
            in_words=article_in_words,
        ),
    )
}
