"""`quoth eval retrieval`."""

from __future__ import annotations

import json
from pathlib import Path

import ir_measures
import pytest

from tests.api.cli.conftest import Cli

DOCUMENTS = [
    ("harbour", "The bridge", "The harbour bridge opened in 1932 after eight years of work."),
    ("fruit", "Orchards", "Apples are grown in the valley, on slopes that face the morning sun."),
    ("trains", "Night trains return to the northern coast", ""),
    ("empty", "", ""),
]
QUERIES = {
    "q1": "When did the harbour bridge open?",
    "q2": "Which fruit do farmers grow there?",
    "q3": "Can one sleep on the way to the north coast?",
    "q4": "Nobody judged this.",
}
JUDGEMENTS = [("q1", "harbour", 2), ("q2", "fruit", 1), ("q3", "trains", 1), ("q1", "fruit", 0)]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A folder in BEIR's layout."""
    folder = tmp_path / "small"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": i, "title": t, "text": x, "metadata": {}} for i, t, x in DOCUMENTS]
    queries = [{"_id": i, "text": x} for i, x in QUERIES.items()]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    rows = "".join(f"{query}\t{document}\t{grade}\n" for query, document, grade in JUDGEMENTS)
    qrels = folder / "qrels" / "test.tsv"
    qrels.write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")
    return folder


def test_a_corpus_is_ranked_and_scored(cli: Cli, beir: Path, tmp_path: Path) -> None:
    work, run = tmp_path / "work", tmp_path / "run.txt"
    args = ("eval", "retrieval", "--beir", beir, "--work", work, "--run-out", run, "--json")
    done = cli(*args)
    assert (done.code, done.err) == (0, "")
    found = done.json()
    assert (found["queries"], found["documents"], found["unanswered"]) == (3, 4, 0)
    assert found["metrics"]["nDCG@10"] == found["metrics"]["Success@1"] == 1.0
    assert found["intervals"]["nDCG@10"] == [1.0, 1.0]
    assert found["intervals"].keys() == found["metrics"].keys()
    assert set(found["by_query"]) == {"q1", "q2", "q3"}
    assert found["refused"] == [{"id": "empty", "reason": "it has neither title nor text"}]
    assert any("empty" in warning for warning in found["warnings"])

    written = run.read_bytes()
    lines = written.decode("utf-8").splitlines()
    assert [line.split()[0] for line in lines] == ["q1"] * 3 + ["q2"] * 3 + ["q3"] * 3
    assert {len(line.split()) for line in lines} == {6}
    qrels = [ir_measures.Qrel(*row) for row in JUDGEMENTS]
    rows = list(ir_measures.read_trec_run(str(run)))  # type: ignore[no-untyped-call]
    measures = [ir_measures.parse_measure(name) for name in found["metrics"]]
    theirs = ir_measures.calc_aggregate(measures, qrels, rows)
    assert {str(measure): value for measure, value in theirs.items()} == found["metrics"]

    # once more, with the archive that is there: the same to the last byte
    kept = (work / "beir.json").stat().st_mtime_ns
    again = cli(*args)
    assert (again.out, run.read_bytes()) == (done.out, written)
    assert (work / "beir.json").stat().st_mtime_ns == kept
    scored = cli("eval", "retrieval", "--beir", beir, "--run-in", run, "--json").json()
    assert scored["metrics"] == found["metrics"]
    assert scored["by_query"] == found["by_query"]
    assert (scored["run"], scored["documents"]) == ("run.txt", None)


def test_people_see_a_table_and_what_to_be_wary_of(cli: Cli, beir: Path, tmp_path: Path) -> None:
    run = tmp_path / "theirs.txt"
    run.write_text("q1 Q0 harbour 1 3.5 x\nq9 Q0 fruit 1 2 x\n", encoding="utf-8")
    done = cli("eval", "retrieval", "--beir", beir, "--run-in", run)
    assert (done.code, done.err) == (0, "")
    assert "theirs.txt on small/test: 3 queries" in done.out
    assert "nDCG@10" in done.out
    assert "0.3333" in done.out
    assert "0.0000 – 1.0000" in done.out
    assert "without any document, which score 0: 2 (q2, q3)" in done.out
    assert "without judgements, left out: 1 (q9)" in done.out


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id"\n', "corpus.jsonl:2: not JSON"),
        ("corpus.jsonl", "", "holds no documents"),
        ("queries.jsonl", "", "holds no queries"),
        ("queries.jsonl", '{"_id": "z", "text": "?"}\n', "none of the queries"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\t1\n", "test.tsv:2: 2 columns"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_one_line(
    cli: Cli, beir: Path, tmp_path: Path, name: str, content: str, complaint: str
) -> None:
    (beir / name).write_text(content, encoding="utf-8")
    done = cli("eval", "retrieval", "--beir", beir, "--work", tmp_path / "work")
    assert done.code == 2
    assert complaint in done.complaint
    assert not (tmp_path / "work").exists()


def test_what_cannot_be_done_is_told_in_one_line(cli: Cli, beir: Path, tmp_path: Path) -> None:
    def complaint(*args: str | Path) -> str:
        done = cli("eval", "retrieval", *args)
        assert done.code == 2
        return done.complaint

    assert "does not exist" in complaint("--beir", tmp_path / "none")
    assert "give --split one of: test" in complaint("--beir", beir, "--split", "dev")
    assert "does not exist" in complaint("--beir", beir, "--run-in", tmp_path / "none")
    assert "leave --run-out" in complaint(
        "--beir", beir, "--run-in", tmp_path / "a", "--run-out", tmp_path / "b"
    )
    assert "is no folder" in complaint("--beir", beir, "--run-out", tmp_path / "none" / "run")
    assert "no work folder" in complaint("--beir", beir, "--work", beir)
