"""LlamaIndex's evaluators as judges, with any LlamaIndex LLM.

Their prompts are theirs. What they answer is read more strictly than LlamaIndex reads it: there, a
reply without a "yes" counts as a no, and a score must stand on a line of its own; here, a reply
that says neither yes nor no, or no score, is no verdict. Importing this module imports LlamaIndex.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

from llama_index.core.evaluation import (
    BaseEvaluator,
    CorrectnessEvaluator,
    FaithfulnessEvaluator,
    RelevancyEvaluator,
)
from llama_index.core.llms import LLM
from llama_index.llms.openai_like import OpenAILike

from eval.answer_text import without_reasoning
from eval.endpoints import NO_KEY, ChatEndpoint, masked, open_async_client
from eval.judges.base import Case, JudgeKind, Progress, Verdict

CONTEXT_WINDOW = 8192
"""Tokens. Texts that do not fit are shown to the judge one after another, as LlamaIndex does."""
PATIENCE = 10
"""How many cases in a row may fail before the rest is not judged."""
WORST, BEST = 1.0, 5.0
"""The scale of correctness; x becomes (x - 1) / 4."""
_LONGEST_REASON = 200
_NOT_JUDGED = f"not judged: the judge failed {PATIENCE} times in a row"

OpenLlm = Callable[[], AbstractAsyncContextManager[LLM]]


class LlamaIndexJudge:
    """Judges with LlamaIndex's faithfulness, relevancy and correctness evaluators."""

    def __init__(
        self, name: str, open_llm: OpenLlm, *, endpoint: ChatEndpoint | None = None
    ) -> None:
        """`open_llm` opens the LLM for a batch of cases and closes it; `of` and `at` have one."""
        self._name = name
        self._open_llm = open_llm
        self._endpoint = endpoint

    @classmethod
    def of(cls, llm: LLM) -> Self:
        """Return a judge with this LLM; closing it is for whoever made it."""

        @asynccontextmanager
        async def given() -> AsyncIterator[LLM]:
            yield llm

        return cls(llm.metadata.model_name, given)

    @classmethod
    def at(
        cls,
        endpoint: ChatEndpoint,
        *,
        temperature: float = 0.0,
        context_window: int = CONTEXT_WINDOW,
    ) -> Self:
        """Return a judge with the model at an OpenAI-compatible endpoint."""
        options: dict[str, Any] = {
            "model": endpoint.model,
            "api_base": endpoint.base_url,
            "api_key": endpoint.api_key or NO_KEY,
            "temperature": temperature,
            "context_window": context_window,
            "is_chat_model": True,
            "max_retries": 0,  # the client's own retries do what Retry-After says
        }

        @asynccontextmanager
        async def opened() -> AsyncIterator[LLM]:
            async with open_async_client(endpoint) as client:
                yield OpenAILike(**options | {"async_openai_client": client})

        return cls(f"{endpoint.model} at {endpoint.shown_url}", opened, endpoint=endpoint)

    @property
    def name(self) -> str:
        """The model, and its URL where it has one."""
        return self._name

    def judge(
        self, cases: Sequence[Case], *, parallel: int = 1, on_progress: Progress | None = None
    ) -> list[Verdict]:
        """Return a verdict for each case, in order, with so many under way at once.

        After `PATIENCE` failures in a row the rest is not judged.
        """
        from anyio.from_thread import start_blocking_portal

        # A loop of its own, since the caller may be in one: a notebook, a server.
        with start_blocking_portal() as portal:
            return portal.call(self._judge, cases, parallel, on_progress)

    async def _judge(
        self, cases: Sequence[Case], parallel: int, on_progress: Progress | None
    ) -> list[Verdict]:
        found: dict[int, Verdict] = {}
        waiting = iter(enumerate(cases))
        failed_in_a_row = 0

        async def work(evaluators: Mapping[JudgeKind, BaseEvaluator]) -> None:
            nonlocal failed_in_a_row
            for position, case in waiting:
                if failed_in_a_row >= PATIENCE:
                    found[position] = Verdict(value=None, reason=_NOT_JUDGED)
                else:
                    verdict, reached = await self._verdict(case, evaluators[case.kind])
                    failed_in_a_row = 0 if reached else failed_in_a_row + 1
                    found[position] = verdict
                if on_progress is not None:
                    on_progress(len(found), len(cases))

        async with self._open_llm() as llm:
            evaluators = _evaluators(llm)
            await asyncio.gather(*(work(evaluators) for _ in range(parallel)))
        return [found[position] for position in range(len(cases))]

    async def _verdict(self, case: Case, evaluator: BaseEvaluator) -> tuple[Verdict, bool]:
        """Return the verdict, and whether the model said anything at all."""
        asked: dict[str, Any] = {"query": case.question, "response": case.answer}
        if case.kind is JudgeKind.CORRECTNESS:
            asked["reference"] = case.reference
        else:
            asked["contexts"] = list(case.contexts)
        try:
            result = await evaluator.aevaluate(**asked)
        except Exception as error:  # noqa: BLE001 - any LLM may stand here, and raise anything
            return Verdict(value=None, reason=self._reason(error)), False
        said = without_reasoning(result.feedback or "")
        value = read_score(said) if case.kind is JudgeKind.CORRECTNESS else read_yes_or_no(said)
        if value is None:
            wanted = "a score" if case.kind is JudgeKind.CORRECTNESS else "yes or no"
            return Verdict(value=None, reason=f"the judge did not say {wanted}"), True
        return Verdict(value=value), True

    def _reason(self, error: Exception) -> str:
        status = getattr(error, "status_code", None)
        if status is not None:  # what it says may repeat the key
            return f"the judge's endpoint answered {status}"
        said = " ".join(str(error).split())
        if self._endpoint is not None:
            said = masked(said, self._endpoint)
        return f"{type(error).__name__}: {said}"[:_LONGEST_REASON].removesuffix(": ")


def read_yes_or_no(said: str) -> float | None:
    """Return 1.0 or 0.0 by the first whole word that is yes or no; None where there is none."""
    found = re.search(r"\b(yes|no)\b", said, re.IGNORECASE)
    return None if found is None else float(found[1].lower() == "yes")


def read_score(said: str) -> float | None:
    """Return the first number from 1 to 5 that opens a line, as (x - 1) / 4; None without one.

    `4.5`, `Score: 4.5`, `**4.5**` and `4.5/5` are all read.
    """
    pattern = (
        r"^\W*(?:(?:the )?(?:final |overall )?score\W*(?:is|of)?\W*)?([1-5](?:\.\d+)?)(?![\d%])"
    )
    for found in re.finditer(pattern, said, re.IGNORECASE | re.MULTILINE):
        score = float(found[1])
        if WORST <= score <= BEST:
            return (score - WORST) / (BEST - WORST)
    return None


def _evaluators(llm: LLM) -> dict[JudgeKind, BaseEvaluator]:
    return {
        JudgeKind.FAITHFULNESS: FaithfulnessEvaluator(llm=llm),
        JudgeKind.RELEVANCY: RelevancyEvaluator(llm=llm),
        JudgeKind.CORRECTNESS: CorrectnessEvaluator(
            llm=llm, parser_function=lambda said: (None, said)
        ),
    }
