"""Asks a target every question of a gold set, and keeps what it says as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from eval.gold import GoldQuestion
from eval.replies import Prices, Reply
from eval.targets.base import Target
from index.errors import QuothError

FAILURES = (QuothError, OSError, RuntimeError, ValueError)
"""What one question may fail with, from a store, a model or the network, without ending the run.
A programming error (TypeError, AttributeError …) still does."""

PATIENCE = 10
"""How many questions in a row a target may be out of reach before the rest is not asked."""

Progress = Callable[[int, int], None]
"""Called with how many questions are done, and how many there are."""

Replies = Mapping[str, Reply | str]
"""Question id → the reply, or the reason in one line why there is none."""


class Journal(Protocol):
    """Keeps replies, so that an interrupted run can go on."""

    def known(self) -> Mapping[str, Reply]:
        """Return what an earlier run has kept."""

    def keep(self, question_id: str, reply: Reply) -> None:
        """Store a reply before the next question is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How questions are asked, and what asking costs."""

    parallel: int = 1
    """Questions under way at once; more than 1 makes latencies those of a loaded target."""
    repeat: int = 1
    """How often each is asked; from the second time on it counts as warm."""
    prices: Prices | None = None
    """Of a language model's tokens, where the target counts them."""


def ask_all(
    gold: Sequence[GoldQuestion],
    target: Target,
    *,
    pace: Pace | None = None,
    journal: Journal | None = None,
    on_progress: Progress | None = None,
) -> Replies:
    """Return a reply, or a reason, for every question.

    After `PATIENCE` questions in a row for which the target could not be reached, the rest is not
    asked, and its reason says so.
    """
    pace = pace or Pace()
    known = journal.known() if journal is not None else {}
    found: dict[str, Reply | str] = {q.id: known[q.id] for q in gold if q.id in known}
    left = [question for question in gold if question.id not in found]
    run = _Run(target, pace, journal, found)
    total, done = len(gold), len(gold) - len(left)
    for _ in run.ask(left):
        done += 1
        if on_progress is not None:
            on_progress(done, total)
    return found


def one_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    result: Reply | str
    reached: bool = True


class _Run:
    def __init__(
        self, target: Target, pace: Pace, journal: Journal | None, found: dict[str, Reply | str]
    ) -> None:
        self._target = target
        self._pace = pace
        self._journal = journal
        self._found = found
        self._out_of_reach = 0

    def ask(self, questions: Sequence[GoldQuestion]) -> Iterator[str]:
        """Yield each question's id once its reply is kept."""
        if self._pace.parallel == 1:
            for question in questions:
                yield self._settle(question, self._answer(question))
            return
        waiting = iter(questions)
        with ThreadPoolExecutor(self._pace.parallel) as pool:
            under_way: dict[Future[_Outcome], GoldQuestion] = {}
            try:
                while True:
                    free = self._pace.parallel - len(under_way)
                    for question in islice(waiting, free):
                        under_way[pool.submit(self._answer, question)] = question
                    if not under_way:
                        return
                    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in finished:
                        yield self._settle(under_way.pop(future), future.result())
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _answer(self, question: GoldQuestion) -> _Outcome:
        """Ask the question; runs in a thread of its own where several are asked at once."""
        if self._out_of_reach >= PATIENCE:
            reason = f"not asked: the target was out of reach {PATIENCE} questions in a row"
            return _Outcome(result=reason, reached=False)
        try:
            reply = self._target.ask(question)
            again = [self._target.ask(question) for _ in range(self._pace.repeat - 1)]
        except FAILURES as error:
            reachable = not (isinstance(error, QuothError) and error.retryable)
            return _Outcome(result=one_line(error), reached=reachable)
        if self._pace.prices is not None:
            reply = replace(reply, usage=self._pace.prices.priced(reply.usage))
        times = tuple(r.milliseconds for r in again if r.milliseconds is not None)
        return _Outcome(result=replace(reply, warm_milliseconds=times) if times else reply)

    def _settle(self, question: GoldQuestion, outcome: _Outcome) -> str:
        """Keep what came of the question; runs in the asking thread only."""
        self._out_of_reach = 0 if outcome.reached else self._out_of_reach + 1
        self._found[question.id] = outcome.result
        if self._journal is not None and isinstance(outcome.result, Reply):
            self._journal.keep(question.id, outcome.result)
        return question.id
