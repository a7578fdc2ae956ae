"""Chat completions, whole and in chunks, in the shapes of OpenAI's API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from api.http.chat.streams import ServerEvent
from api.http.completions.errors import error_body
from api.http.completions.requests import CompletionRequest
from api.http.completions.wording import below, said, spoken, tokens_in, url_citations
from api.http.problems import ProblemError
from rag.events import AnswerEvent, AnswerGiven, SentenceWritten
from rag.records import Answer

_answer: TypeAdapter[Answer] = TypeAdapter(Answer)
END = ServerEvent(data="[DONE]")


class Completion:
    """One reply to one request."""

    def __init__(self, request: CompletionRequest) -> None:
        self._request = request
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())

    def whole(self, content: str, answer: Answer | None = None) -> Mapping[str, Any]:
        """The reply in one piece; without an answer it is a word to the front end itself."""
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
        more: dict[str, Any] = {}
        if answer is not None:
            message["annotations"] = url_citations(content, answer.citations)
            more["quoth"] = _answer.dump_python(answer, mode="json")
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = self._usage(content, answer)
        return self._framed("chat.completion", [choice], usage=usage, **more)

    def role(self) -> ServerEvent:
        """The first chunk, which says who speaks."""
        return self._chunk({"role": "assistant", "content": "", "refusal": None})

    def piece(self, content: str) -> ServerEvent:
        """A chunk with more of the text."""
        return self._chunk({"content": content})

    def finish(self, content: str, answer: Answer | None = None) -> Iterator[ServerEvent]:
        """The chunks that end the stream of this text."""
        more: dict[str, Any] = {}
        if answer is not None:
            linked = url_citations(content, answer.citations)
            if linked:
                yield self._chunk({"annotations": linked})
            more["quoth"] = _answer.dump_python(answer, mode="json")
        yield self._chunk({}, finish_reason="stop", **more)
        if self._request.includes_usage:
            usage = self._usage(content, answer)
            yield _event(self._framed("chat.completion.chunk", [], usage=usage))
        yield END

    def _chunk(
        self, delta: Mapping[str, Any], *, finish_reason: str | None = None, **more: Any
    ) -> ServerEvent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        if self._request.includes_usage:
            more["usage"] = None
        return _event(self._framed("chat.completion.chunk", [choice], **more))

    def _framed(self, kind: str, choices: list[Any], **more: Any) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._request.model,
            "choices": choices,
            "system_fingerprint": None,
        } | more

    def _usage(self, content: str, answer: Answer | None) -> Mapping[str, int]:
        """What the language model counted, or else words and punctuation marks."""
        if answer is not None and answer.usage is not None:
            prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
        else:
            prompt = tokens_in(*(message.text for message in self._request.messages))
            completion = tokens_in(content)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }


class CompletionTeller:
    """Implements `Teller`: chunks with a role, sentences, footnotes and the end."""

    def __init__(self, completion: Completion) -> None:
        self._completion = completion
        self._content = ""

    def begun(self) -> Iterator[ServerEvent]:
        """The first chunk."""
        yield self._completion.role()

    def told(self, event: AnswerEvent) -> Iterator[ServerEvent]:
        """The chunks for something that happened."""
        match event:
            case SentenceWritten():
                space = " " if self._content else ""
                yield self._piece(space + spoken(event.sentence))
            case AnswerGiven():
                yield self._piece(self._rest(event.answer) + below(event.answer))
                yield from self._completion.finish(self._content, event.answer)

    def failed(self, problem: ProblemError) -> Iterator[ServerEvent]:
        """The error, on which clients of this API raise."""
        yield _event(error_body(problem.status, problem.code, problem.detail, hint=problem.hint))

    def _piece(self, content: str) -> ServerEvent:
        self._content += content
        return self._completion.piece(content)

    def _rest(self, answer: Answer) -> str:
        """What was not said yet; all of it anew where the answer is another one."""
        text = said(answer)
        if text.startswith(self._content):
            return text[len(self._content) :]
        return f"\n\n{text}"


def _event(document: Mapping[str, Any]) -> ServerEvent:
    return ServerEvent(data=json.dumps(document, ensure_ascii=False))
