"""Quoth's parts as LlamaIndex parts, so that each can be lifted into a LlamaIndex program.

Inside Quoth small frozen records travel; here they meet LlamaIndex's types, and nowhere else.
Importing this module imports LlamaIndex.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.records import Filters
from rag.collapse import collapse
from rag.engine import AnswerEngine, Retriever
from rag.records import Answer, Candidate, Citation, Query

CANDIDATE_KEY = "quoth_candidate"
"""Node metadata under which the candidate itself travels; never shown to a model."""


def node_of(candidate: Candidate) -> NodeWithScore:
    """A retrieved passage as a LlamaIndex node, with its metadata and fused score."""
    published = candidate.published_at
    node = TextNode(
        id_=candidate.passage.passage_id,
        text=candidate.passage.text,
        metadata={
            "article_id": candidate.passage.article_id,
            "title": candidate.title,
            "publisher": candidate.publisher,
            "url": candidate.url,
            "published_at": published.isoformat() if published else None,
            "start": candidate.passage.start,
            "end": candidate.passage.end,
            CANDIDATE_KEY: candidate,
        },
        excluded_embed_metadata_keys=[CANDIDATE_KEY],
        excluded_llm_metadata_keys=[CANDIDATE_KEY],
    )
    return NodeWithScore(node=node, score=candidate.score)


def candidate_of(node: NodeWithScore) -> Candidate:
    """The candidate that a node of `node_of` carries.

    Raises:
        TypeError: the node is not one of Quoth's.
    """
    candidate = node.node.metadata.get(CANDIDATE_KEY)
    if not isinstance(candidate, Candidate):
        raise TypeError("the node was not retrieved by Quoth")
    return candidate


class QuothRetriever(BaseRetriever):
    """Quoth's hybrid retrieval as a LlamaIndex retriever."""

    def __init__(
        self, retriever: Retriever, *, top_k: int = 10, filters: Filters | None = None
    ) -> None:
        self._retriever = retriever
        self._top_k = top_k
        self._filters = filters or Filters()
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query(question=query_bundle.query_str, filters=self._filters, top_k=self._top_k)
        return [node_of(found) for found in self._retriever.retrieve(query, limit=self._top_k)]


class StoryCollapse(BaseNodePostprocessor):
    """Puts copies of one story under the passage that stands for them."""

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 - LlamaIndex's signature
    ) -> list[NodeWithScore]:
        return [node_of(candidate) for candidate in collapse([candidate_of(n) for n in nodes])]


class QuothQueryEngine(CustomQueryEngine):
    """Quoth's answers as LlamaIndex responses: quotes as source nodes, the Answer as metadata."""

    top_k: int = 10
    _engine: AnswerEngine = PrivateAttr()

    def __init__(self, engine: AnswerEngine, **settings: Any) -> None:
        super().__init__(**settings)
        self._engine = engine

    def custom_query(self, query_str: str) -> Response:
        """Answer a question."""
        answer = self._engine.ask(Query(question=query_str, top_k=self.top_k))
        return Response(
            response=answer.answer,
            source_nodes=[_source(citation) for citation in answer.citations],
            metadata={"answer": answer},
        )


def answer_in(response: Response) -> Answer:
    """The whole Answer that a response of `QuothQueryEngine` carries."""
    answer = (response.metadata or {})["answer"]
    assert isinstance(answer, Answer)
    return answer


def _source(citation: Citation) -> NodeWithScore:
    node = TextNode(
        id_=f"{citation.passage_id}:{citation.start}-{citation.end}",
        text=citation.quote,
        metadata={
            "n": citation.n,
            "article_id": citation.article_id,
            "title": citation.title,
            "publisher": citation.publisher,
            "start": citation.start,
            "end": citation.end,
        },
    )
    return NodeWithScore(node=node, score=citation.score)
