"""Replies on disk, one JSON object a line: someone else's answers, or our own to go on from.

    {"id": "ferry-1", "answer": "It runs again from Monday. [1]", "short_answer": "Monday",
     "citations": [{"n": 1, "quote": "…", "article": "ferry.html"}],
     "retrieved": [{"text": "…", "article": "ferry.html"}], "milliseconds": 812.5}

Only `answer` is needed, and `id` or `question`. `docs/evaluation.md` describes each key. An Answer
as `quoth ask --json` prints it is such an object too, and so is a record of a RAGAS data set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from eval.answer_text import read_answer, sentences_of
from eval.invalid import describe_invalid
from eval.replies import Reply, ReplyCitation, ReplyPassage, ReplySentence, Usage
from index.errors import InputError
from rag.records import Outcome

FORMAT = "quoth-replies/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLine:
    """One line of a transcript."""

    number: int
    """From 1, as editors count."""
    id: str | None
    question: str | None
    """What was asked, where the line says so."""
    result: Reply | str
    """The reply, or the reason why there is none."""


def _from_text(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _article_ids(value: Any) -> Any:
    """Return ids where the articles that carry the same story are given in full."""
    if not isinstance(value, list):
        return value
    return [one.get("article_id", one) if isinstance(one, dict) else one for one in value]


_Copies = Annotated[tuple[str, ...], BeforeValidator(_article_ids)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Sentence(_Model):
    text: str
    citations: tuple[int, ...] = ()


class _Source(_Model):
    """What citations and passages have in common."""

    article: str | None = Field(
        default=None, validation_alias=AliasChoices("article", "article_id", "doc_id")
    )
    start: int | None = None
    end: int | None = None
    title: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    copies: _Copies = Field(default=(), validation_alias=AliasChoices("copies", "also_carried_by"))


class _Citation(_Source):
    n: int | None = None
    quote: str = Field(validation_alias=AliasChoices("quote", "text", "content"))
    url: str | None = None


class _Passage(_Source):
    text: str = Field(validation_alias=AliasChoices("text", "content", "page_content"))
    score: float | None = None
    reading: float | None = None


class _Usage(_Model):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)


class _Timings(_Model):
    total: float | None = Field(default=None, ge=0)


_Key = Annotated[str, Field(min_length=1)]


class _Line(_Model):
    id: _Key | None = Field(
        default=None, validation_alias=AliasChoices("id", "_id", "question_id", "query_id")
    )
    question: _Key | None = Field(
        default=None, validation_alias=AliasChoices("question", "user_input", "query")
    )
    answer: str | None = Field(default=None, validation_alias=AliasChoices("answer", "response"))
    outcome: Outcome | None = None
    short_answer: str | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    sentences: tuple[Annotated[_Sentence, BeforeValidator(_from_text)], ...] | None = None
    citations: tuple[Annotated[_Citation, BeforeValidator(_from_text)], ...] | None = None
    retrieved: tuple[Annotated[_Passage, BeforeValidator(_from_text)], ...] | None = Field(
        default=None, validation_alias=AliasChoices("retrieved", "contexts", "retrieved_contexts")
    )
    usage: _Usage | None = None
    milliseconds: float | None = Field(default=None, ge=0)
    warm_milliseconds: tuple[float, ...] = ()
    timings_ms: _Timings | None = None
    error: str | None = None


def read_transcript(path: Path) -> dict[str, Reply | str]:
    """Return question id → reply, or the reason why there is none, in file order.

    Raises: InputError, naming file and line, also where a line has no id.
    """
    found: dict[str, Reply | str] = {}
    for line in read_lines(path):
        if line.id is None:
            raise InputError(f"{path}:{line.number}: 'id' is missing")
        found[line.id] = line.result
    return found


def read_lines(path: Path, *, refusal: re.Pattern[str] | None = None) -> list[TranscriptLine]:
    """Return the lines of a transcript, in file order.

    A line that opens with `format` heads a file of Quoth's own and is passed over. `refusal` finds
    the answers that say that they do not know (see `read_answer`), where the line has no `outcome`.
    Raises: InputError, naming file and line.
    """
    lines: list[TranscriptLine] = []
    first_line: dict[tuple[str, str], int] = {}
    for number, text in _texts(path):
        place = f"{path}:{number}"
        parsed = _parse(text, place=place)
        if parsed is None:
            continue
        if parsed.id is None and parsed.question is None:
            raise InputError(f"{place}: 'id' is missing", hint="give 'id', or 'question'")
        key = ("id", parsed.id) if parsed.id is not None else ("question", parsed.question or "")
        first = first_line.setdefault(key, number)
        if first != number:
            raise InputError(
                f"{place}: the {key[0]} {key[1]!r} is already answered in line {first}"
            )
        result = parsed.error if parsed.error is not None else _reply(parsed, refusal, place=place)
        lines.append(
            TranscriptLine(number=number, id=parsed.id, question=parsed.question, result=result)
        )
    if not lines:
        raise InputError(f"{path} holds no answers", hint="one JSON object a line is expected")
    return lines


def transcript_line(question_id: str, reply: Reply) -> str:
    """Return the reply as a line of a transcript, with its line end."""
    return json.dumps({"id": question_id, **asdict(reply)}, ensure_ascii=False) + "\n"


def failure_line(question_id: str, reason: str) -> str:
    """Return why there is no reply as a line of a transcript, with its line end."""
    return json.dumps({"id": question_id, "error": reason}, ensure_ascii=False) + "\n"


def header_line(conditions: Mapping[str, Any]) -> str:
    """Return the line that heads a file of Quoth's own and says how it came to be."""
    return json.dumps({"format": FORMAT, **conditions}, ensure_ascii=False, sort_keys=True) + "\n"


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", hint="give the path of a JSONL file") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8", hint="save the file as UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line


