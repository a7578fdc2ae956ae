"""How questions are put to a target: in order or side by side, with patience that ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

import pytest

from eval.asking import PATIENCE, Pace, ask_all
from eval.gold import GoldQuestion
from eval.replies import Reply
from eval.targets.base import Articles, Provenance
from index.errors import QuestionInvalid, StoreUnavailable, TargetUnreadable
from rag.records import Outcome
from tests.eval.fakes import gold

MANY = [gold(f"q{number}") for number in range(30)]


class Counting:
    """Answers with how many questions it was asked before; fails where it is told to."""

    name = "counting"
    articles: Articles | None = None
    conversational = False

    def __init__(self, failures: Mapping[str, Exception] | None = None) -> None:
        self.asked: list[str] = []
        self.together = 0
        self._now = 0
        self._failures = failures or {}
        self._lock = threading.Lock()

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:  # noqa: ARG002
        return []

    def provenance(self) -> Provenance:
        return Provenance()

    def ask(self, question: GoldQuestion) -> Reply:
        with self._lock:
            self._now += 1
            self.together = max(self.together, self._now)
            self.asked.append(question.id)
            number = len(self.asked)
        time.sleep(0.002)
        with self._lock:
            self._now -= 1
        if question.id in self._failures:
            raise self._failures[question.id]
        return Reply(outcome=Outcome.ANSWERED, answer=question.id, milliseconds=float(number))


class Kept:
    def __init__(self, known: Mapping[str, Reply] | None = None) -> None:
        self._known = known or {}
        self.kept: dict[str, Reply] = {}

    def known(self) -> Mapping[str, Reply]:
        return self._known

    def keep(self, question_id: str, reply: Reply) -> None:
        self.kept[question_id] = reply


def test_one_by_one_is_in_order_and_alone() -> None:
    target = Counting()
    replies = ask_all(MANY, target)
    assert target.asked == [question.id for question in MANY]
    assert target.together == 1
    assert {key: reply.answer for key, reply in replies.items() if isinstance(reply, Reply)} == {
        question.id: question.id for question in MANY
    }


def test_side_by_side_asks_everything_once_and_no_more_at_a_time_than_told() -> None:
    target = Counting()
    replies = ask_all(MANY, target, pace=Pace(parallel=4))
    assert sorted(target.asked) == sorted(question.id for question in MANY)
    assert 1 < target.together <= 4
    assert len(replies) == len(MANY)


def test_a_repeated_question_is_warm_from_the_second_time_on() -> None:
    [reply] = ask_all([gold()], Counting(), pace=Pace(repeat=3)).values()
    assert isinstance(reply, Reply)
    assert (reply.milliseconds, reply.warm_milliseconds) == (1.0, (2.0, 3.0))


@pytest.mark.parametrize("parallel", [1, 3])
def test_a_failure_is_a_reason_and_the_rest_goes_on(parallel: int) -> None:
    target = Counting({"q3": QuestionInvalid("too\nlong"), "q5": ValueError()})
    replies = ask_all(MANY, target, pace=Pace(parallel=parallel))
    assert replies["q3"] == "too long"
    assert replies["q5"] == "ValueError"
    assert sum(isinstance(reply, Reply) for reply in replies.values()) == len(MANY) - 2


def test_programming_errors_are_not_hidden() -> None:
    for parallel in (1, 3):
        with pytest.raises(TypeError):
            ask_all(MANY, Counting({"q3": TypeError("bug")}), pace=Pace(parallel=parallel))


def test_a_target_that_is_gone_is_not_asked_for_ever() -> None:
    target = Counting({question.id: StoreUnavailable("gone") for question in MANY[5:]})
    replies = ask_all(MANY, target)
    assert len(target.asked) == 5 + PATIENCE
    assert replies["q29"] == f"not asked: the target was out of reach {PATIENCE} questions in a row"
    assert len(replies) == len(MANY)


def test_nonsense_is_an_answer_of_sorts_and_patience_lasts() -> None:
    target = Counting({question.id: TargetUnreadable("nonsense") for question in MANY})
    ask_all(MANY, target)
    assert len(target.asked) == len(MANY)


def test_what_is_known_is_not_asked_again_and_what_is_new_is_kept() -> None:
    known = {
        "q1": Reply(outcome=Outcome.ANSWERED, answer="kept"),
        "other": Reply(outcome=Outcome.ANSWERED, answer="of another sample"),
    }
    journal, target = Kept(known), Counting({"q2": ValueError("no")})
    told: list[tuple[int, int]] = []
    replies = ask_all(MANY[:4], target, journal=journal, on_progress=lambda *now: told.append(now))
    assert target.asked == ["q0", "q2", "q3"]
    assert journal.kept.keys() == {"q0", "q3"}
    assert replies.keys() == {"q0", "q1", "q2", "q3"}
    assert told == [(2, 4), (3, 4), (4, 4)]
