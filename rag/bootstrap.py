"""Where settings become an answer engine. The only place that names concrete readers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.embedding.base import Embedder
from rag.engine import AnswerEngine, AnswerShape
from rag.generation.engine import LlmAnswerEngine
from rag.generation.evidence import EvidenceSource
from rag.quoting import Quoter
from rag.reading.logistic import SIMILARITY, SPAN
from rag.reading.silent import SilentReader
from rag.reading.similarity import SimilarityReader
from rag.reading.span_model import SpanModel
from rag.retrieval import HybridRetriever, RetrievalShape
from rag.settings import RagSettings
from rag.support.checker import LearnedSupportChecker, QuoteSupportChecker


class _SentenceEmbedder:
    """An archive's embedder in the shape that the reader asks for."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, float32 (n, dim), L2-normalised."""
        return np.stack([self._embedder.embed_query(text) for text in texts])

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of sentences, float32 (n, dim), L2-normalised."""
        return self._embedder.embed_documents(texts)


def build_retriever(archive: Archive, settings: RagSettings) -> HybridRetriever:
    """The retriever over an archive."""
    return HybridRetriever(
        catalogue=archive.catalogue,
        embedder=archive.embedder,
        dense=archive.dense,
        lexical=archive.lexical,
        shape=RetrievalShape(
            fusion=settings.fusion, weight=settings.fusion_weight, depth=settings.candidate_depth
        ),
    )


def build_reader(archive: Archive, settings: RagSettings) -> SimilarityReader | SilentReader:
    """The reader that the settings name, with the archive's words as its statistics."""
    if settings.reader == "none":
        return SilentReader()
    return SimilarityReader(
        _SentenceEmbedder(archive.embedder),
        archive.lexical,
        spans=SpanModel() if settings.reader == SPAN else None,
        passages=settings.read_passages,
    )


def describe_models(archive: Archive, settings: RagSettings) -> dict[str, str]:
    """Role → name and checksum of each model that answers depend on."""
    models = {"embedding": archive.embedder.model_id, "reader": "none"}
    if settings.reader != "none":
        name = SPAN if settings.reader == SPAN else SIMILARITY
        weights = files("rag.reading").joinpath(f"{name}_model.json").read_bytes()
        models["reader"] = f"{name}@{hashlib.sha256(weights).hexdigest()[:12]}"
        if name == SPAN:
            models["span reader"] = SpanModel().model_id
    return models


def build_engine(archive: Archive, settings: RagSettings) -> AnswerEngine:
    """The answer engine over an archive.

    Raises:
        ModelMismatch: the archive was embedded with another model than the settings name.
    """
    archive.check_model()
    reader = build_reader(archive, settings)
    threshold = settings.answer_threshold
    return AnswerEngine(
        retriever=build_retriever(archive, settings),
        reader=reader,
        quoter=Quoter(archive.catalogue),
        shape=AnswerShape(
            threshold=reader.threshold if threshold is None else threshold,
            read_passages=settings.read_passages,
            reading_weight=settings.reading_weight,
            max_sentences=settings.max_sentences,
            max_question_chars=settings.max_question_chars,
        ),
    )


def build_answers(archive: Archive, settings: RagSettings) -> AnswerEngine | LlmAnswerEngine:
    """What answers questions: the answer engine, or one that words its answers with the language
    model that the settings name.

    Raises:
        ModelMismatch: the archive was embedded with another model than the settings name.
        ConfigurationError: the settings name half a language model, or one that needs an extra.
    """
    engine = build_engine(archive, settings)
    if settings.llm_model is None and settings.llm_base_url is None:
        return engine
    from rag.generation.llm import LlamaIndexWriter, endpoint_of  # takes seconds

    return LlmAnswerEngine(
        engine=engine,
        evidence=EvidenceSource(catalogue=archive.catalogue, quoter=Quoter(archive.catalogue)),
        writer=LlamaIndexWriter.at(endpoint_of(settings)),
        checker=QuoteSupportChecker(LearnedSupportChecker(archive.embedder)),
    )
