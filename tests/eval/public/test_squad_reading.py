from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.bootstrap import scratch_archive
from eval.public.squad import SquadParagraph, SquadQuestion, SquadSet, load_squad
from eval.public.squad_reading import read_questions, right_sentence, take_in_paragraphs
from eval.public.squad_report import document_of_predictions, document_of_readings
from index.embedding.hashing import HashingEmbedder
from index.errors import InputError
from index.records import Span
from index.settings import IndexSettings
from rag.reading.base import Reading, SentenceReading
from rag.reading.silent import SilentReader
from rag.reading.similarity import SimilarityReader
from rag.records import Candidate
from rag.settings import RagSettings
from tests.eval.public.squad_files import FERRY, MILL, NA_PROBS, PREDICTIONS, squad_file


class Scripted:
    """A reader that says of each question what it was told to."""

    name = "scripted"

    def __init__(self, replies: dict[str, tuple[str, str | None, float]]) -> None:
        self._replies = replies
        self.read_with: list[Sequence[Candidate]] = []

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        self.read_with.append(candidates)
        sentence, answer, answerability = self._replies[question]
        text = candidates[0].passage.text
        spans = [Span(text.index(t), text.index(t) + len(t)) for t in (sentence, answer) if t]
        best = SentenceReading(
            candidate=0, span=spans[0], score=0.5, answer=spans[1] if answer else None
        )
        return Reading(sentences=(best,), answerability=answerability)


@pytest.fixture
def squad(tmp_path: Path) -> SquadSet:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(squad_file()), encoding="utf-8")
    return load_squad(path)


def ferry(squad: SquadSet) -> SquadSet:
    return SquadSet(name=squad.name, paragraphs=squad.paragraphs[1:])


RUNS, RESTS = FERRY[:35], FERRY[36:]
REPLIES: dict[str, tuple[str, str | None, float]] = {
    "How often does the ferry run?": (RUNS, "twice a day", 0.9),
    "When does it not run?": (RUNS, None, 0.6),
    "Who owns the ferry?": (RESTS, "Sundays", 0.5),
    "What does a ticket cost?": (RESTS, "Sundays", 0.49),
}


def test_the_prediction_is_the_answering_words_or_the_sentence_or_nothing(squad: SquadSet) -> None:
    assert (RUNS[-1], RESTS[:2]) == (".", "It")
    readings = read_questions(Scripted(REPLIES), HashingEmbedder(), ferry(squad), threshold=0.5)
    assert {name: reading.prediction for name, reading in readings.items()} == {
        "f1": "twice a day",
        "f2": RUNS,
        "f3": "Sundays",
        "f4": "",
    }
    assert [reading.na_prob for reading in readings.values()] == [1 - 0.9, 1 - 0.6, 0.5, 1 - 0.49]
    assert readings["f4"].best_sentence == Span(36, len(FERRY))


def test_the_right_sentence_holds_the_gold_characters(squad: SquadSet) -> None:
    part = ferry(squad)
    readings = read_questions(Scripted(REPLIES), HashingEmbedder(), part, threshold=0.5)
    assert right_sentence(part.questions, readings).value == 0.5
    unanswerable = [q for q in part.questions if not q.answerable]
    assert right_sentence(unanswerable, readings).value is None
    found = document_of_readings(part, readings, reader="scripted", threshold=0.5)
    assert found["metrics"]["right_sentence"] == 0.5
    assert found["metrics"]["HasAns_exact"] == 50.0
    assert found["intervals"]["right_sentence"] == [0.0, 1.0]
    assert found["intervals"].keys() <= found["metrics"].keys()
    assert (found["predictions"], found["na_prob_thresh"]) == ("scripted", 0.5)


def test_a_paragraph_is_one_whole_passage_with_its_title(squad: SquadSet) -> None:
    reader = Scripted(REPLIES)
    read_questions(reader, HashingEmbedder(), ferry(squad), threshold=0.5)
    for candidates in reader.read_with:
        (candidate,) = candidates
        assert (candidate.passage.text, candidate.title) == (FERRY, "Ferries")
        assert len(candidate.passage.sentences) == 2
        assert candidate.dense is not None
        assert -1.001 <= candidate.dense <= 1.001


def test_our_reader_reads_a_paragraph(squad: SquadSet, tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    index = IndexSettings(data_dir=tmp_path / "own")
    with scratch_archive(index, RagSettings(), embedder=embedder) as (archive, _engine):
        seen: list[int] = []
        take_in_paragraphs(archive, squad, seen.append)
        assert (seen, archive.status().articles) == ([2], 2)

        class Embedding:
            embed_queries = staticmethod(embedder.embed_documents)
            embed_sentences = staticmethod(embedder.embed_documents)

        reader = SimilarityReader(Embedding(), archive.lexical)
        done: list[int] = []
        readings = read_questions(reader, embedder, squad, threshold=0.0, on_progress=done.append)
        assert readings == read_questions(reader, embedder, squad, threshold=0.0)
    assert done == list(range(1, 11))
    assert list(readings) == [question.id for question in squad.questions]
    for question in squad.paragraphs[0].questions:
        assert readings[question.id].prediction in MILL
        assert readings[question.id].prediction


def test_a_reader_that_is_switched_off_answers_nothing(squad: SquadSet) -> None:
    readings = read_questions(SilentReader(), HashingEmbedder(), squad, threshold=1.0)
    found = document_of_readings(squad, readings, reader="none", threshold=1.0)
    assert found["metrics"]["NoAns_exact"] == 100.0
    assert found["metrics"]["HasAns_exact"] == found["metrics"]["right_sentence"] == 0.0


def test_a_paragraph_or_question_without_words_is_read_as_nothing() -> None:
    asked = SquadQuestion(id="q", question="who?", answers=(), spans=())
    blank = SquadQuestion(id="r", question=" ", answers=(), spans=())
    paragraphs = (
        SquadParagraph(title="", context=" \n", questions=(asked,)),
        SquadParagraph(title="", context=FERRY, questions=(blank,)),
        SquadParagraph(title="", context=MILL, questions=()),
    )
    squad = SquadSet(name="blank", paragraphs=paragraphs)
    readings = read_questions(SilentReader(), HashingEmbedder(), squad, threshold=0.5)
    assert [reading.prediction for reading in readings.values()] == ["", ""]


def test_what_is_missing_among_predictions_is_told(squad: SquadSet) -> None:
    some = {name: PREDICTIONS[name] for name in ("m1", "f1")} | {"unknown": "x"}
    found = document_of_predictions(squad, some, None, name="theirs.json")
    assert (found["missing"], found["questions"]) == (8, 10)
    assert found["intervals"]["right_sentence"] is None
    assert found["warnings"] == ["questions without a prediction, which score 0: 8 (the first: m2)"]
    with pytest.raises(InputError, match=r"theirs\.json predicts none of the questions"):
        document_of_predictions(squad, {"unknown": "x"}, None, name="theirs.json")
    lacking = {name: value for name, value in NA_PROBS.items() if name != "m3"}
    with pytest.raises(InputError, match=r"1 predictions have no no-answer probability.*'m3'"):
        document_of_predictions(squad, PREDICTIONS, lacking, name="theirs.json")