def _parse(text: str, *, place: str) -> _Line | None:
    try:
        document = json.loads(text)
        if "\\ud" in text.lower():  # half a surrogate pair is no text, and could not be written
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        hint = "one JSON object a line is expected"
        raise InputError(f"{place}: not JSON ({error})", hint=hint) from error
    if isinstance(document, dict) and "format" in document and "id" not in document:
        return None
    try:
        return _Line.model_validate(document)
    except ValidationError as error:
        raise InputError(f"{place}: {describe_invalid(error)}") from error


def _reply(line: _Line, refusal: re.Pattern[str] | None, *, place: str) -> Reply:
    """Return the reply, with what the line leaves out read from the answer's words."""
    if line.answer is None and line.outcome is None and line.sentences is None:
        raise InputError(f"{place}: 'answer' is missing", hint="an empty one is no answer")
    outcome, sentences = _said(line, refusal)
    milliseconds = line.milliseconds
    if milliseconds is None and line.timings_ms is not None:
        milliseconds = line.timings_ms.total
    return Reply(
        outcome=outcome,
        answer=line.answer or " ".join(sentence.text for sentence in sentences),
        short_answer=line.short_answer,
        confidence=line.confidence,
        sentences=sentences,
        citations=_citations(line.citations),
        retrieved=_passages(line.retrieved),
        usage=None if line.usage is None else Usage(**line.usage.model_dump()),
        milliseconds=milliseconds,
        warm_milliseconds=line.warm_milliseconds,
    )


def _said(
    line: _Line, refusal: re.Pattern[str] | None
) -> tuple[Outcome, tuple[ReplySentence, ...]]:
    """Return the outcome and the sentences: those of the line, else what the words tell."""
    given = None
    if line.sentences is not None:
        given = tuple(ReplySentence(text=s.text, citations=s.citations) for s in line.sentences)
    if line.outcome is Outcome.NOT_FOUND:
        return Outcome.NOT_FOUND, ()
    if line.outcome is Outcome.ANSWERED:
        return Outcome.ANSWERED, sentences_of(line.answer or "") if given is None else given
    words = line.answer or " ".join(sentence.text for sentence in given or ())
    said = read_answer(words, refusal=refusal)
    if said.outcome is Outcome.NOT_FOUND:
        return Outcome.NOT_FOUND, ()
    return Outcome.ANSWERED, said.sentences if given is None else given


def _citations(given: tuple[_Citation, ...] | None) -> tuple[ReplyCitation, ...] | None:
    """Return the citations; those without a number have that of their place in the list."""
    if given is None:
        return None
    return tuple(
        ReplyCitation(**(one.model_dump() | {"n": place if one.n is None else one.n}))
        for place, one in enumerate(given, start=1)
    )


def _passages(given: tuple[_Passage, ...] | None) -> tuple[ReplyPassage, ...] | None:
    return None if given is None else tuple(ReplyPassage(**one.model_dump()) for one in given)
