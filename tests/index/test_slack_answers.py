"""Answers in Slack: cleared of deleted words, and what a backup says of them."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.backup import make_backup
from index.catalogue.slack_questions import QuestionState, SlackQuestion, SlackQuestionTable
from index.records import GivenAnswer
from index.restoring import restore_catalogue
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.index.building import archive_in, ingest, only_id, record
from tests.index.slack_asking import KEY, LEASE, THREAD, an_hour_later, asked
from tests.index.test_feedback import SECRET, SENTENCE, answer, cited

KEPT = "The mill at Dunmere opened in 1911."


def ledger_of(archive: Archive) -> SlackQuestionTable:
    return SlackQuestionTable(archive.catalogue.engine)


def say(ledger: SlackQuestionTable, key: str, given: GivenAnswer, **more: Any) -> None:
    """Ask a question and answer it."""
    assert ledger.claim(asked(key, **more), owner="a", lease_seconds=LEASE)
    assert answer_it(ledger, key, given)


def answer_it(ledger: SlackQuestionTable, key: str, given: GivenAnswer) -> bool:
    return ledger.answered(
        key, owner="a", answer=given.document, answer_id=given.answer_id, outcome="answered"
    )


def understood(given: GivenAnswer, standalone_question: str) -> GivenAnswer:
    document = dict(given.document) | {"standalone_question": standalone_question}
    return GivenAnswer(
        answer_id=given.answer_id, question=given.question, filters=given.filters, document=document
    )


def told(ledger: SlackQuestionTable, key: str) -> dict[str, Any]:
    question = ledger.get(key)
    assert question is not None
    assert question.answer is not None
    return dict(question.answer)


def articles(archive: Archive) -> tuple[str, str]:
    """One to be deleted, and one to be kept."""
    secret, mill = record("secret", SENTENCE), record("mill", KEPT)
    return only_id(ingest(archive, secret)), only_id(ingest(archive, mill))


def assert_nowhere(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_a_deleted_article_leaves_no_word_in_answers(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ledger = ledger_of(archive)
        secret, mill = articles(archive)
        say(ledger, "both", answer("both", cited(1, secret, SENTENCE), cited(2, mill, KEPT)))
        say(ledger, "copy", answer("copy", cited(1, mill, KEPT, (secret, SECRET))))
        say(ledger, "other", answer("other", cited(1, mill, KEPT)))
        untouched = ledger.get("other")
        assert SECRET in repr([ledger.get(key) for key in ("both", "copy")])

        archive.delete([secret])

        assert SECRET not in repr([ledger.get(key) for key in ("both", "copy")])
        assert told(ledger, "both")["answer"] == f"{KEPT} [2]"
        assert told(ledger, "copy")["short_answer"] == KEPT
        assert ledger.get("other") == untouched
        both = ledger.get("both")
        assert both is not None
        assert (both.outcome, both.answer_id) == ("answered", "both")
    assert_nowhere(tmp_path)


def test_later_questions_of_the_conversation_are_as_they_were_asked(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ledger = ledger_of(archive)
        secret, mill = articles(archive)
        shows, kept = cited(1, secret, SENTENCE), cited(1, mill, KEPT)
        leans = f"Who saw the {SECRET} papers?"
        alone = {"thread_ts": None, "channel": "C9"}
        places: dict[str, dict[str, Any]] = {"": {}, "alone": alone}
        for name, place in places.items():
            say(ledger, f"1{name}", understood(answer(f"1{name}", kept), "Of the mill?"), **place)
            say(ledger, f"2{name}", answer(f"2{name}", shows), **place)
            say(ledger, f"3{name}", understood(answer(f"3{name}", kept), leans), **place)
        elsewhere: dict[str, dict[str, Any]] = {
            "thread": {"thread_ts": "9.9"},
            "user": alone | {"user": "U2"},
        }
        for name, place in elsewhere.items():
            say(ledger, name, understood(answer(name, kept), "Of the mill?"), **place)
        ledger.claim(asked("open"), owner="a", lease_seconds=LEASE)
        say(ledger, "gone", understood(answer("gone", kept), leans))
        ledger.withdraw("gone")

        archive.delete([secret])

        for name in places:
            assert told(ledger, f"1{name}")["standalone_question"] == "Of the mill?"
            assert told(ledger, f"3{name}")["standalone_question"] == "Who?"
        for name in elsewhere:
            assert told(ledger, name)["standalone_question"] == "Of the mill?"
        for key in ("open", "gone"):
            question = ledger.get(key)
            assert question is not None
            assert question.answer is None
    assert_nowhere(tmp_path)


def test_an_answer_that_comes_after_the_deletion_brings_nothing_back(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ledger = ledger_of(archive)
        secret, mill = articles(archive)
        late = answer("ans_1", cited(1, secret, SENTENCE), cited(2, mill, KEPT))
        ledger.claim(asked(), owner="a", lease_seconds=LEASE)
        archive.delete([secret])
        assert answer_it(ledger, KEY, understood(late, f"Of the {SECRET} papers?"))
        assert SECRET not in repr(ledger.get(KEY))
        assert told(ledger, KEY)["answer"] == f"{KEPT} [2]"
        assert told(ledger, KEY)["standalone_question"] == "Who?"


def test_an_article_is_deleted_after_the_question_was_asked_anew_or_forgotten(
    tmp_path: Path,
) -> None:
    with archive_in(tmp_path) as archive:
        ledger = ledger_of(archive)
        secret, mill = articles(archive)
        shows = answer("ans_1", cited(1, secret, SENTENCE))
        say(ledger, KEY, shows)
        say(ledger, "pruned", shows)
        assert ledger.restart(KEY, "And the mill?", owner="a", lease_seconds=LEASE)
        assert ledger.prune(older_than=datetime.now(UTC) - timedelta(days=1), most=0) == 1
        assert answer_it(ledger, KEY, answer("ans_2", cited(1, mill, KEPT)))
        before = ledger.get(KEY)
        archive.delete([secret])
        assert ledger.get(KEY) == before
    assert_nowhere(tmp_path)


def test_a_question_asked_anew_is_answered_from_the_same_article(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ledger = ledger_of(archive)
        secret, _ = articles(archive)
        shows = answer("ans_1", cited(1, secret, SENTENCE))
        say(ledger, KEY, shows)
        assert ledger.restart(KEY, "What papers?", owner="a", lease_seconds=LEASE)
        assert answer_it(ledger, KEY, shows)
        archive.delete([secret])
        assert SECRET not in repr(ledger.get(KEY))


def test_a_ledger_beside_no_articles_keeps_no_words(tmp_path: Path) -> None:
    with open_slack_questions(IndexSettings(data_dir=tmp_path)) as ledger:
        say(ledger, KEY, answer("ans_1", cited(1, "elsewhere", SENTENCE)))
        assert SECRET not in repr(ledger.get(KEY))


def test_a_backup_keeps_what_was_asked_and_nothing_to_go_on_with(tmp_path: Path) -> None:
    data, new = IndexSettings(data_dir=tmp_path / "a"), IndexSettings(data_dir=tmp_path / "b")
    address = "https://hooks.example/commands/T1/s3cr3t"
    with archive_in(data.data_dir) as archive:
        ledger = ledger_of(archive)
        secret, mill = articles(archive)
        say(
            ledger,
            KEY,
            answer("ans_1", cited(1, mill, KEPT), cited(2, secret, SENTENCE)),
            context={"response_url": address},
        )
        ledger.claim(
            asked("open", context={"response_url": address}), owner="a", lease_seconds=LEASE
        )
        ledger.first_time("E1")
        make_backup(data, tmp_path / "kept.zip")
        answered, still_open = ledger.get(KEY), ledger.get("open")
    assert answered is not None
    assert still_open is not None
    assert (answered.context, still_open.state) == (
        {"response_url": address},
        QuestionState.CLAIMED,
    )

    with zipfile.ZipFile(tmp_path / "kept.zip") as zipped:
        assert b"s3cr3t" not in zipped.read("catalogue.sqlite")
    restore_catalogue(new, tmp_path / "kept.zip")
    with archive_in(new.data_dir) as archive:
        ledger = SlackQuestionTable(archive.catalogue.engine, clock=an_hour_later)
        assert ledger.get(KEY) == _without_context(answered, QuestionState.ANSWERED)
        assert ledger.get("open") == _without_context(still_open, QuestionState.FAILED)
        assert ledger.abandoned(owner="b", lease_seconds=LEASE) == []
        assert not ledger.claim(asked(KEY), owner="b", lease_seconds=LEASE)
        assert not ledger.first_time("E1")
        assert ledger.in_thread("C1", THREAD)
        archive.delete([secret])
        assert SECRET not in repr(ledger.get(KEY))


def _without_context(question: SlackQuestion, state: QuestionState) -> SlackQuestion:
    return replace(question, context={}, state=state)
