"""Where settings become a target in this process, with all that its answers depend on."""

from __future__ import annotations

from importlib.metadata import version

from eval.targets.base import Corpus, Provenance
from eval.targets.engine import EngineTarget
from index.archive import Archive
from index.settings import IndexSettings
from rag.bootstrap import describe_models
from rag.engine import AnswerEngine
from rag.settings import RagSettings

_INDEX_SETTINGS = ("embedding_model", "passage_words", "passage_overlap")


def engine_target(
    archive: Archive,
    engine: AnswerEngine,
    index_settings: IndexSettings,
    rag_settings: RagSettings,
) -> EngineTarget:
    """Return the engine as a target that says what it is made of."""
    return EngineTarget(engine, archive, provenance=describe(archive, index_settings, rag_settings))


def describe(
    archive: Archive, index_settings: IndexSettings, rag_settings: RagSettings
) -> Provenance:
    """Return version, corpus, models and settings: what the answers of an engine depend on."""
    counts = archive.catalogue.counts()
    settings = {name: getattr(index_settings, name) for name in _INDEX_SETTINGS}
    return Provenance(
        version=version("quoth"),
        corpus=Corpus(
            fingerprint=archive.catalogue.fingerprint(),
            articles=counts["articles"],
            passages=counts["passages"],
        ),
        models=describe_models(archive, rag_settings),
        settings=settings | rag_settings.model_dump(mode="json"),
    )
