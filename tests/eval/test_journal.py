"""An interrupted run goes on, and only where it was the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.journal import PARTIAL_NAME, REPLIES_NAME, ReplyJournal, conditions_of
from eval.replies import Reply, ReplyCitation, ReplyPassage, ReplySentence, Usage
from eval.targets.base import Provenance
from eval.transcripts import read_transcript
from index.errors import InputError
from rag.records import Outcome
from tests.eval.fakes import SOURCE

CONDITIONS = conditions_of(SOURCE, "engine", Provenance(settings={"top": 8}), repeat=1)
FULL = Reply(
    outcome=Outcome.ANSWERED,
    answer="Jà. [1]",
    short_answer="Jà",
    confidence=0.1234567,
    sentences=(ReplySentence(text="Jà.", citations=(1,)),),
    citations=(
        ReplyCitation(n=1, quote="Jà\u2028.", article="a1", start=3, end=7, copies=("a2",)),
    ),
    retrieved=(ReplyPassage(text="x", article="a1", start=0, end=1, score=0.5, reading=0.25),),
    usage=Usage(prompt_tokens=12, completion_tokens=3, cost=0.5),
    milliseconds=12.25,
    warm_milliseconds=(1.5, 2.5),
)
NONE = Reply(outcome=Outcome.NOT_FOUND, answer="No.", citations=(), retrieved=())


def interrupted(directory: Path) -> None:
    with ReplyJournal(directory, CONDITIONS, fresh=False) as journal:
        journal.keep("q1", FULL)
        journal.keep("q2", NONE)


def known(directory: Path, *, fresh: bool = False) -> dict[str, Reply]:
    with ReplyJournal(directory, CONDITIONS, fresh=fresh) as journal:
        return dict(journal.known())


def test_an_interrupted_run_is_known_to_the_next(tmp_path: Path) -> None:
    interrupted(tmp_path / "new" / "out")
    assert known(tmp_path / "new" / "out") == {"q1": FULL, "q2": NONE}
    assert known(tmp_path / "new" / "out") == {"q1": FULL, "q2": NONE}


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    interrupted(tmp_path)
    path = tmp_path / PARTIAL_NAME
    whole = path.read_bytes()
    for cut in (1, 2, 40):
        path.write_bytes(whole[:-cut])
        assert known(tmp_path) == {"q1": FULL}
        path.write_bytes(whole)
    header = whole.split(b"\n", 1)[0]
    path.write_bytes(header + b"\n")
    assert known(tmp_path) == {}


def test_a_finished_run_is_kept_and_not_gone_on_with(tmp_path: Path) -> None:
    with ReplyJournal(tmp_path, CONDITIONS, fresh=False) as journal:
        journal.keep("q1", FULL)
        assert journal.finish({}) == tmp_path / REPLIES_NAME
    assert known(tmp_path) == {}
    assert read_transcript(tmp_path / REPLIES_NAME) == {"q1": FULL}


def test_after_a_run_in_which_some_failed_only_those_are_asked_again(tmp_path: Path) -> None:
    with ReplyJournal(tmp_path, CONDITIONS, fresh=False) as journal:
        journal.keep("q1", FULL)
        journal.finish({"q2": "out of luck"})
    assert read_transcript(tmp_path / REPLIES_NAME) == {"q1": FULL, "q2": "out of luck"}
    assert known(tmp_path) == {"q1": FULL}
    assert known(tmp_path, fresh=True) == {}


def test_a_refused_run_leaves_nothing_to_go_on_with(tmp_path: Path) -> None:
    other = conditions_of(SOURCE, "another", Provenance(), repeat=1)
    with ReplyJournal(tmp_path, other, fresh=False):
        pass
    assert known(tmp_path) == {}


def test_one_run_at_a_time_writes_into_a_directory(tmp_path: Path) -> None:
    with ReplyJournal(tmp_path, CONDITIONS, fresh=False) as journal:
        journal.keep("q1", FULL)
        with pytest.raises(InputError, match="another run writes into"):
            ReplyJournal(tmp_path, CONDITIONS, fresh=True)
    assert known(tmp_path) == {"q1": FULL}


def test_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    interrupted(tmp_path)
    other = conditions_of(SOURCE, "engine", Provenance(settings={"top": 9}), repeat=1)
    with pytest.raises(InputError, match=r"under other conditions \(provenance\): use --fresh"):
        ReplyJournal(tmp_path, other, fresh=False)
    assert known(tmp_path) == {"q1": FULL, "q2": NONE}
    assert known(tmp_path, fresh=True) == {}


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / PARTIAL_NAME).write_text("[]\n[]\n")
    with pytest.raises(InputError, match="first line cannot be read"):
        known(tmp_path)


def test_a_directory_that_is_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="cannot be kept in"):
        known(tmp_path / "out")
