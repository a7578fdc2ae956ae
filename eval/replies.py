"""What a target says to one question, whatever system it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.records import Answer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySentence:
    """One sentence of an answer, and the numbers of the citations that it names."""

    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCitation:
    """A citation as the target gives it. Offsets are known where the target is a Quoth."""

    n: int
    quote: str
    article: str | None = None
    """The article's id, or whatever the target calls it by."""
    start: int | None = None
    end: int | None = None
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published_at: str | None = None
    copies: tuple[str, ...] = ()
    """Ids of articles that carry the same story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPassage:
    """A text that the target retrieved."""

    text: str
    article: str | None = None
    start: int | None = None
    end: int | None = None
    title: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    score: float | None = None
    reading: float | None = None
    """How well its best sentence answers; None where it was not read."""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a language model was given and gave, in tokens, and what that cost."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a million tokens cost, in one currency throughout."""

    prompt: float
    completion: float

    def priced(self, usage: Usage | None) -> Usage | None:
        """Return the usage with its cost, where that is not known and both counts are."""
        if usage is None or usage.cost is not None:
            return usage
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            return usage
        total = self.prompt * usage.prompt_tokens + self.completion * usage.completion_tokens
        return replace(usage, cost=total / 1e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and what is known of where it came from."""

    outcome: Outcome
    answer: str
    short_answer: str | None = None
    confidence: float | None = None
    sentences: tuple[ReplySentence, ...] = ()
    citations: tuple[ReplyCitation, ...] | None = None
    """None: the target cites nothing, ever."""
    retrieved: tuple[ReplyPassage, ...] | None = None
    """In rank order. None: the target does not say what it retrieved."""
    usage: Usage | None = None
    milliseconds: float | None = None
    """From question to whole answer, as the asker saw it."""
    warm_milliseconds: tuple[float, ...] = ()
    """The same for each further time that the question was asked."""


def reply_of(answer: Answer, milliseconds: float | None) -> Reply:
    """Return Quoth's own answer as a reply."""
    return Reply(
        outcome=answer.outcome,
        answer=answer.answer,
        short_answer=answer.short_answer,
        confidence=answer.confidence,
        sentences=tuple(
            ReplySentence(text=sentence.text, citations=tuple(sentence.citations))
            for sentence in answer.sentences
        ),
        citations=tuple(
            ReplyCitation(
                n=citation.n,
                quote=citation.quote,
                article=citation.article_id,
                start=citation.start,
                end=citation.end,
                title=citation.title,
                publisher=citation.publisher,
                url=citation.url,
                published_at=citation.published_at.isoformat() if citation.published_at else None,
                copies=tuple(copy.article_id for copy in citation.also_carried_by),
            )
            for citation in answer.citations
        ),
        retrieved=tuple(
            ReplyPassage(
                text=passage.text,
                article=passage.article_id,
                start=passage.start,
                end=passage.end,
                title=passage.title,
                publisher=passage.publisher,
                published_at=passage.published_at.isoformat() if passage.published_at else None,
                score=passage.score,
                reading=passage.reading,
                copies=tuple(copy.article_id for copy in passage.also_carried_by),
            )
            for passage in answer.retrieved
        ),
        usage=None
        if answer.usage is None
        else Usage(
            prompt_tokens=answer.usage.prompt_tokens,
            completion_tokens=answer.usage.completion_tokens,
        ),
        milliseconds=milliseconds,
    )
