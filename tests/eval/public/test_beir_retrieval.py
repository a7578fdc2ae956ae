from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.bootstrap import scratch_archive
from eval.public.beir import BeirDocument
from eval.public.beir_retrieval import (
    Collection,
    load_collection,
    rank_documents,
    retrieve_run,
    save_collection,
    take_in,
)
from eval.public.exact_search import exact_retriever
from index.archive import Archive
from index.embedding.hashing import HashingEmbedder
from index.errors import InputError
from index.records import Passage
from index.settings import IndexSettings
from rag.records import Candidate
from rag.settings import RagSettings

FERRY = "The ferry to the island runs twice a day, except on Sundays."
DOCUMENTS = [
    BeirDocument(id="ferry", title="Timetable", text=FERRY),
    BeirDocument(id="orchard", title="Orchards", text="Apples grow on the slopes of the valley."),
    BeirDocument(id="ferry again", title="Timetable", text=FERRY),
    BeirDocument(id="title only", title="Night trains return to the coast", text=" "),
    BeirDocument(id="empty", title="", text=""),
    BeirDocument(id="odd", title="", text="..."),
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    index, rag = IndexSettings(data_dir=tmp_path / "own"), RagSettings()
    folder = tmp_path / "scratch"
    with scratch_archive(index, rag, data_dir=folder, embedder=HashingEmbedder()) as (opened, _):
        yield opened


def candidate(article: str, ordinal: int, score: float) -> Candidate:
    passage = Passage(
        passage_id=f"{article}.1.{ordinal}",
        article_id=article,
        version=1,
        ordinal=ordinal,
        start=0,
        end=1,
        text="x",
        sentences=(),
    )
    return Candidate(
        passage=passage,
        title="",
        publisher=None,
        url=None,
        published_at=None,
        published_at_source=None,
        story_id="s",
        score=score,
    )


def test_every_document_is_taken_in_or_named(archive: Archive) -> None:
    seen: list[int] = []
    collection = take_in(archive, iter(DOCUMENTS), seen.append)
    assert sorted(map(list, collection.documents.values())) == [
        ["ferry", "ferry again"],
        ["orchard"],
        ["title only"],
    ]
    assert [name for name, _ in collection.refused] == ["empty", "odd"]
    assert collection.refused[0][1] == "it has neither title nor text"
    assert collection.ids == {document.id for document in DOCUMENTS}
    assert seen == [len(DOCUMENTS)]


def test_taking_in_again_changes_nothing(archive: Archive) -> None:
    first = take_in(archive, DOCUMENTS)
    changes = archive.status().last_change
    assert take_in(archive, DOCUMENTS) == first
    assert archive.status().last_change == changes


def test_titles_and_copies_are_found(archive: Archive) -> None:
    collection = take_in(archive, DOCUMENTS)
    retriever = exact_retriever(archive, RagSettings())
    queries = {
        "q1": "when does the ferry run?",
        "q2": "night  trains\n",
        "blank": "  ",
        "orchard": "apples in the valley",
    }
    seen: list[int] = []
    run = retrieve_run(retriever, queries, collection, depth=3, on_progress=seen.append)
    assert list(run) == ["q1", "q2", "orchard"]
    assert list(run["q1"])[:2] == ["ferry", "ferry again"]
    assert next(iter(run["q2"])) == "title only"
    assert "orchard" not in run["orchard"]  # a document of the query's own id
    assert all(len(scores) <= 3 for scores in run.values())
    assert seen == [1, 2, 3, 4]
    assert run == retrieve_run(retriever, queries, collection, depth=3)


def test_a_document_is_as_good_as_its_best_passage_and_copies_keep_their_place() -> None:
    collection = Collection(documents={"a1": ["d1"], "a2": ["d3", "d2"], "a3": ["d4"]}, refused=[])
    found = [
        candidate("a1", 0, 0.5),
        candidate("a3", 0, 0.4),
        candidate("gone", 0, 0.4),
        candidate("a1", 1, 0.3),
        candidate("a2", 0, 0.9),  # a copy, listed last
    ]
    assert rank_documents(found, collection, depth=10) == {
        "d2": 0.9,
        "d3": 0.899999,
        "d1": 0.5,
        "d4": 0.4,
    }
    assert list(rank_documents(found, collection, depth=2, leave_out="d2")) == ["d3", "d1"]


def test_a_work_folder_remembers_what_it_holds(tmp_path: Path) -> None:
    folder, settings = tmp_path / "work", IndexSettings()
    collection = Collection(documents={"a1": ["d1", "d2"]}, refused=[("d3", "why")])
    assert load_collection(folder, "sum", settings) is None
    save_collection(folder, "sum", settings, None)
    assert load_collection(folder, "sum", settings) is None
    save_collection(folder, "sum", settings, collection)
    assert load_collection(folder, "sum", settings) == collection
    with pytest.raises(InputError, match="another corpus"):
        load_collection(folder, "other", settings)
    with pytest.raises(InputError, match=r"passage_words 150.*passage_words 90"):
        load_collection(folder, "sum", IndexSettings(passage_words=90))


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="no work folder"):
        load_collection(tmp_path, "sum", IndexSettings())
    with pytest.raises(InputError, match="no work folder"):
        load_collection(tmp_path / "letter.txt", "sum", IndexSettings())
    with pytest.raises(InputError, match="cannot be written"):
        save_collection(tmp_path / "letter.txt", "sum", IndexSettings(), None)
