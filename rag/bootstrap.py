"""Where settings become an answer engine. The only place that names concrete readers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.embedding.base import Embedder
from rag.answering import AnswerShape
from rag.conversation.condensing import QuestionCondenser
from rag.conversation.standalone import standalone
from rag.cross_encoding import CrossEncoderReranker
from rag.engine import AnswerEngine, Rewriting
from rag.generation.engine import LlmAnswerEngine
from rag.generation.evidence import EvidenceSource
from rag.quoting import Quoter
from rag.reading.logistic import SIMILARITY, SPAN
from rag.reading.overview import OverviewReader
from rag.reading.silent import SilentReader
from rag.reading.similarity import SimilarityReader
from rag.reading.span_export import reader_folder
from rag.reading.span_model import SpanModel
from rag.reading.span_reader import SpanReader
from rag.retrieval import HybridRetriever, RetrievalShape
from rag.settings import READERS, RagSettings
from rag.spelling import SpellingCorrector
from rag.support.checker import LearnedSupportChecker, QuoteSupportChecker

_KEPT = 4
"""Models that are kept once they are loaded: describing an engine need not load them again."""
CONDENSING_SECONDS = 15.0
"""How long a language model may take to make a follow-up stand alone; then the rules do it."""


class SentenceEmbedder:
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
        reranker=_reranker(settings.reranker),
    )


def build_reader(archive: Archive, settings: RagSettings) -> OverviewReader | SilentReader:
    """The reader that the settings name, with the archive's words as its statistics.

    Raises:
        ModelUnavailable: the settings name a model that is not on this machine.
    """
    if settings.reader == "none":
        return SilentReader()
    embedder, passages = SentenceEmbedder(archive.embedder), settings.read_passages
    reader: SimilarityReader | SpanReader
    if settings.reader == SIMILARITY:
        reader = SimilarityReader(embedder, archive.lexical, passages=passages)
    else:
        spans = _spans(settings.reader, archive.models_dir)
        reader = SpanReader(embedder, spans, archive.lexical, passages=passages)
    return OverviewReader(reader, reader.measurer, passages=passages)


def describe_models(archive: Archive, settings: RagSettings) -> dict[str, str]:
    """Role → name and checksum of each model that answers depend on."""
    models = {"embedding": archive.embedder.model_id, "reader": "none"}
    if settings.reader != "none":
        name = SIMILARITY if settings.reader == SIMILARITY else SPAN
        weights = files("rag.reading").joinpath(f"{name}_model.json").read_bytes()
        models["reader"] = f"{name}@{hashlib.sha256(weights).hexdigest()[:12]}"
        if name == SPAN:
            models["span reader"] = _spans(settings.reader, archive.models_dir).model_id
    reranker = _reranker(settings.reranker)
    if reranker is not None:
        models["reranker"] = reranker.model_id
    return models


@lru_cache(maxsize=_KEPT)
def _spans(reader: str, models_dir: Path) -> SpanModel:
    """The network that ships with Quoth, or the one that the settings name."""
    if reader in READERS:
        return SpanModel()
    return SpanModel(reader_folder(reader, models_dir), name=Path(reader).name)


@lru_cache(maxsize=_KEPT)
def _reranker(model: str) -> CrossEncoderReranker | None:
    return None if model == "none" else CrossEncoderReranker(model)


def build_engine(
    archive: Archive, settings: RagSettings, *, rewrite: Rewriting = standalone
) -> AnswerEngine:
    """The answer engine over an archive; `rewrite` makes follow-ups stand alone.

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
        rewrite=rewrite,
        respell=SpellingCorrector(archive.lexical).corrected,
        models=cache(partial(describe_models, archive, settings)),
    )


def build_answers(archive: Archive, settings: RagSettings) -> AnswerEngine | LlmAnswerEngine:
    """What answers questions: the answer engine, or one that words its answers with the language
    model that the settings name.

    Raises:
        ModelMismatch: the archive was embedded with another model than the settings name.
        ConfigurationError: the settings name half a language model, or one that needs an extra.
    """
    if settings.llm_model is None and settings.llm_base_url is None:
        return build_engine(archive, settings)
    from rag.generation.llm import (  # takes seconds
        LlamaIndexWriter,
        condense_question_prompt,
        endpoint_of,
    )

    endpoint = endpoint_of(settings)
    seconds = min(endpoint.timeout_seconds, CONDENSING_SECONDS)
    condenser = QuestionCondenser(
        LlamaIndexWriter.at(replace(endpoint, timeout_seconds=seconds)), condense_question_prompt
    )
    return LlmAnswerEngine(
        engine=build_engine(archive, settings, rewrite=condenser.rewrite),
        evidence=EvidenceSource(catalogue=archive.catalogue, quoter=Quoter(archive.catalogue)),
        writer=LlamaIndexWriter.at(endpoint),
        checker=QuoteSupportChecker(LearnedSupportChecker(archive.embedder)),
    )
