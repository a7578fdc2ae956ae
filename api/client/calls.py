"""Every call that the service takes: what is sent, and what the reply is read as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter

from api.http.schemas import (
    ArticleDocument,
    FeedbackResult,
    Ingest,
    IngestResult,
    SearchResults,
    Status,
)
from index.catalogue.conversations import Conversation, ConversationPage, ConversationSummary
from index.catalogue.history import ArticleVersion, PublisherCount
from index.records import ArticlePage, Filters, Rating, Readiness
from rag.records import Answer, Turn

T = TypeVar("T")
Files = list[tuple[str, tuple[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request, and how its reply is read."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    read: Callable[[bytes], T]
    """Raises: ValueError where the body of the reply is none of Quoth's."""
    query: Mapping[str, str | int] | None = None
    body: Any = None
    """Sent as JSON, where there are no files."""
    files: Sequence[Path] = ()
    form: Mapping[str, str] | None = None
    """Fields that go with the files."""
    also_read: frozenset[int] = frozenset()
    """Statuses besides those of success whose body is a reply, not an error."""

    @contextmanager
    def opened_files(self) -> Iterator[Files | None]:
        """The files to send, open meanwhile; None where there are none."""
        with ExitStack() as stack:
            yield [
                ("files", (path.name, stack.enter_context(path.open("rb")))) for path in self.files
            ] or None


# -- questions ------------------------------------------------------------------------------


def ask(
    question: str,
    *,
    filters: Filters | None = None,
    top_k: int | None = None,
    mode: Literal["extractive"] | None = None,
    explain: bool = False,
) -> Call[Answer]:
    """Answer a question in the articles' own words; `not_found` is an answer like any other."""
    more = {"top_k": top_k, "mode": mode, "explain": explain or None}
    body = {"question": question} | _filtered(filters) | _given(more)
    return Call(method="POST", path="/v1/ask", body=body, read=_read(Answer))


def search(
    question: str, *, filters: Filters | None = None, top_k: int | None = None
) -> Call[SearchResults]:
    """List the passages nearest to a question, nearest first, without answering it."""
    body = {"question": question} | _filtered(filters) | _given({"top_k": top_k})
    return Call(method="POST", path="/v1/search", body=body, read=_read(SearchResults))


def chat(
    question: str,
    *,
    history: Sequence[Turn] = (),
    conversation_id: str | None = None,
    filters: Filters | None = None,
    top_k: int | None = None,
    mode: Literal["extractive"] | None = None,
) -> Call[Answer]:
    """Answer a question that may lean on what was said before: in `history`, or in a stored
    conversation, which the answer joins."""
    turns = [*history, Turn(role="user", content=question)]
    messages = [{"role": turn.role, "content": turn.content} for turn in turns]
    more = {"conversation_id": conversation_id, "top_k": top_k, "mode": mode}
    body = {"messages": messages} | _filtered(filters) | _given(more)
    return Call(method="POST", path="/v1/chat", body=body, read=_read(Answer))


def rate(
    answer_id: str, rating: Rating | Literal["up", "down"], *, comment: str | None = None
) -> Call[FeedbackResult]:
    """Say whether an answer was good. Another rating replaces the first."""
    body = {"answer_id": answer_id, "rating": str(rating)} | _given({"comment": comment})
    return Call(method="POST", path="/v1/feedback", body=body, read=_read(FeedbackResult))


# -- conversations --------------------------------------------------------------------------


def create_conversation(*, title: str | None = None) -> Call[ConversationSummary]:
    """Begin a conversation that is kept."""
    body = _given({"title": title})
    return Call(method="POST", path="/v1/conversations", body=body, read=_read(ConversationSummary))


def conversations(*, limit: int = 20, offset: int = 0) -> Call[ConversationPage]:
    """List conversations page by page, the one that was last added to first."""
    query = {"limit": limit, "offset": offset}
    return Call(method="GET", path="/v1/conversations", query=query, read=_read(ConversationPage))


def conversation(conversation_id: str) -> Call[Conversation]:
    """One conversation with all its questions and answers, oldest first."""
    path = f"/v1/conversations/{_segment(conversation_id)}"
    return Call(method="GET", path=path, read=_read(Conversation))


def rename_conversation(conversation_id: str, title: str) -> Call[ConversationSummary]:
    """Give a conversation another title."""
    path = f"/v1/conversations/{_segment(conversation_id)}"
    return Call(method="PATCH", path=path, body={"title": title}, read=_read(ConversationSummary))


def delete_conversation(conversation_id: str) -> Call[None]:
    """Delete a conversation with all that was said in it."""
    path = f"/v1/conversations/{_segment(conversation_id)}"
    return Call(method="DELETE", path=path, read=_nothing)


