"""A streamed chat as a client reads it: bytes to events, and where to go on after a break."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from api.client.errors import ReplyUnreadable, service_error
from rag.records import Answer, AnswerSentence, Citation

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTold:
    """How far the work is."""

    stage: str
    """`retrieving`, `reading`, and with a language model `writing`."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceTold:
    """A sentence of the answer, checked."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationTold:
    """A citation that the last sentence is the first to have."""

    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTold:
    """The whole answer, which replaces what came before it."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """The end."""

    answer_id: str
    conversation_id: str | None = None
    """Where the answer is kept; None where nobody asked for that."""


ChatEvent = StatusTold | SentenceTold | CitationTold | AnswerTold | Concluded

_answer: TypeAdapter[Answer] = TypeAdapter(Answer)
_citation: TypeAdapter[Citation] = TypeAdapter(Citation)
_sentence: TypeAdapter[AnswerSentence] = TypeAdapter(AnswerSentence)
_status: TypeAdapter[StatusTold] = TypeAdapter(StatusTold)
_concluded: TypeAdapter[Concluded] = TypeAdapter(Concluded)


@dataclass(slots=True)
class ChatReading:
    """Reads one chat, over as many connections as it takes (WHATWG HTML, section 9.2.6).

    Lines end in LF or CRLF. Characters that Python also takes for ends of lines are ones that
    articles hold.
    """

    last_event_id: str | None = None
    """After which event to go on; None where none has come."""
    retry_seconds: float = 0.5
    """How long to wait before going on."""
    ended: bool = False
    """Whether the last event has come."""
    _rest: bytes = b""
    _fields: dict[str, str] = field(default_factory=dict)

    def connected(self) -> None:
        """Forget the event that the last connection broke off in."""
        self._rest = b""
        self._fields = {}

    def read(self, received: bytes) -> Iterator[ChatEvent]:
        """The events that are whole with these bytes.

        Raises:
            ServiceError: the service gave up.
            ReplyUnreadable: an event is none of Quoth's.
        """
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            name, _, value = line.removesuffix(b"\r").decode(errors="replace").partition(":")
            if line.strip():
                self._fields[name] = value.removeprefix(" ")
                continue
            fields, self._fields = self._fields, {}
            if fields.get("retry", "").isdecimal():
                self.retry_seconds = int(fields["retry"]) / 1000
            if "data" in fields:
                self.last_event_id = fields.get("id", self.last_event_id)
                event = self._event(fields.get("event", "message"), fields["data"])
                if event is not None:
                    yield event

    def _event(self, name: str, data: str) -> ChatEvent | None:
        """None for a kind that this version does not know."""
        match name:
            case "status":
                return _parsed(_status, data)
            case "sentence":
                return SentenceTold(sentence=_parsed(_sentence, data))
            case "citation":
                return CitationTold(citation=_parsed(_citation, data))
            case "answer":
                return AnswerTold(answer=_parsed(_answer, data))
            case "done":
                self.ended = True
                return _parsed(_concluded, data)
            case "error":
                self.ended = True
                raise service_error(json.loads(data).get("status", 500), {}, data.encode())
            case _:
                return None


def _parsed(adapter: TypeAdapter[T], data: str) -> T:
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        raise ReplyUnreadable(f"an event cannot be read ({error.error_count()} faults)") from error
