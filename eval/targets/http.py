"""A target by URL: a running Quoth, asked over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from eval.deadlines import BoundedCalls
from eval.endpoints import is_service_url, shown_url
from eval.gold import GoldQuestion
from eval.replies import Reply, reply_of
from eval.targets.base import TOP_K, Articles, Corpus, Provenance
from eval.targets.references import ArticleNames, ReferenceIndex
from index.errors import InputError, QuothError, StoreUnavailable, TargetUnreadable
from index.records import ArticleSummary
from rag.records import Answer

if TYPE_CHECKING:
    import httpx

_PAGE_SIZE = 100


class _Listed(BaseModel):
    article_id: str
    url: str | None = None
    origin: str = ""


_AnyRow = TypeVar("_AnyRow", _Listed, ArticleSummary)


class _Listing(BaseModel, Generic[_AnyRow]):
    articles: list[_AnyRow]
    total: int


class _Stored(BaseModel):
    text: str


class _Status(BaseModel):
    version: str
    fingerprint: str
    articles: int
    passages: int
    models: dict[str, str]
    settings: dict[str, str | int | float | bool | None]


_Model = TypeVar("_Model", bound=BaseModel)


class HttpTarget:
    """Asks a running Quoth; milliseconds include the way there and back.

    Hold it in a `with` block, or close it. Nothing is sent until it is used; `connect` is the
    way to learn at once whether anyone answers.
    """

    def __init__(
        self, url: str, *, timeout_seconds: float = 60.0, headers: Mapping[str, str] | None = None
    ) -> None:
        """`timeout_seconds` are for a whole reply. Raises: InputError where the URL is none."""
        import httpx

        self._name = shown_url(url)
        if not is_service_url(url):
            raise InputError(f"{self._name!r} is not a URL", hint="give one like http://host:8000")
        self._seconds = timeout_seconds
        given = httpx.URL(url)
        self._client = httpx.AsyncClient(
            base_url=self._name,  # without the password, which would be logged
            auth=(given.username, given.password) if given.userinfo else None,
            headers=dict(headers or {}),
            timeout=None,  # noqa: S113 - `BoundedCalls` has the clock
        )
        self._calls = BoundedCalls(self._client.aclose)
        self._texts: dict[str, str | None] = {}

    @classmethod
    def connect(
        cls, url: str, *, timeout_seconds: float = 60.0, headers: Mapping[str, str] | None = None
    ) -> Self:
        """Return a target whose archive has been listed. Raises: StoreUnavailable."""
        target = cls(url, timeout_seconds=timeout_seconds, headers=headers)
        try:
            target.resolve("")
        except QuothError:
            target.close()
            raise
        return target

    @property
    def name(self) -> str:
        """The URL, without a user or password in it."""
        return self._name

    @property
    def articles(self) -> Articles:
        """The service's archive."""
        return self

    @property
    def conversational(self) -> bool:
        """False: questions are asked one by one."""
        return False

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:  # noqa: ARG002
        """Return nothing: it can be asked anything."""
        return []

    def provenance(self) -> Provenance:
        """Return what the service says of itself; nothing where it is too old to say."""
        response = self._send("GET", "/v1/status", allow_missing=True)
        if response.status_code == 404:
            return Provenance()
        status = self._parse(_Status, response, "a status")
        return Provenance(
            version=status.version,
            corpus=Corpus(
                fingerprint=status.fingerprint, articles=status.articles, passages=status.passages
            ),
            models=status.models,
            settings=status.settings,
        )

    def ask(self, question: GoldQuestion) -> Reply:
        """Return the service's answer. Raises: QuothError where it gives none, or no Answer."""
        body: dict[str, Any] = {"question": question.question, "top_k": TOP_K}
        if question.as_of is not None:
            body["as_of"] = question.as_of.isoformat()
        started = time.perf_counter()
        response = self._send("POST", "/v1/ask", body=body)
        milliseconds = (time.perf_counter() - started) * 1000
        return reply_of(self._answer(response), milliseconds)

    def article_text(self, article_id: str) -> str | None:
        """Return the stored text; None where the service knows no such article."""
        if article_id not in self._texts:
            path = f"/v1/articles/{quote(article_id, safe='')}"
            response = self._send("GET", path, allow_missing=True)
            missing = response.status_code == 404
            self._texts[article_id] = (
                None if missing else self._parse(_Stored, response, "an article").text
            )
        return self._texts[article_id]

    def resolve(self, article_ref: str) -> frozenset[str]:
        """Return the ids of the articles that the reference names."""
        return self._references.resolve(article_ref)

    def summaries(self) -> Iterator[ArticleSummary]:
        """Return the service's listing in full, newest publication first."""
        return self._listed(_Listing[ArticleSummary])

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def _references(self) -> ReferenceIndex:
        return ReferenceIndex(
            ArticleNames(listed.article_id, listed.url, listed.origin)
            for listed in self._listed(_Listing[_Listed])
        )

    def _listed(self, kind: type[_Listing[_AnyRow]]) -> Iterator[_AnyRow]:
        """Yield the listing page by page, no article twice."""
        seen: set[str] = set()
        offset = 0
        while True:
            path = f"/v1/articles?limit={_PAGE_SIZE}&offset={offset}"
            page = self._parse(kind, self._send("GET", path), "a listing of articles")
            for row in page.articles:
                if row.article_id not in seen:
                    yield row
            known = len(seen)
            seen.update(row.article_id for row in page.articles)
            offset += len(page.articles)
            if not page.articles or offset >= page.total:
                return
            if len(seen) == known:
                raise TargetUnreadable(
                    f"{self._name} lists the same articles again and again:"
                    f" {known} of the {page.total} that it says it has"
                )

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        allow_missing: bool = False,
    ) -> httpx.Response:
        import httpx

        send = partial(self._client.request, method, path, json=body)
        try:
            response = self._calls.run(send, seconds=self._seconds)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise StoreUnavailable(
                f"{self._name} did not answer within {self._seconds:g} seconds"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreUnavailable(
                f"no Quoth answers at {self._name}", hint="start it, or correct the URL"
            ) from error
        if response.is_success or (allow_missing and response.status_code == 404):
            return response
        if response.status_code == 404:
            raise InputError(
                f"{self._name} is no Quoth ({method} {path.partition('?')[0]}: 404)",
                hint="give the URL of a running Quoth",
            )
        refused = InputError if response.is_client_error else StoreUnavailable
        raise refused(f"{self._name} answered {response.status_code}{_detail(response)}")

    def _answer(self, response: httpx.Response) -> Answer:
        try:
            document = json.loads(response.content, parse_constant=_refuse_constant)
            return TypeAdapter(Answer).validate_python(_complete(document))
        except ValueError as error:  # not JSON, or not an Answer
            raise self._unreadable("an answer", error) from error

    def _parse(self, model: type[_Model], response: httpx.Response, what: str) -> _Model:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as error:
            raise self._unreadable(what, error) from error

    def _unreadable(self, what: str, error: ValueError) -> QuothError:
        reason = str(error)
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False)[0]
            reason = ": ".join(filter(None, [".".join(map(str, first["loc"])), first["msg"]]))
        return TargetUnreadable(f"{self._name} sent {what} that cannot be read ({reason})")


def _refuse_constant(name: str) -> Any:
    """Refuse NaN and infinities, which are no JSON and cannot be written down again."""
    raise ValueError(f"{name} is not JSON")


def _complete(document: Any) -> Any:
    """Return an Answer's JSON with the keys that the contract leaves open set to null."""
    if not isinstance(document, dict) or not isinstance(document.get("retrieved"), list):
        return document
    open_keys = {"publisher": None, "url": None, "published_at": None}
    passages = [
        open_keys | passage if isinstance(passage, dict) else passage
        for passage in document["retrieved"]
    ]
    return document | {"retrieved": passages}


def _detail(response: httpx.Response) -> str:
    """Return what a problem document (RFC 9457) says, or nothing."""
    try:
        document = response.json()
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    said = document.get("detail") or document.get("title")
    return f": {' '.join(said.split())}" if isinstance(said, str) else ""
