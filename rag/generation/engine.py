"""Answers worded by a language model, checked sentence by sentence, or else the quoted answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from rag.agreement.telling import carried, differing
from rag.events import (
    AnswerEvent,
    AnswerGiven,
    Cancelled,
    SentenceWritten,
    WritingBegun,
    never,
)
from rag.explaining import explained_again
from rag.generation.base import Message, Writer, WritingFailed
from rag.generation.prompt import NOT_FOUND_WORD, messages_for
from rag.generation.writing import WrittenSentence, sentences_in, words_of
from rag.presentation.presenting import glossed
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    Citation,
    Disagreement,
    Outcome,
    Query,
    RetrievedPassage,
    Usage,
)
from rag.support.base import SupportChecker

EXTRACTIVE, LLM = "extractive", "llm"
NOT_FOUND = "The archive does not say."
SURE = 0.5
"""Confidence from which a quoted answer stands, whatever the model makes of it: on the sample
questions 37 of 41 such answers are right, and 39 of the 41 questions have an answer."""
HOPELESS = 0.05
"""Confidence of an abstention below which the model is not asked: on the sample questions 16 of 17
such questions have no answer."""
_FINDS_NONE = "The language model finds no answer in the quotes"
MAX_SENTENCES = 8
LONGEST_SENTENCE = 600
"""Characters; a longer one is no sentence."""


class Asked(Protocol):
    """The extractive engine, as this module needs it."""

    def ask_stream(self, query: Query, cancelled: Cancelled) -> Iterator[AnswerEvent]:
        """What happens until there is a quoted answer, or an abstention."""

    def search(self, query: Query) -> list[RetrievedPassage]:
        """The nearest passages."""


class Quotes(Protocol):
    """Where the numbered quotes come from."""

    def quotes(self, answer: Answer) -> list[Citation]:
        """Checked quotes, numbered from 1."""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """What came of one reply so far."""

    offered: Sequence[Citation]
    reply: str = ""
    usage: Usage | None = None
    numbers: dict[int, int] = field(default_factory=dict)
    """Number of an offered quote → number of the citation in the answer."""
    sentences: list[AnswerSentence] = field(default_factory=list)
    dropped: int = 0
    """Sentences that cite something which does not support them."""

    def cite(self, offered: Sequence[int]) -> tuple[tuple[int, ...], tuple[Citation, ...]]:
        """The answer's numbers of these quotes, and the citations that are new."""
        new = []
        for n in offered:
            if n not in self.numbers:
                self.numbers[n] = len(self.numbers) + 1
                new.append(replace(self.offered[n - 1], n=self.numbers[n]))
        return tuple(self.numbers[n] for n in offered), tuple(new)

    @property
    def citations(self) -> list[Citation]:
        """In the order of their numbers in the answer."""
        return [replace(self.offered[n - 1], n=number) for n, number in self.numbers.items()]


