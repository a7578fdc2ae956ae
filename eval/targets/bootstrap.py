"""Where settings become a target in this process, with all that its answers depend on."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from eval.targets.base import Corpus, Provenance
from eval.targets.engine import Engine, EngineTarget
from index.archive import Archive
from index.settings import IndexSettings
from rag.bootstrap import describe_models
from rag.records import Query
from rag.settings import RagSettings

_INDEX_SETTINGS = ("embedding_model", "passage_words", "passage_overlap")
_WARM_UP = "Is anybody there?"
_LLM_PREFIX = "llm_"
_LLM_SETTINGS = frozenset({"llm_provider", "llm_model"})
"""Of the language model's settings those that tell: no address, no key, no time-out."""


def engine_target(
    archive: Archive,
    engine: Engine,
    index_settings: IndexSettings,
    rag_settings: RagSettings,
) -> EngineTarget:
    """Return the engine as a target that says what it is made of.

    It is asked once before, so that no question's time is that of loading models.
    """
    engine.ask(Query(question=_WARM_UP))
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
        settings=settings | _telling(rag_settings),
    )


def _telling(settings: RagSettings) -> dict[str, Any]:
    """Return the settings that answers depend on; no language model's where none is set."""
    values = settings.model_dump(mode="json", exclude=set(RagSettings.secret_fields))
    wanted = _LLM_SETTINGS if settings.llm_model is not None else frozenset()
    return {
        name: value
        for name, value in values.items()
        if not name.startswith(_LLM_PREFIX) or name in wanted
    }
