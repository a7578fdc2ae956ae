"""What a request for a chat completion says. Parameters that mean nothing here are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from api.http.completions.wording import said_in
from api.http.schemas import SourceFilters, Storable
from rag.records import Turn

_WRAPPED = re.compile(r"<user_query>\s*(.*?)\s*</user_query>", re.DOTALL)
_WITH_CONTEXT = re.compile(r"###\s*Task:.*</context>\s*(.*)", re.DOTALL)


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    text: Storable | None = None


def _kind_of_content(content: object) -> str | None:
    match content:
        case str():
            return "text"
        case list() | tuple():
            return "parts"
        case _:
            return None


Content = Annotated[
    Annotated[Storable, Tag("text")] | Annotated[tuple[Part, ...], Tag("parts")],
    Discriminator(
        _kind_of_content,
        custom_error_type="content_type",
        custom_error_message="Content is text, or a list of parts",
    ),
]


class Message(BaseModel):
    """What somebody said, in OpenAI's terms."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: str
    content: Content | None = None

    @property
    def text(self) -> str:
        """All its text; images and sounds are passed over."""
        if isinstance(self.content, tuple):
            return "\n".join(part.text for part in self.content if part.text).strip()
        return (self.content or "").strip()


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    include_usage: bool | None = None


class AnswerOptions(SourceFilters):
    """What only Quoth knows: filters, and how the question is answered."""

    mode: Literal["extractive"] | None = None


class CompletionRequest(BaseModel):
    """A request for a chat completion.

    Sampling (`temperature`, `seed` …), lengths, `stop`, `n`, tools and formats mean nothing to an
    archive that quotes: they are taken and passed over.
    """

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        json_schema_extra={
            "example": {
                "model": "quoth",
                "messages": [{"role": "user", "content": "When does the ferry to Osk run again?"}],
            }
        },
    )

    model: str = Field(min_length=1, max_length=200)
    messages: tuple[Message, ...] = Field(min_length=1, max_length=2_000)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: dict[str, Any] | None = None
    quoth: AnswerOptions | None = Field(None, description="Filters, as `POST /v1/ask` takes them")

    @property
    def includes_usage(self) -> bool:
        """Whether a stream ends with what it cost."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def wants_json(self) -> bool:
        """Whether the reply is to be JSON, which only a front end's own requests ask for."""
        return (self.response_format or {}).get("type") in {"json_object", "json_schema"}

    @property
    def asked(self) -> str:
        """The text of the user's last message; empty where there is none."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def question(self) -> str:
        """The user's last message, without what a front end wrapped it in."""
        return self._unwrapped or self.asked

    @property
    def is_wrapped(self) -> bool:
        """Whether a front end put what it found itself around the user's question."""
        return bool(self._unwrapped)

    @property
    def _unwrapped(self) -> str:
        """The question in such a wrapping; empty where there is none."""
        wrapped = _WRAPPED.search(self.asked) or _WITH_CONTEXT.fullmatch(self.asked)
        return wrapped[1].strip() if wrapped else ""

    @property
    def history(self) -> tuple[Turn, ...]:
        """What user and assistant said before the user's last message."""
        places = [n for n, message in enumerate(self.messages) if message.role == "user"]
        return tuple(_turns(self.messages[: places[-1]])) if places else ()


def _turns(messages: Sequence[Message]) -> Iterator[Turn]:
    for message in messages:
        if message.role == "user" and message.text:
            yield Turn(role="user", content=message.text)
        elif message.role == "assistant" and message.text:
            said, titles = said_in(message.text)
            yield Turn(role="assistant", content=said, titles=titles)