class LlmAnswerEngine:
    """Wraps an extractive engine: the same questions, the same evidence, a model's words.

    Nothing that the model says is believed. A sentence leaves only if the quotes that it cites
    support it; where none does, the answer is the extractive engine's, with a notice.
    """

    def __init__(
        self,
        *,
        engine: Asked,
        evidence: Quotes,
        writer: Writer,
        checker: SupportChecker,
        sure: float = SURE,
        hopeless: float = HOPELESS,
    ) -> None:
        self._engine = engine
        self._evidence = evidence
        self._writer = writer
        self._checker = checker
        self._sure = sure
        self._hopeless = hopeless

    def search(self, query: Query) -> list[RetrievedPassage]:
        """The nearest passages, best first. Raises: QuestionInvalid."""
        return self._engine.search(query)

    def ask(self, query: Query) -> Answer:
        """An answer in the model's words with checked quotes, or the extractive engine's.

        Raises: QuestionInvalid: the question is empty or too long.
        """
        for event in self.ask_stream(query):
            if isinstance(event, AnswerGiven):
                return event.answer
        raise AssertionError("the last event is the answer")

    def ask_stream(self, query: Query, cancelled: Cancelled = never) -> Iterator[AnswerEvent]:
        """Each sentence once it is complete and checked, then the whole answer.

        Once it is cancelled there is no further event, and the model's reply is not read on.

        Raises: QuestionInvalid: the question is empty or too long.
        """
        clock = time.perf_counter()
        quoted = yield from self._quoted(query, cancelled)
        if quoted is None or cancelled():
            return
        if query.mode == EXTRACTIVE or self._is_hopeless(quoted):
            yield AnswerGiven(answer=quoted)
            return
        offered = self._evidence.quotes(quoted)
        if not offered:
            yield AnswerGiven(answer=quoted)
            return
        yield WritingBegun(quotes=len(offered))
        draft = _Draft(offered=offered)
        asked = time.perf_counter()
        failure = None
        try:
            yield from self._write(quoted.standalone_question, draft, cancelled)
        except WritingFailed as failed:
            failure = str(failed)
        if cancelled():
            return
        done = time.perf_counter()
        timings = {
            **quoted.timings_ms,
            "write": round((done - asked) * 1000, 3),
            "total": round((done - clock) * 1000, 3),
        }
        answer = self._concluded(quoted, draft, failure)
        answer = replace(answer, timings_ms=timings, usage=draft.usage)
        yield AnswerGiven(answer=explained_again(answer))

    def _quoted(
        self, query: Query, cancelled: Cancelled
    ) -> Generator[AnswerEvent, None, Answer | None]:
        """Pass on what the extractive engine tells, and return its answer."""
        for event in self._engine.ask_stream(query, cancelled):
            if isinstance(event, AnswerGiven):
                return event.answer
            yield event
        return None

    def _is_hopeless(self, quoted: Answer) -> bool:
        return quoted.outcome is Outcome.NOT_FOUND and quoted.confidence < self._hopeless

    def _write(
        self, question: str, draft: _Draft, cancelled: Cancelled
    ) -> Iterator[SentenceWritten]:
        messages = messages_for(question, draft.offered)
        for sentence in sentences_in(self._pieces(messages, draft, cancelled)):
            if cancelled():
                return
            found = self._checked(sentence, draft)
            if found is not None:
                yield found
            if len(draft.sentences) >= MAX_SENTENCES:
                return

    def _pieces(
        self, messages: Sequence[Message], draft: _Draft, cancelled: Cancelled
    ) -> Iterator[str]:
        for piece in self._writer.write(messages):
            if cancelled():
                return
            if isinstance(piece, Usage):
                draft.usage = piece
            else:
                draft.reply += piece
                yield piece

    def _checked(self, sentence: WrittenSentence, draft: _Draft) -> SentenceWritten | None:
        """The sentence as it goes into the answer; None where it is not supported."""
        text = sentence.text
        numbers = [n for n in sentence.citations if 1 <= n <= len(draft.offered)]
        if not numbers or len(text) > LONGEST_SENTENCE:
            draft.dropped += 1
            return None
        if any(text.casefold() == other.text.casefold() for other in draft.sentences):
            return None
        cited = [draft.offered[n - 1] for n in numbers]
        support = self._checker.check(
            text, [c.quote for c in cited], [c.publisher for c in cited if c.publisher]
        )
        if not support.supported:
            draft.dropped += 1
            return None
        own, new = draft.cite(numbers)
        kept = AnswerSentence(text=text, citations=own)
        draft.sentences.append(kept)
        return SentenceWritten(sentence=kept, citations=new)

    def _concluded(self, quoted: Answer, draft: _Draft, failure: str | None) -> Answer:
        """The answer in the model's words where there is one, or what stands in for it."""
        if failure is not None:
            return _noticed(quoted, _fallback(failure, quoted))
        if draft.sentences:
            return _worded(quoted, draft, self._writer.name)
        if words_of(draft.reply).strip(" .*\"'`").upper() == NOT_FOUND_WORD:
            if quoted.outcome is Outcome.NOT_FOUND:
                return quoted
            if quoted.confidence < self._sure:
                return _abstained(quoted)
            return _noticed(quoted, f"{_FINDS_NONE}; these are what answers best.")
        if not words_of(draft.reply):
            return _noticed(quoted, _fallback("it said nothing", quoted))
        reason = "nothing that it wrote is supported by the quotes it cites"
        if not draft.dropped:
            reason = "its reply cites no quote"
        return _noticed(quoted, _fallback(reason, quoted))


