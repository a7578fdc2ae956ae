"""Quoth's parts among LlamaIndex's own, without a network and without an LLM."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.postprocessor import LongContextReorder, SimilarityPostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from index.archive import Archive
from index.records import Filters
from rag.bootstrap import build_retriever
from rag.engine import AnswerEngine
from rag.llama_index_adapters import (
    QuothQueryEngine,
    QuothRetriever,
    StoryCollapse,
    answer_in,
    candidate_of,
    node_of,
)
from rag.records import Outcome, Query
from rag.settings import RagSettings
from tests.rag.candidates import candidate
from tests.rag.checking import assert_checked

T = TypeVar("T")

FERRY = "When does the ferry to Osk run again?"


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Its result, from a loop in another thread: browser tests keep one running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture
def retriever(archive: Archive) -> QuothRetriever:
    return QuothRetriever(build_retriever(archive, RagSettings()), top_k=5)


def test_the_retriever_gives_what_quoth_finds(archive: Archive, retriever: QuothRetriever) -> None:
    nodes = retriever.retrieve(FERRY)
    found = build_retriever(archive, RagSettings()).retrieve(Query(question=FERRY), limit=5)
    assert [candidate_of(node) for node in nodes] == found
    for node, each in zip(nodes, found, strict=True):
        assert node.node_id == each.passage.passage_id
        assert node.score == each.score
        assert node.text == each.passage.text
        article = archive.article(node.metadata["article_id"])
        assert article.text[node.metadata["start"] : node.metadata["end"]] == node.text


def test_the_retriever_takes_query_bundles_filters_and_async_callers(archive: Archive) -> None:
    retriever = QuothRetriever(
        build_retriever(archive, RagSettings()),
        top_k=3,
        filters=Filters(publishers=("harrowmouth echo",)),
    )
    nodes = retriever.retrieve(QueryBundle(query_str=FERRY))
    assert {node.metadata["publisher"] for node in nodes} == {"Harrowmouth Echo"}
    again = run_apart(retriever.aretrieve(FERRY))
    assert [node.node_id for node in again] == [node.node_id for node in nodes]


def test_no_model_is_shown_the_record_that_travels_along(retriever: QuothRetriever) -> None:
    node = retriever.retrieve(FERRY)[0].node
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        shown = node.get_content(mode)
        assert "Ferry to Osk" in shown or "Osk" in shown
        assert "Candidate(" not in shown
        assert "quoth_candidate" not in shown


def test_llama_index_postprocessors_work_on_the_nodes(retriever: QuothRetriever) -> None:
    nodes = retriever.retrieve(FERRY)
    cutoff = sorted(node.score or 0.0 for node in nodes)[2]
    kept = SimilarityPostprocessor(similarity_cutoff=cutoff).postprocess_nodes(nodes)
    assert len(kept) == 3
    reordered = LongContextReorder().postprocess_nodes(nodes)
    assert sorted(n.node_id for n in reordered) == sorted(n.node_id for n in nodes)


def test_collapse_is_a_postprocessor() -> None:
    words = "The ferry to Osk runs again from Monday after eleven days in port."
    nodes = [
        node_of(candidate("wire", words, score=0.9)),
        node_of(candidate("copy", words, score=0.8)),
        node_of(candidate("own", "Osk's grocers had begun to ration flour.", score=0.7)),
    ]
    collapsed = StoryCollapse().postprocess_nodes(nodes, query_str=FERRY)
    found = [candidate_of(node) for node in collapsed]
    assert [each.passage.article_id for each in found] == ["wire", "own", "copy"]
    assert [each.article_id for each in found[0].also_carried_by] == ["copy"]
    assert [node.score for node in collapsed] == [0.9, 0.7, 0.8]


def test_collapse_changes_nothing_that_retrieval_collapsed(retriever: QuothRetriever) -> None:
    nodes = retriever.retrieve(FERRY)
    collapsed = StoryCollapse().postprocess_nodes(nodes)
    assert [candidate_of(n) for n in collapsed] == [candidate_of(n) for n in nodes]


def test_a_node_from_elsewhere_is_refused() -> None:
    foreign = NodeWithScore(node=TextNode(text="Not from here."), score=1.0)
    with pytest.raises(TypeError, match="not retrieved by Quoth"):
        StoryCollapse().postprocess_nodes([foreign])


def test_the_query_engine_answers_with_checked_quotes_as_sources(
    engine: AnswerEngine, archive: Archive
) -> None:
    response = QuothQueryEngine(engine, top_k=4).query(FERRY)
    assert isinstance(response, Response)
    answer = answer_in(response)
    assert answer.outcome is Outcome.ANSWERED
    assert len(answer.retrieved) == 4
    assert str(response) == answer.answer
    assert_checked(answer, archive)
    for node in response.source_nodes:
        text = archive.article(node.metadata["article_id"]).text
        assert text[node.metadata["start"] : node.metadata["end"]] == node.text
    assert [node.metadata["n"] for node in response.source_nodes] == [
        citation.n for citation in answer.citations
    ]


def test_the_query_engine_says_when_the_archive_does_not_say(engine: AnswerEngine) -> None:
    query_engine = QuothQueryEngine(engine)
    response = run_apart(query_engine.aquery("What is the boiling point of mercury?"))
    assert isinstance(response, Response)
    assert str(response) == "The archive does not say."
    assert response.source_nodes == []
    assert answer_in(response).outcome is Outcome.NOT_FOUND
