"""The ledger: claimed once, leased, taken over, settled, withdrawn, asked anew, kept small."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from index.catalogue.slack_questions import (
    MOST_ATTEMPTS,
    PATIENCE,
    PRUNED_AT_ONCE,
    AskedBy,
    QuestionState,
    SlackQuestion,
    SlackQuestionTable,
    storable,
)
from index.errors import AnswerNotFound, ArchiveLocked
from index.lock import DirectoryLock
from index.records import Rating
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.index.building import archive_in
from tests.index.slack_asking import KEY, LEASE, THREAD, Clock, asked
from tests.index.test_feedback import answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[SlackQuestionTable]:
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as opened:
        yield SlackQuestionTable(opened._engine, clock=clock)


def claim(ledger: SlackQuestionTable, key: str = KEY, owner: str = "a") -> bool:
    return ledger.claim(asked(key), owner=owner, lease_seconds=LEASE)


def settle(ledger: SlackQuestionTable, key: str = KEY, owner: str = "a") -> bool:
    document = answer(f"ans_{key}").document
    return ledger.answered(
        key, owner=owner, answer=document, answer_id=f"ans_{key}", outcome="answered"
    )


def found(ledger: SlackQuestionTable, key: str = KEY) -> SlackQuestion:
    question = ledger.get(key)
    assert question is not None
    return question


def taken(ledger: SlackQuestionTable, owner: str, **more: int) -> list[str]:
    questions = ledger.abandoned(owner=owner, lease_seconds=LEASE, **more)
    return [question.event_key for question in questions]


def test_a_question_is_claimed_once_whatever_becomes_of_it(ledger: SlackQuestionTable) -> None:
    assert claim(ledger)
    for end in (lambda: None, lambda: settle(ledger), lambda: ledger.withdraw(KEY)):
        end()
        assert not claim(ledger)
        assert not claim(ledger, owner="b")
    assert claim(ledger, "other", owner="b")
    assert ledger.failed("other", owner="b")
    assert not claim(ledger, "other")


def test_what_cannot_be_stored_is_not_taken_for_what_is_stored_already(
    ledger: SlackQuestionTable,
) -> None:
    with pytest.raises(IntegrityError):
        ledger.claim(asked(channel=None), owner="a", lease_seconds=LEASE)
    assert claim(ledger)


def test_a_question_is_kept_as_it_was_asked(ledger: SlackQuestionTable, clock: Clock) -> None:
    new = asked(
        question="Où est <@U1> 渡𠮷?",
        asked_by=AskedBy.ASSISTANT,
        context={"response_url": "https://x", "n": [1, None]},
    )
    assert ledger.claim(new, owner="a", lease_seconds=LEASE)
    assert found(ledger) == SlackQuestion(
        event_key=KEY,
        team="T1",
        channel="C1",
        user="U1",
        thread_ts=THREAD,
        asked_by=AskedBy.ASSISTANT,
        question="Où est <@U1> 渡𠮷?",
        context={"response_url": "https://x", "n": [1, None]},
        state=QuestionState.CLAIMED,
        message_channel=None,
        message_ts=None,
        answer_id=None,
        outcome=None,
        answer=None,
        asked_at=clock.now,
        attempts=1,
    )
    assert ledger.get("nothing") is None


def test_only_its_owner_goes_on_with_a_question_and_only_while_it_is_open(
    ledger: SlackQuestionTable,
) -> None:
    claim(ledger)

    def each(owner: str) -> list[bool]:
        return [
            ledger.renew(KEY, owner=owner, lease_seconds=LEASE),
            ledger.posted(KEY, owner=owner, message_ts="2.0"),
            settle(ledger, owner=owner),
            ledger.failed(KEY, owner=owner),
            ledger.release(KEY, owner=owner),
        ]

    before = found(ledger)
    assert each("b") == [False] * 5
    assert found(ledger) == before
    assert each("a") == [True, True, True, False, False]
    settled = found(ledger)
    assert (settled.state, settled.message_ts) == (QuestionState.ANSWERED, "2.0")
    assert each("a") == each("b") == [False] * 5
    assert found(ledger) == settled


def test_a_question_is_left_to_its_owner_while_the_lease_lasts(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    clock.forward(LEASE - 0.001)
    assert taken(ledger, "b") == []
    assert ledger.renew(KEY, owner="a", lease_seconds=LEASE)
    clock.forward(LEASE - 0.001)
    assert taken(ledger, "b") == []
    clock.forward(0.001)
    assert taken(ledger, "b") == [KEY]
    assert taken(ledger, "c") == []
    assert not ledger.renew(KEY, owner="a", lease_seconds=LEASE)
    assert not settle(ledger, owner="a")
    assert (found(ledger).attempts, settle(ledger, owner="b")) == (2, True)
    clock.forward(LEASE)
    assert taken(ledger, "c") == []


def test_a_lease_that_ran_out_can_be_renewed_until_somebody_takes_the_question_over(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    clock.forward(2 * LEASE)
    assert ledger.renew(KEY, owner="a", lease_seconds=LEASE)
    assert taken(ledger, "b") == []


def test_leases_are_renewed_together_and_only_the_owners(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    keys = [f"T1:C1:{n}" for n in range(1_200)]
    for key in (*keys[:3], keys[-1]):
        assert claim(ledger, key)
    assert claim(ledger, "T1:C1:other", owner="b")
    settle(ledger, keys[1])
    wanted = [*keys, "T1:C1:other"]
    kept = ledger.renew_all(wanted, owner="a", lease_seconds=2 * LEASE)
    assert kept == {keys[0], keys[2], keys[-1]}
    clock.forward(LEASE + 1)
    left = ledger.abandoned(owner="c", lease_seconds=LEASE)
    assert [each.event_key for each in left] == ["T1:C1:other"]
    assert ledger.renew_all([], owner="a", lease_seconds=LEASE) == set()


def test_so_many_are_taken_over_at_once_longest_left_first(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    for name in "dbca":
        claim(ledger, name)
        clock.forward(1)
    clock.forward(LEASE)
    assert taken(ledger, "b", limit=3) == ["d", "b", "c"]
    assert taken(ledger, "b", limit=3) == ["a"]


def test_a_question_that_ends_every_process_is_given_up_once(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    for attempt in (2, 3):
        clock.forward(LEASE)
        assert ledger.give_up(most_attempts=3) == []
        assert taken(ledger, "b", most_attempts=3) == [KEY]
        assert found(ledger).attempts == attempt
    assert ledger.give_up(most_attempts=3) == []  # it is being tried
    clock.forward(LEASE)
    assert taken(ledger, "b", most_attempts=3) == []
    [given_up] = ledger.give_up(most_attempts=3)
    assert given_up == found(ledger)
    assert given_up.state is QuestionState.FAILED
    assert ledger.give_up(most_attempts=3) == []
    assert not ledger.renew(KEY, owner="b", lease_seconds=LEASE)


def test_a_question_given_back_is_taken_over_when_it_may_be_and_that_try_does_not_count(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    for number in range(9):
        owner, following = ("a", "b") if number % 2 == 0 else ("b", "a")
        assert ledger.release(KEY, owner=owner, after_seconds=5)
        assert not ledger.release(KEY, owner=owner)
        assert not ledger.renew(KEY, owner=owner, lease_seconds=LEASE)
        clock.forward(4.9)
        assert taken(ledger, following) == []
        clock.forward(0.1)
        assert taken(ledger, following) == [KEY]
        assert found(ledger).attempts == 1


def test_a_try_counts_though_it_is_given_back_once_the_question_has_waited_for_long(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    clock.forward(PATIENCE.total_seconds())
    assert ledger.release(KEY, owner="a")
    for attempts in range(2, MOST_ATTEMPTS + 1):
        assert taken(ledger, "b") == [KEY]
        assert found(ledger).attempts == attempts
        assert ledger.release(KEY, owner="b")
    assert taken(ledger, "b") == []
    assert [each.event_key for each in ledger.give_up()] == [KEY]


def test_an_answer_that_is_kept_goes_to_who_takes_the_question_over(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    kept = {"id": "ans_1", "citations": []}
    claim(ledger)
    assert not ledger.keep(KEY, owner="b", answer=kept)
    assert ledger.keep(KEY, owner="a", answer=kept)
    clock.forward(LEASE)
    [left] = ledger.abandoned(owner="b", lease_seconds=LEASE)
    assert left.answer == kept
    assert ledger.by_answer("ans_1") == left
    assert settle(ledger, owner="b")
    assert found(ledger).answer_id == f"ans_{KEY}"


def test_what_was_said_is_taken_back_by_another_where_its_owner_is_not_heard_of(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    def left(owner: str) -> list[str]:
        again = ledger.not_taken_back(owner=owner, lease_seconds=LEASE)
        return [each.event_key for each in again]

    for key in (KEY, "nobody's", "claimed"):
        claim(ledger, key)
    ledger.withdraw("nobody's")
    ledger.withdraw(KEY, owner="a", lease_seconds=LEASE)
    assert left("b") == []
    clock.forward(LEASE)
    assert (left("b"), left("c")) == ([KEY], [])
    assert ledger.taken_back(KEY)
    assert not ledger.taken_back("claimed")
    clock.forward(LEASE)
    assert left("c") == []


def test_replies_are_found_where_they_are(ledger: SlackQuestionTable) -> None:
    for key, channel in (("here", None), ("there", "D7")):
        claim(ledger, key)
        assert ledger.posted(key, owner="a", message_ts="2.0", channel=channel)
        assert settle(ledger, key)
    assert ledger.by_message("C1", "2.0") == found(ledger, "here")
    assert ledger.by_message("D7", "2.0") == found(ledger, "there")
    assert found(ledger, "there").channel == "C1"
    assert ledger.by_message("C1", "3.0") is None
    assert ledger.by_answer("ans_there") == found(ledger, "there")
    assert ledger.by_answer("ans_nowhere") is None


def test_a_conversation_has_begun_where_something_is_or_will_be_answered(
    ledger: SlackQuestionTable,
) -> None:
    def begun() -> bool:
        return ledger.in_thread("C1", THREAD)

    assert not begun()
    claim(ledger, "refused")
    assert ledger.failed("refused", owner="a")
    assert not begun()  # of which nobody in the thread heard
    claim(ledger)
    assert begun()
    assert not ledger.in_thread("C2", THREAD)
    assert not ledger.in_thread("C1", "1800000000.000100")
    assert settle(ledger)
    assert begun()
    ledger.withdraw(KEY)
    assert not begun()
    claim(ledger, "failed")
    ledger.posted("failed", owner="a", message_ts="2.0")
    assert ledger.failed("failed", owner="a")
    assert begun()


def test_a_withdrawn_question_leaves_no_words_and_can_still_be_taken_back(
    ledger: SlackQuestionTable, tmp_path: Path
) -> None:
    assert ledger.withdraw(KEY) is None
    claim(ledger)
    ledger.posted(KEY, owner="a", message_ts="2.0")
    assert settle(ledger)
    gone = ledger.withdraw(KEY)
    assert gone == found(ledger) == ledger.withdraw(KEY)
    assert gone is not None
    assert (gone.state, gone.question, gone.answer) == (QuestionState.WITHDRAWN, "", None)
    assert (gone.channel, gone.thread_ts, gone.message_ts) == ("C1", THREAD, "2.0")
    assert ledger.restart(KEY, "Why?", owner="a", lease_seconds=LEASE) is None
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        [stored] = connection.execute("SELECT * FROM slack_questions").fetchall()
    connection.close()
    assert "mill" not in repr(stored)
    assert "null" not in stored


def test_an_answer_to_a_question_that_is_withdrawn_meanwhile_is_not_kept(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger)
    ledger.withdraw(KEY)
    assert not ledger.posted(KEY, owner="a", message_ts="2.0")
    assert not settle(ledger)
    clock.forward(LEASE)
    assert taken(ledger, "b") == []
    assert found(ledger).answer is None


def test_an_edited_question_is_asked_anew_once_and_its_reply_stays_known(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    assert ledger.restart(KEY, "Why?", owner="b", lease_seconds=LEASE) is None
    claim(ledger)
    ledger.posted(KEY, owner="a", message_ts="2.0")
    assert settle(ledger)
    clock.forward(LEASE)
    anew = ledger.restart(KEY, "Why?", owner="b", lease_seconds=LEASE)
    assert anew == found(ledger)
    assert anew is not None
    assert (anew.state, anew.question) == (QuestionState.CLAIMED, "Why?")
    assert (anew.answer, anew.answer_id, anew.outcome) == (None, None, None)
    assert (anew.message_ts, anew.attempts) == ("2.0", 1)
    assert ledger.restart(KEY, "Why?", owner="c", lease_seconds=LEASE) is None
    assert taken(ledger, "c") == []
    assert settle(ledger, owner="b")


def test_an_edit_takes_the_question_from_who_is_answering_it(ledger: SlackQuestionTable) -> None:
    claim(ledger)
    assert ledger.restart(KEY, "Why?", owner="b", lease_seconds=LEASE) is not None
    assert not settle(ledger, owner="a")
    assert ledger.restart(KEY, "How?", owner="b", lease_seconds=LEASE) is not None
    late: dict[str, Any] = {"answer": None, "answer_id": "ans_1", "outcome": "answered"}
    assert not ledger.answered(KEY, owner="b", question="Why?", **late)
    assert ledger.answered(KEY, owner="b", question="How?", **late)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_people_write_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept == storable(kept)
    assert all(new in (old, "\ufffd") for new, old in zip(kept, text, strict=True))


def test_a_question_in_broken_letters_is_asked_and_edited(ledger: SlackQuestionTable) -> None:
    assert ledger.claim(asked(question="a\ud83db\0"), owner="a", lease_seconds=LEASE)
    assert found(ledger).question == "a\ufffdb\ufffd"
    assert ledger.restart(KEY, "a\ud83db\0", owner="a", lease_seconds=LEASE) is None
    document: dict[str, Any] = {"answer": None, "answer_id": "ans_1", "outcome": "answered"}
    assert ledger.answered(KEY, owner="a", question="a\ud83db\0", **document)


def test_an_event_is_seen_for_the_first_time_once(ledger: SlackQuestionTable) -> None:
    assert [ledger.first_time(name) for name in ("E1", "E2", "E1", "E1")] == [
        True,
        True,
        False,
        False,
    ]


def test_what_is_old_is_forgotten_and_what_is_newer_is_not(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    for day in range(6):
        claim(ledger, f"q{day}")
        assert day == 0 or settle(ledger, f"q{day}")
        ledger.first_time(f"e{day}")
        clock.forward(86_400)
    older = clock.now - timedelta(days=3)  # as old as q3
    assert ledger.prune(older_than=older, most=100) == 3
    assert [day for day in range(6) if ledger.get(f"q{day}")] == [3, 4, 5]
    assert ledger.first_time("e2")
    assert not ledger.first_time("e3")
    assert ledger.prune(older_than=older, most=100) == 0
    assert claim(ledger, "q0")


def test_no_more_than_so_many_are_kept_but_nothing_that_is_worked_on_goes(
    ledger: SlackQuestionTable, clock: Clock
) -> None:
    claim(ledger, "open")
    for number in range(5):
        clock.forward(1)
        claim(ledger, f"q{number}")
        assert settle(ledger, f"q{number}")
        ledger.first_time(f"e{number}")
    older = clock.now - timedelta(days=1)
    assert ledger.prune(older_than=older, most=2) == 3
    kept = [key for key in ("open", *(f"q{n}" for n in range(5))) if ledger.get(key)]
    assert kept == ["open", "q3", "q4"]
    assert [ledger.first_time(f"e{number}") for number in (3, 4, 2)] == [False, False, True]
    assert settle(ledger, "open")
    assert ledger.prune(older_than=older, most=2) == 1
    assert ledger.get("open") is None


def test_much_is_forgotten_too(ledger: SlackQuestionTable, tmp_path: Path, clock: Clock) -> None:
    many = 2 * PRUNED_AT_ONCE + 7
    claim(ledger)
    assert settle(ledger)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        row = connection.execute("SELECT * FROM slack_questions")
        names = [each[0] for each in row.description]
        copied = ", ".join("? || event_key" if name == "event_key" else name for name in names)
        copy = f"INSERT INTO slack_questions SELECT {copied} FROM slack_questions WHERE event_key=?"
        connection.executemany(copy, [(f"{n:05}", KEY) for n in range(many)])
    connection.close()
    assert ledger.statistics().asked == many + 1
    assert ledger.prune(older_than=clock.now - timedelta(days=1), most=5) == many - 4
    assert ledger.statistics().asked == 5
    assert ledger.prune(older_than=clock.forward(1), most=5) == 5


def test_a_rating_is_kept_with_those_of_the_archive(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        with open_slack_questions(IndexSettings(data_dir=tmp_path)) as ledger:
            told = ledger.rate(answer("ans_1"), Rating.DOWN, "No.")
        assert list(archive.feedback()) == [told]
        with pytest.raises(AnswerNotFound):
            archive.rate_again("ans_2", Rating.UP)


def test_the_ledger_is_used_while_the_archive_is_held(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        served = SlackQuestionTable(archive.catalogue.engine)
        with open_slack_questions(IndexSettings(data_dir=tmp_path)) as beside:
            assert claim(beside)
            assert not claim(served, owner="b")
            assert settle(beside)
        assert found(served).state is QuestionState.ANSWERED


def test_a_first_question_makes_the_archive_unless_somebody_else_does(tmp_path: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path / "new")
    with (
        DirectoryLock(settings.data_dir),
        pytest.raises(ArchiveLocked),
        open_slack_questions(settings),
    ):
        pass
    with open_slack_questions(settings) as ledger:
        assert claim(ledger)
    with archive_in(settings.data_dir) as archive:
        assert archive.status().articles == 0
        assert not claim(SlackQuestionTable(archive.catalogue.engine))