def export_conversation(
    conversation_id: str, *, export_format: Literal["json", "markdown"] = "markdown"
) -> Call[str]:
    """One conversation as the text of a file."""
    path = f"/v1/conversations/{_segment(conversation_id)}/export"
    return Call(method="GET", path=path, query={"format": export_format}, read=bytes.decode)


# -- the archive ----------------------------------------------------------------------------


def articles(
    *,
    limit: int = 20,
    offset: int = 0,
    publisher: str | None = None,
    contains: str | None = None,
) -> Call[ArticlePage]:
    """List the archive page by page, newest publication first; `contains` are words of titles."""
    query = {"limit": limit, "offset": offset}
    query |= _given({"publisher": publisher, "contains": contains})
    return Call(method="GET", path="/v1/articles", query=query, read=_read(ArticlePage))


def article(article_id: str) -> Call[ArticleDocument]:
    """One article with its stored text, into which all offsets point (code points)."""
    path = f"/v1/articles/{_segment(article_id)}"
    return Call(method="GET", path=path, read=_read(ArticleDocument))


def article_versions(article_id: str) -> Call[Sequence[ArticleVersion]]:
    """All versions of an article, newest first, without their texts."""
    path = f"/v1/articles/{_segment(article_id)}/versions"
    return Call(method="GET", path=path, read=_read_list(ArticleVersion, "versions"))


def article_version(article_id: str, version: int) -> Call[ArticleDocument]:
    """An article as it was in one version, with the text of that version."""
    path = f"/v1/articles/{_segment(article_id)}/versions/{version}"
    return Call(method="GET", path=path, read=_read(ArticleDocument))


def publishers() -> Call[Sequence[PublisherCount]]:
    """Publishers of what is held, by name, and how many articles are theirs."""
    read = _read_list(PublisherCount, "publishers")
    return Call(method="GET", path="/v1/publishers", read=read)


def add_articles(records: Iterable[Mapping[str, Any]]) -> Call[IngestResult]:
    """Take in records with the fields of article JSONL. What cannot be used is listed with its
    reason; where nothing can be, that is an error."""
    return Call(method="POST", path="/v1/articles", body=list(records), read=_read(IngestResult))


def upload(paths: Iterable[Path | str], *, publisher: str | None = None) -> Call[IngestResult]:
    """Take in files, under their own names; `publisher` is that of all of them."""
    return Call(
        method="POST",
        path="/v1/articles",
        files=[Path(path) for path in paths],
        form=_given({"publisher": publisher}),
        read=_read(IngestResult),
    )


def delete_article(article_id: str) -> Call[None]:
    """Take an article out of the archive, with everything derived from it."""
    return Call(method="DELETE", path=f"/v1/articles/{_segment(article_id)}", read=_nothing)


def ingests(*, limit: int = 10) -> Call[Sequence[Ingest]]:
    """The latest ingests, newest first, with what each refused and why; for the scope `admin`."""
    read = _read_list(Ingest, "ingests")
    return Call(method="GET", path="/v1/ingests", query={"limit": limit}, read=read)


def status() -> Call[Status]:
    """What answers depend on: the corpus, the models, the settings."""
    return Call(method="GET", path="/v1/status", read=_read(Status))


def readiness() -> Call[Readiness]:
    """Whether questions can be answered now, and why not."""
    return Call(method="GET", path="/readyz", read=_read(Readiness), also_read=frozenset({503}))


# -- the parts of a call --------------------------------------------------------------------


def _read(kind: type[T]) -> Callable[[bytes], T]:
    def read(body: bytes) -> T:
        return TypeAdapter(kind).validate_json(body)

    return read


def _read_list(kind: type[T], name: str) -> Callable[[bytes], Sequence[T]]:
    """The list that is all there is in an object."""

    def read(body: bytes) -> Sequence[T]:
        adapter: TypeAdapter[dict[str, list[T]]] = TypeAdapter(dict[str, list[kind]])  # type: ignore[valid-type]
        found = adapter.validate_json(body)
        if name not in found:
            raise ValueError(f"there are no {name}")
        return found[name]

    return read


def _nothing(_body: bytes) -> None:
    return None


def _segment(text: str) -> str:
    """The text as one segment of a path, whatever is in it."""
    return quote(text, safe="")


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _filtered(filters: Filters | None) -> dict[str, Any]:
    if filters is None:
        return {}
    days = {"since": filters.since, "until": filters.until, "as_of": filters.as_of}
    found: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
    if filters.publishers:
        found["publishers"] = list(filters.publishers)
    return found
