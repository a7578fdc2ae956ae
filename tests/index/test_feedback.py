"""Rated answers in the catalogue: kept, changed, listed, and cleared of deleted words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from index.archive import Archive
from index.errors import AnswerNotFound
from index.records import Feedback, Filters, GivenAnswer, Rating
from tests.index.building import archive_in, ingest, only_id, record, text_of

SECRET = "Zyzzogeton"
SENTENCE = f"The {SECRET} papers were never meant to be seen."


def cited(n: int, article_id: str, quote: str, *copies: tuple[str, str]) -> dict[str, Any]:
    carried = [{"article_id": name, "title": title, "publisher": None} for name, title in copies]
    return {"n": n, "article_id": article_id, "quote": quote, "also_carried_by": carried}


def answer(answer_id: str, *citations: dict[str, Any], question: str = "Who?") -> GivenAnswer:
    """An answer that says what it cites."""
    sentences = [{"text": each["quote"], "citations": [each["n"]]} for each in citations]
    document = {
        "id": answer_id,
        "question": question,
        "answer": " ".join(f"{each['quote']} [{each['n']}]" for each in citations),
        "short_answer": citations[0]["quote"] if citations else None,
        "sentences": sentences,
        "citations": list(citations),
        "disagreements": [],
        "retrieved": [],
    }
    return GivenAnswer(answer_id=answer_id, question=question, filters=Filters(), document=document)


def ratings(archive: Archive, rating: Rating | None = None) -> list[tuple[str, str]]:
    return [(each.given.answer_id, each.rating.value) for each in archive.feedback(rating)]


def test_a_rating_comes_back_as_it_was_given(tmp_path: Path) -> None:
    filters = Filters(publishers=("Écho du Nord",), since=date(2026, 1, 1), as_of=date(2026, 2, 1))
    base = answer("ans_1", question="Où est 渡𠮷?")
    given = GivenAnswer(
        answer_id="ans_1", question=base.question, filters=filters, document=base.document
    )
    before = datetime.now(UTC)
    with archive_in(tmp_path) as archive:
        told = archive.rate(given, Rating.UP, "Gut so.")
        assert told.given == given
        assert (told.rating, told.comment) == (Rating.UP, "Gut so.")
        assert before <= told.rated_at <= datetime.now(UTC)
    with archive_in(tmp_path) as archive:
        assert list(archive.feedback()) == [told]
        assert archive.status().rated_answers == 1


def test_rating_again_replaces_the_rating_and_keeps_the_latest_comment(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        archive.rate(answer("ans_1"), Rating.UP, "Good.")
        assert archive.rate(answer("ans_1"), Rating.DOWN).comment == "Good."
        assert archive.rate_again("ans_1", Rating.UP, "Better.").comment == "Better."
        assert archive.rate_again("ans_1", Rating.DOWN, "").comment is None
        assert ratings(archive) == [("ans_1", "down")]
        with pytest.raises(AnswerNotFound, match="ans_2"):
            archive.rate_again("ans_2", Rating.UP)
        assert archive.status().rated_answers == 1


def test_feedback_is_listed_oldest_rating_first(tmp_path: Path) -> None:
    names = [f"ans_{n}" for n in range(7)]
    with archive_in(tmp_path) as archive:
        for n, name in enumerate(names):
            archive.rate(answer(name), Rating.UP if n % 2 else Rating.DOWN)
        archive.rate_again("ans_0", Rating.UP)
        assert [name for name, _ in ratings(archive)] == [*names[1:], "ans_0"]
        assert ratings(archive, Rating.DOWN) == [(name, "down") for name in names[2::2]]


def test_a_deleted_article_leaves_no_word_in_rated_answers(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        kept = only_id(ingest(archive, record("kept", text_of(1))))
        gone = only_id(ingest(archive, record("gone", f"{text_of(2)}\n\n{SENTENCE}")))
        archive.rate(answer("both", cited(1, kept, "Kept."), cited(2, gone, SENTENCE)), Rating.UP)
        archive.rate(answer("copy", cited(1, kept, "Kept.", (gone, SECRET))), Rating.UP)
        archive.rate(answer("other", cited(1, kept, "Kept.")), Rating.DOWN, "No.")
        assert SECRET in str(list(archive.feedback()))

        archive.delete([gone])

        both, copy, other = archive.feedback()
        assert SECRET not in str([both, copy, other])
        assert both.given.document["answer"] == "Kept. [1]"
        assert copy.given.document["short_answer"] == "Kept."
        assert (other.comment, other.given) == ("No.", answer("other", cited(1, kept, "Kept.")))
        for end in ("", "-wal"):
            assert SECRET.encode() not in (tmp_path / f"catalogue.sqlite{end}").read_bytes()


def test_words_that_were_deleted_before_the_rating_are_not_kept(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        gone = only_id(ingest(archive, record("gone", f"{text_of(2)}\n\n{SENTENCE}")))
        given = answer("ans_1", cited(1, gone, SENTENCE))
        archive.delete([gone])
        assert SECRET not in str(archive.rate(given, Rating.UP))
        assert SECRET not in str(archive.rate(given, Rating.DOWN))
        assert SECRET not in str(list(archive.feedback()))


def test_ratings_do_not_wait_for_each_other_or_get_lost(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    with archive_in(tmp_path) as archive:

        def rate(first: int) -> None:
            try:
                for n in range(first, first + 10):
                    archive.rate(answer(f"ans_{n:02}"), Rating.UP)
                    archive.rate(answer("shared"), Rating.DOWN)
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                failures.append(error)

        raters = [Thread(target=rate, args=(first,)) for first in (0, 10, 20)]
        for rater in raters:
            rater.start()
        ingest(archive, *(record(f"n{n}", text_of(n)) for n in range(3)))
        for rater in raters:
            rater.join()
        assert failures == []
        found: list[Feedback] = list(archive.feedback())
        assert len(found) == archive.status().rated_answers == 31
