"""Articles in memory, handed in through constructors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from index.records import ArticleSummary

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class MemoryArticles:
    """Satisfies `ArticleSource`; remembers which texts were read."""

    name: str = "memory"
    texts: dict[str, str] = field(default_factory=dict)
    listed: list[ArticleSummary] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def add(
        self,
        article_id: str,
        text: str,
        *,
        origin: str | None = None,
        day: date | None = None,
        **more: Any,
    ) -> None:
        """Hold another article."""
        fields: dict[str, Any] = {
            "version": 1,
            "title": f"About {article_id}",
            "publisher": "Skerry Post",
            "url": None,
            "published_at_source": None,
            "story_id": f"story-{article_id}",
            "characters": len(text),
            "passages": 1,
            "ingested_at": NOON,
        }
        self.texts[article_id] = text
        self.listed.append(
            ArticleSummary(
                article_id=article_id,
                origin=origin or f"in/{article_id}.txt",
                published_at=day,
                **(fields | more),
            )
        )

    def summaries(self) -> Iterator[ArticleSummary]:
        yield from self.listed

    def article_text(self, article_id: str) -> str | None:
        self.read.append(article_id)
        return self.texts.get(article_id)


def line(question_id: str = "q1", **changes: Any) -> dict[str, Any]:
    """A line of a gold file that is right for the mill."""
    return {
        "id": question_id,
        "question": f"When did the mill of {question_id} burn down?",
        "answerable": True,
        "answers": ["1901"],
        "evidence": [{"article": "mill.txt", "quote": "It burned down in 1901."}],
    } | changes


def evidence(article: str, quote: str) -> dict[str, Any]:
    """The evidence of a line, as a change to it."""
    return {"evidence": [{"article": article, "quote": quote}]}


def unanswerable(question_id: str) -> dict[str, Any]:
    """A line that asks for what is not said."""
    return {"id": question_id, "question": f"Who owns {question_id}?", "answerable": False}


def write(folder: Path, *lines: Mapping[str, Any] | str) -> Path:
    """A gold file."""
    path = folder / "gold.jsonl"
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path
