"""Several processes at one ledger, some of which are killed: nothing twice, nothing lost."""

from __future__ import annotations

import contextlib
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from index.catalogue.slack_questions import QuestionState, SlackQuestionTable
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.faults.process import PATIENCE, Job, run, started
from tests.index import slack_asking
from tests.index.building import archive_in, ingest, only_id, record
from tests.index.slack_asking import KEY, LEASE, an_hour_later, asked
from tests.index.test_feedback import SECRET, SENTENCE, answer, cited

PROCESSES = 4
DONE: dict[str, Any] = {"answer": None, "answer_id": "ans_1", "outcome": "answered"}
KEYS = [f"T1:C1:1700000000.{number:06}" for number in range(40)]


@contextmanager
def several(job: Job, folder: Path) -> Iterator[list[Connection]]:
    """Pipes to processes that do the same job, each as another bot, and are ready."""
    with ExitStack() as stack:
        pipes = [
            stack.enter_context(started(job, folder, f"bot {number}"))[1]
            for number in range(PROCESSES)
        ]
        assert [received(pipe) for pipe in pipes] == ["ready"] * PROCESSES
        yield pipes


def received(pipe: Connection) -> Any:
    assert pipe.poll(PATIENCE), "it did not answer"
    return pipe.recv()


def make_ledger(folder: Path) -> None:
    with open_slack_questions(IndexSettings(data_dir=folder)):
        pass


def test_of_several_processes_that_claim_a_question_at_once_one_has_it(tmp_path: Path) -> None:
    make_ledger(tmp_path)
    owners = {}
    with several(slack_asking.claim_each, tmp_path) as pipes:
        for key in KEYS:
            for pipe in pipes:
                pipe.send(key)
            won = [received(pipe) for pipe in pipes]
            assert sorted(won) == [False] * (PROCESSES - 1) + [True]
            owners[key] = f"bot {won.index(True)}"
        for pipe in pipes:
            pipe.send("")
            assert received(pipe) == ("result", None)
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as ledger:
        for key, owner in owners.items():
            assert ledger.renew(key, owner=owner, lease_seconds=LEASE)


def test_of_several_processes_one_takes_each_question_over(tmp_path: Path) -> None:
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as ledger:
        for key in KEYS:
            assert ledger.claim(asked(key), owner="killed", lease_seconds=LEASE)
        taken = []
        with several(slack_asking.take_over_all, tmp_path) as pipes:
            for pipe in pipes:
                pipe.send("go")
            for pipe in pipes:
                kind, keys = received(pipe)
                assert kind == "result", keys
                taken += keys
        assert sorted(taken) == KEYS
        assert {question.attempts for key in KEYS if (question := ledger.get(key))} == {2}


CLAIM = "INSERT INTO slack_questions"
REPLY = "UPDATE slack_questions SET message_channel"
ANSWER = "UPDATE slack_questions SET state"
WORDS = "INSERT INTO slack_question_articles"


@pytest.mark.parametrize(
    ("statement", "is_claimed", "is_posted"),
    [
        (CLAIM, False, False),
        (f"commit after {CLAIM}", False, False),
        (REPLY, True, False),
        (f"commit after {REPLY}", True, False),
        (ANSWER, True, True),
        (WORDS, True, True),
        (f"commit after {WORDS}", True, True),
    ],
)
def test_killed_in_the_middle(
    tmp_path: Path, statement: str, is_claimed: bool, is_posted: bool
) -> None:
    with archive_in(tmp_path) as archive:
        article_id = only_id(ingest(archive, record("secret", SENTENCE)))
        document = dict(answer("ans_1", cited(1, article_id, SENTENCE)).document)
    ended = run(slack_asking.die_at, tmp_path, statement, document)
    assert ended.exit_code == -signal.SIGKILL
    with archive_in(tmp_path) as archive:
        ledger = SlackQuestionTable(archive.catalogue.engine)
        question = ledger.get(KEY)
        assert (question is not None) == is_claimed
        assert ledger.claim(asked(), owner="b", lease_seconds=LEASE) != is_claimed
        if question is not None:
            assert question.state is QuestionState.CLAIMED
            assert (question.message_ts is not None) == is_posted
            assert (question.answer, question.answer_id, question.outcome) == (None, None, None)
            later = SlackQuestionTable(archive.catalogue.engine, clock=an_hour_later)
            assert [q.attempts for q in later.abandoned(owner="b", lease_seconds=LEASE)] == [2]
        assert ledger.answered(KEY, owner="b", **DONE | {"answer": document})
        archive.delete([article_id])
        assert SECRET not in repr(ledger.get(KEY))


def test_killed_at_any_time_again_and_again(tmp_path: Path) -> None:
    make_ledger(tmp_path)
    chance = random.Random(20261129)
    said: Counter[tuple[str, str]] = Counter()
    told = 0
    for turn in range(5):
        # Twenty that were told of before are told of again.
        keys = [f"{number:05}" for number in range(max(0, told - 20), told + 5_000)]
        with ExitStack() as stack:
            bots = [
                stack.enter_context(
                    started(slack_asking.work_until_killed, tmp_path, f"bot {turn}.{n}", keys)
                )
                for n in range(2)
            ]
            for process, pipe in bots:
                said.update(received(pipe) for _ in range(chance.randrange(1, 30)))
                process.kill()
                process.join()
                assert process.exitcode == -signal.SIGKILL
                said.update(_left_in(pipe))
        told = max(int(key) for _, key in said) + 1
    assert set(said.values()) == {1}, said.most_common(3)
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as opened:
        ledger = SlackQuestionTable(opened._engine, clock=an_hour_later)
        while left := ledger.abandoned(owner="last", lease_seconds=LEASE):
            for question in left:
                assert ("answered", question.event_key) not in said
                assert ledger.answered(question.event_key, owner="last", **DONE)
        statistics = ledger.statistics()
        assert statistics.answered == statistics.asked >= told


def _left_in(pipe: Connection) -> Iterator[tuple[str, str]]:
    with contextlib.suppress(EOFError):
        while pipe.poll():
            yield pipe.recv()
