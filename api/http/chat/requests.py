"""What `POST /v1/chat` and conversations are asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from api.http.schemas import SourceFilters, Storable, WithoutNul
from api.service import Limits
from rag.records import Query, Turn

Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), WithoutNul
]


class ChatMessage(BaseModel):
    """What one side said."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    role: Literal["system", "user", "assistant"] = Field(
        description="system: passed over; an archive takes no instructions"
    )
    content: Storable


class ChatRequest(SourceFilters):
    """A conversation, and what its last question may be answered from."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "messages": [
                    {"role": "user", "content": "When does the ferry to Osk run again?"},
                    {"role": "assistant", "content": "The ferry to Osk runs again from Monday."},
                    {"role": "user", "content": "And what is the fare?"},
                ],
                "stream": False,
            }
        }
    )

    messages: tuple[ChatMessage, ...] = Field(
        min_length=1,
        max_length=1_000,
        description="Oldest first; the last one is the user's question, which may lean on the rest",
    )
    stream: bool = Field(False, description="Whether to answer with server-sent events")
    mode: Literal["extractive"] | None = Field(
        None, description="extractive: letter for letter, even where a language model is set"
    )
    conversation_id: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="A stored conversation: it is the history then, of `messages` only the last "
        "one is read, and the answer is stored in it",
    )

    @field_validator("messages")
    @classmethod
    def _ends_with_a_question(cls, messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
        if messages[-1].role != "user" or not messages[-1].content:
            raise ValueError("the last message is the user's question")
        return messages

    @property
    def question(self) -> str:
        """What is asked."""
        return self.messages[-1].content

    @property
    def history(self) -> tuple[Turn, ...]:
        """What was said before, as far as messages tell."""
        return tuple(
            Turn(role=message.role, content=message.content)
            for message in self.messages[:-1]
            if message.role != "system"
        )

    def query(self, limits: Limits, history: tuple[Turn, ...]) -> Query:
        """The question for the engine. Raises: QuestionInvalid when it is too long."""
        return self.asking(self.question, limits, history=history, mode=self.mode)


class ConversationRequest(BaseModel):
    """A conversation to keep."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"title": "The ferry to Osk"}}
    )

    title: Title | None = Field(None, description="Absent: the first question will be its title")


class RenameRequest(BaseModel):
    """Another title for a conversation."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"title": "Fares to Osk"}}
    )

    title: Title