def _noticed(quoted: Answer, notice: str) -> Answer:
    """The quoted answer with one more thing to know about it."""
    return replace(quoted, notice=" ".join(filter(None, (quoted.notice, notice))))


def _fallback(reason: str, quoted: Answer) -> str:
    instead = "quoted" if quoted.outcome is Outcome.ANSWERED else "given without it"
    return f"The language model was no help ({reason}); this answer is {instead}."


def _worded(quoted: Answer, draft: _Draft, model: str) -> Answer:
    citations, disagreements = carried(
        _shown(quoted, draft.offered), quoted.citations, draft.citations
    )
    added = citations[len(draft.citations) :]
    sentences = [AnswerSentence(text=c.quote, citations=(c.n,)) for c in added]
    said = [f"{one.text} {''.join(f'[{n}]' for n in one.citations)}" for one in draft.sentences]
    if disagreements:
        said.append(differing(disagreements, citations, glossed))
    answer = replace(
        quoted,
        id=f"ans_{uuid.uuid4().hex}",
        outcome=Outcome.ANSWERED,
        answer=" ".join(said),
        short_answer=_still_said(quoted.short_answer, draft.sentences),
        sentences=(*draft.sentences, *sentences),
        citations=tuple(citations),
        agreement=_agreement(quoted, draft.citations),
        disagreements=disagreements,
        mode=LLM,
    )
    if draft.dropped:
        are = "sentence is" if draft.dropped == 1 else "sentences are"
        left_out = f"{draft.dropped} {are} left out: the quotes do not support what {model} wrote."
        return _noticed(answer, left_out)
    return answer


def _agreement(quoted: Answer, citations: Sequence[Citation]) -> Agreement:
    """Who of those cited says the same, as the quoted answer found it; else the first alone."""
    agreed = {(c.article_id, c.start, c.end) for c in quoted.citations
              if c.n in quoted.agreement.citations}  # fmt: skip
    same = [c for c in citations if (c.article_id, c.start, c.end) in agreed] or citations[:1]
    return Agreement(
        independent_publishers=min(len(same), max(1, quoted.agreement.independent_publishers)),
        publishers=tuple(dict.fromkeys(c.publisher for c in same if c.publisher)),
        citations=tuple(c.n for c in same),
    )


def _shown(quoted: Answer, offered: Sequence[Citation]) -> list[Disagreement]:
    """The disagreements of the quoted answer whose quotes may all be shown to a model."""
    places = {(c.article_id, c.start, c.end) for c in offered}
    shown = {c.n for c in quoted.citations if (c.article_id, c.start, c.end) in places}
    return [one for one in quoted.disagreements if shown.issuperset(one.citations)]


def _still_said(short_answer: str | None, sentences: Sequence[AnswerSentence]) -> str | None:
    """The reader's answering words, where the model's sentences hold them too."""
    if short_answer is None:
        return None
    said = any(short_answer.casefold() in sentence.text.casefold() for sentence in sentences)
    return short_answer if said else None


def _abstained(quoted: Answer) -> Answer:
    return replace(
        quoted,
        outcome=Outcome.NOT_FOUND,
        answer=NOT_FOUND,
        short_answer=None,
        sentences=(),
        citations=(),
        agreement=Agreement(independent_publishers=0),
        disagreements=(),
        mode=LLM,
        notice=f"{_FINDS_NONE}.",
    )
