"""Candidates made by hand."""

from __future__ import annotations

from index.records import Passage, Span
from rag.records import Candidate


def candidate(
    article_id: str,
    text: str,
    *,
    story: str = "story",
    score: float = 0.5,
    ordinal: int = 0,
    publisher: str | None = None,
) -> Candidate:
    """A passage that is one sentence, of an article named after its id."""
    return Candidate(
        passage=Passage(
            passage_id=f"{article_id}.1.{ordinal}",
            article_id=article_id,
            version=1,
            ordinal=ordinal,
            start=0,
            end=len(text),
            text=text,
            sentences=(Span(0, len(text)),),
        ),
        title=f"About {article_id}",
        publisher=publisher or f"{article_id} Post",
        url=None,
        published_at=None,
        published_at_source=None,
        story_id=story,
        score=score,
    )
