"""Which scope a request needs. One table for the guard and for the OpenAPI document."""

from __future__ import annotations

from index.catalogue.keys import Scope

OPEN = frozenset({"/", "/docs", "/openapi.json", "/healthz", "/readyz", "/slack/events"})
"""Asked for without a key: pages hold nothing of the archive, probes say no more than whether all
is well, and Slack signs what it sends."""
ASSETS = "/assets/"
READING = frozenset({"GET", "HEAD"})
ARTICLES = "/v1/articles"
ASKING = (
    "/v1/ask",
    "/v1/chat",
    "/v1/conversations",
    "/v1/feedback",
    "/v1/models",
    "/v1/publishers",
    "/v1/search",
    "/v1/status",
    "/mcp",
)


def required_scope(method: str, path: str) -> Scope | None:
    """The scope that a request needs, or None where it needs no key. A path that nobody thought of
    is for the keeper of the service only."""
    if path in OPEN or path.startswith(ASSETS):
        return None
    if _is_under(path, ARTICLES):
        return Scope.ASK if method in READING else Scope.INGEST
    if any(_is_under(path, each) for each in ASKING):
        return Scope.ASK
    return Scope.ADMIN


def _is_under(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
