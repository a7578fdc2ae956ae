"""The ledger through claims, crashes, edits and withdrawals in any order, by several bots."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from index.catalogue.slack_questions import QuestionState, SlackQuestionTable
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.index.slack_asking import LEASE, Clock, asked

KEYS = st.sampled_from(["q1", "q2", "q3"])
OWNERS = st.sampled_from(["a", "b", "c"])
QUESTIONS = st.sampled_from(["Who?", "Why?"])
MOST_ATTEMPTS = 3


@dataclass(slots=True, kw_only=True)
class Model:
    """What is to be known of a question."""

    owner: str
    until: float
    question: str = "Who?"
    state: QuestionState = QuestionState.CLAIMED
    message_ts: str | None = None
    answer_id: str | None = None
    attempts: int = 1


class LedgerMachine(RuleBasedStateMachine):
    """The model is a dictionary of keys; each bot has connections of its own to one file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="quoth-ledger-"))
        self.stack = ExitStack()
        self.clock = Clock()
        self.seconds = 0.0
        self.known: dict[str, Model] = {}
        self.bots: dict[str, SlackQuestionTable] = {}
        self.claims: list[str] = []

    @initialize()
    def start(self) -> None:
        for name in "abc":
            opened = open_slack_questions(IndexSettings(data_dir=self.folder))
            engine = self.stack.enter_context(opened)._engine
            self.bots[name] = SlackQuestionTable(engine, clock=self.clock)

    def teardown(self) -> None:
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def held(self, key: str, owner: str) -> Model | None:
        """The question, where this bot may go on with it."""
        one = self.known.get(key)
        if one is None or one.owner != owner or one.state is not QuestionState.CLAIMED:
            return None
        return one

    def left(self) -> Iterator[tuple[str, Model]]:
        for key, one in sorted(self.known.items()):
            if one.state is QuestionState.CLAIMED and one.until <= self.seconds:
                yield key, one

    # -- what happens -----------------------------------------------------------------------

    @rule(key=KEYS, owner=OWNERS)
    def deliver(self, key: str, owner: str) -> None:
        claimed = self.bots[owner].claim(
            asked(key, question="Who?"), owner=owner, lease_seconds=LEASE
        )
        assert claimed == (key not in self.known)
        if claimed:
            self.claims.append(key)
            self.known[key] = Model(owner=owner, until=self.seconds + LEASE)

    @rule(seconds=st.sampled_from([1.0, LEASE / 2, LEASE]))
    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.forward(seconds)

    @rule(key=KEYS, owner=OWNERS)
    def renew(self, key: str, owner: str) -> None:
        one = self.held(key, owner)
        renewed = self.bots[owner].renew(key, owner=owner, lease_seconds=LEASE)
        assert renewed == (one is not None)
        if one is not None:
            one.until = self.seconds + LEASE

    @rule(key=KEYS, owner=OWNERS)
    def release(self, key: str, owner: str) -> None:
        one = self.held(key, owner)
        released = self.bots[owner].release(key, owner=owner, after_seconds=1.0)
        assert released == (one is not None)
        if one is not None:
            one.owner, one.until = "", self.seconds + 1.0
            one.attempts -= 1

    @rule(key=KEYS, owner=OWNERS)
    def post(self, key: str, owner: str) -> None:
        one = self.held(key, owner)
        ts = f"{self.seconds}.{owner}"
        assert self.bots[owner].posted(key, owner=owner, message_ts=ts) == (one is not None)
        if one is not None:
            one.message_ts = ts

    @rule(key=KEYS, owner=OWNERS, question=QUESTIONS)
    def answer(self, key: str, owner: str, question: str) -> None:
        one = self.held(key, owner)
        if one is not None and one.question != question:
            one = None
        answer_id = f"{key} {question}"
        document: dict[str, Any] = {"id": answer_id, "question": question}
        stored = self.bots[owner].answered(
            key,
            owner=owner,
            answer=document,
            answer_id=answer_id,
            outcome="answered",
            question=question,
        )
        assert stored == (one is not None)
        if one is not None:
            one.state, one.answer_id = QuestionState.ANSWERED, answer_id

    @rule(key=KEYS, owner=OWNERS)
    def fail(self, key: str, owner: str) -> None:
        one = self.held(key, owner)
        assert self.bots[owner].failed(key, owner=owner) == (one is not None)
        if one is not None:
            one.state = QuestionState.FAILED

    @rule(owner=OWNERS, limit=st.integers(min_value=1, max_value=3))
    def take_over(self, owner: str, limit: int) -> None:
        expected = [(key, one) for key, one in self.left() if one.attempts < MOST_ATTEMPTS]
        expected = sorted(expected, key=lambda item: (item[1].until, item[0]))[:limit]
        taken = self.bots[owner].abandoned(
            owner=owner, lease_seconds=LEASE, limit=limit, most_attempts=MOST_ATTEMPTS
        )
        assert {question.event_key for question in taken} == {key for key, _ in expected}
        for _, one in expected:
            one.owner, one.until = owner, self.seconds + LEASE
            one.attempts += 1

    @rule(owner=OWNERS)
    def give_up(self, owner: str) -> None:
        expected = [(key, one) for key, one in self.left() if one.attempts >= MOST_ATTEMPTS]
        given_up = self.bots[owner].give_up(most_attempts=MOST_ATTEMPTS)
        assert {question.event_key for question in given_up} == {key for key, _ in expected}
        for _, one in expected:
            one.state = QuestionState.FAILED

    @rule(key=KEYS, owner=OWNERS, question=QUESTIONS)
    def edit(self, key: str, owner: str, question: str) -> None:
        one = self.known.get(key)
        may = one is not None and one.state is not QuestionState.WITHDRAWN
        found = self.bots[owner].restart(key, question, owner=owner, lease_seconds=LEASE)
        if not may or one is None or one.question == question:
            assert found is None
            return
        assert found is not None
        self.known[key] = Model(
            owner=owner,
            until=self.seconds + LEASE,
            question=question,
            message_ts=one.message_ts,
        )

    @rule(key=KEYS, owner=OWNERS)
    def withdraw(self, key: str, owner: str) -> None:
        one = self.known.get(key)
        found = self.bots[owner].withdraw(key)
        assert (found is None) == (one is None)
        if one is not None:
            one.state, one.question = QuestionState.WITHDRAWN, ""

    # -- what always holds ------------------------------------------------------------------

    @invariant()
    def every_bot_sees_what_is_known(self) -> None:
        for key, one in self.known.items():
            for table in self.bots.values():
                found = table.get(key)
                assert found is not None
                assert (found.state, found.question) == (one.state, one.question)
                assert (found.message_ts, found.attempts) == (one.message_ts, one.attempts)
                assert found.answer_id == one.answer_id
                is_kept = one.state is QuestionState.ANSWERED
                assert (found.answer is not None) == is_kept

    @invariant()
    def no_question_is_claimed_twice(self) -> None:
        assert len(self.claims) == len(set(self.claims))


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=15,
    stateful_step_count=40,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
