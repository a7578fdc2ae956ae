"""A target that only talks: any OpenAI-compatible chat endpoint, by URL and model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.answer_text import compile_refusal, read_answer
from eval.endpoints import ChatClient, ChatEndpoint, rejected_parameter
from eval.gold import GoldQuestion
from eval.invalid import describe_invalid
from eval.replies import Reply, Usage
from eval.targets.base import Articles, Provenance
from index.errors import QuothError, TargetUnreadable
from rag.records import Outcome

SYSTEM_PROMPT = (
    "You answer questions from your archive of articles. Answer in one or two sentences. If the"
    " archive does not answer the question, say plainly that it does not, and nothing else."
)
SAMPLING: Mapping[str, int] = {"temperature": 0, "seed": 0}
"""Sent with each question, so far as the model takes them: the same question, the same answer."""
_PROBE = "Say OK."


class _Part(BaseModel):
    text: str | None = None


class _Message(BaseModel):
    content: str | tuple[_Part, ...] | None = None
    refusal: str | None = None

    @property
    def text(self) -> str:
        """What it says, in one piece."""
        if isinstance(self.content, tuple):
            return "".join(part.text or "" for part in self.content)
        return self.content or ""


class _Choice(BaseModel):
    message: _Message


class _Tokens(BaseModel):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)


class _Completion(BaseModel):
    """As much of a chat completion as an evaluation reads; all else is passed over."""

    model_config = ConfigDict(extra="ignore")

    choices: tuple[_Choice, ...] = Field(min_length=1)
    usage: _Tokens | None = None


class ChatTarget:
    """Asks a chat endpoint, with the conversation that led up to the question.

    Answers only: it says neither what it retrieved nor, in a way that can be checked, what it
    cites. Milliseconds include the way there and back, and waiting where it is too busy. Hold it
    in a `with` block, or close it. Nothing is sent until it is used; `connect` is the way to learn
    at once whether it answers.
    """

    def __init__(
        self,
        endpoint: ChatEndpoint,
        *,
        system_prompt: str = SYSTEM_PROMPT,
        refusal: str | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._system_prompt = system_prompt
        self._refusal = compile_refusal(refusal)
        self._sampling = dict(SAMPLING)
        self._client = ChatClient(endpoint)

    @classmethod
    def connect(
        cls,
        endpoint: ChatEndpoint,
        *,
        system_prompt: str = SYSTEM_PROMPT,
        refusal: str | None = None,
    ) -> Self:
        """Return a target that has said something.

        Raises: ConfigurationError where it knows no such key or model; StoreUnavailable where it
        does not answer; TargetUnreadable where it says what is no chat completion.
        """
        target = cls(endpoint, system_prompt=system_prompt, refusal=refusal)
        try:
            target._probe()
        except QuothError:
            target.close()
            raise
        return target

    @property
    def name(self) -> str:
        """The model and the URL."""
        return f"{self._endpoint.model} at {self._endpoint.shown_url}"

    @property
    def articles(self) -> Articles | None:
        """None: it cannot be looked into."""
        return None

    @property
    def conversational(self) -> bool:
        """True: it is given the conversation that leads up to a question."""
        return True

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:  # noqa: ARG002
        """Return nothing: it can be asked anything."""
        return []

    def provenance(self) -> Provenance:
        """Return the model, and what it was told."""
        return Provenance(
            models={"chat": self._endpoint.model},
            settings={"system_prompt": self._system_prompt, **self._sampling},
        )

    def ask(self, question: GoldQuestion) -> Reply:
        """Return what it says. Raises: QuothError where it says nothing that can be read."""
        started = time.perf_counter()
        completion = self._complete(self._messages(question))
        milliseconds = (time.perf_counter() - started) * 1000
        message = completion.choices[0].message
        usage = _usage(completion.usage)
        if message.refusal and not message.text:
            return Reply(
                outcome=Outcome.NOT_FOUND,
                answer=message.refusal,
                usage=usage,
                milliseconds=milliseconds,
            )
        said = read_answer(message.text, refusal=self._refusal)
        return Reply(
            outcome=said.outcome,
            answer=said.text,
            sentences=said.sentences,
            usage=usage,
            milliseconds=milliseconds,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _messages(self, question: GoldQuestion) -> list[dict[str, str]]:
        system = self._system_prompt
        if question.as_of is not None:
            system = f"{system} Today is {question.as_of.isoformat()}.".lstrip()
        messages = [{"role": "system", "content": system}] if system else []
        messages += [{"role": t.role, "content": t.content} for t in question.conversation]
        return [*messages, {"role": "user", "content": question.question}]

    def _probe(self) -> None:
        """Send a question to learn whether it is answered, and which parameters are taken."""
        for _ in range(len(self._sampling) + 1):
            try:
                self._complete([{"role": "user", "content": _PROBE}])
            except QuothError as error:
                name = rejected_parameter(error, self._sampling)
                if name is None:
                    raise
                del self._sampling[name]
            else:
                return

    def _complete(self, messages: list[dict[str, str]]) -> _Completion:
        content = self._client.complete(messages, self._sampling)
        try:
            return _Completion.model_validate_json(content)
        except ValidationError as error:
            raise TargetUnreadable(
                f"{self._endpoint.shown_url} sent what is no chat completion"
                f" ({describe_invalid(error)})"
            ) from error


def _usage(tokens: _Tokens | None) -> Usage | None:
    if tokens is None:
        return None
    return Usage(prompt_tokens=tokens.prompt_tokens, completion_tokens=tokens.completion_tokens)
