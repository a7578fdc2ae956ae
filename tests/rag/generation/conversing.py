"""An engine with a model at the end of a real socket, which says what a test tells it to."""

from __future__ import annotations

import json
from typing import Any

from index.archive import Archive
from rag.bootstrap import build_answers, build_engine
from rag.generation.engine import LlmAnswerEngine
from rag.generation.evidence import EvidenceSource
from rag.generation.llm import LlamaIndexWriter, endpoint_of
from rag.quoting import Quoter
from rag.records import Answer, Query
from rag.settings import RagSettings
from rag.support.checker import LearnedSupportChecker, QuoteSupportChecker
from tests.llm_server import MODEL, Asked, LlmServer, Said, Script

KEY = "sk-very-secret-0123456789"
FERRY = "When does the ferry to Osk run again?"
HASTE = 0.5
"""Seconds that a reply may take where it takes too long."""
OFF_TOPIC = "Who won the chess championship in Lima?"


def worded(archive: Archive, server: LlmServer, **settings: Any) -> LlmAnswerEngine:
    """The engine that the settings build."""
    given = {"llm_base_url": server.url, "llm_model": MODEL, "llm_api_key": KEY} | settings
    engine = build_answers(archive, RagSettings(**given))
    assert isinstance(engine, LlmAnswerEngine)
    return engine


def doubtful(archive: Archive, server: LlmServer, *, sure: float) -> LlmAnswerEngine:
    """The same, with another confidence from which the model's "not found" does not count."""
    settings = RagSettings(llm_base_url=server.url, llm_model=MODEL)
    return LlmAnswerEngine(
        engine=build_engine(archive, settings),
        evidence=EvidenceSource(catalogue=archive.catalogue, quoter=Quoter(archive.catalogue)),
        writer=LlamaIndexWriter.at(endpoint_of(settings)),
        checker=QuoteSupportChecker(LearnedSupportChecker(archive.embedder)),
        sure=sure,
    )


def offered(asked: Asked) -> list[dict[str, Any]]:
    """The quotes of a prompt, as they are written between the fences."""
    lines = asked.last.splitlines()
    fence = lines[0].strip("<>")
    return [json.loads(line) for line in lines[1 : lines.index(f"</{fence}>")]]


def number_of(asked: Asked, words: str) -> int:
    """The number of the first quote with these words."""
    return next(int(quote["n"]) for quote in offered(asked) if words in quote["quote"])


class Talk:
    """One server and the engines that ask it, shared by tests; each test says what it answers."""

    def __init__(self, archive: Archive, server: LlmServer) -> None:
        self.server = server
        self.engine = worded(archive, server)
        self.hasty = worded(archive, server, llm_timeout_seconds=HASTE)

    def says(self, said: Script | Said) -> LlmAnswerEngine:
        """The engine, the model now saying this; what was asked before is forgotten."""
        self.server.script = said if callable(said) else lambda _: said
        self.server.asked.clear()
        return self.engine

    def ask(self, said: Script | Said, question: str = FERRY) -> Answer:
        """What the engine answers when the model says this."""
        return self.says(said).ask(Query(question=question))
