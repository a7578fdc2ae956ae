"""How an answer that was given becomes turns that a follow-up can lean on."""

from __future__ import annotations

from rag.records import Answer, Turn


def turns_of(answer: Answer) -> tuple[Turn, Turn]:
    """The question as it was understood, and the quotes with the titles of their articles."""
    return (
        Turn(role="user", content=answer.standalone_question),
        Turn(
            role="assistant",
            content=" ".join(citation.quote for citation in answer.citations),
            titles=tuple(dict.fromkeys(citation.title for citation in answer.citations)),
        ),
    )
