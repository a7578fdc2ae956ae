"""Examples for the OpenAPI document: responses, and problems by status."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

QUOTE = "The ferry to Osk runs again from Monday, the harbour office said."

CITATION: dict[str, Any] = {
    "n": 1,
    "article_id": "art_5d01c2",
    "passage_id": "psg_5d01c2_0",
    "title": "Ferry to Osk runs again",
    "publisher": "Skerry Post",
    "url": "https://skerry.example/ferry",
    "published_at": "2026-03-06",
    "published_at_source": "dateline",
    "quote": QUOTE,
    "start": 0,
    "end": 65,
    "score": 0.94,
    "also_carried_by": [
        {"article_id": "art_91be07", "publisher": "Osk Gazette", "title": "Ferry is back"}
    ],
}

PASSAGE: dict[str, Any] = {
    "passage_id": "psg_5d01c2_0",
    "article_id": "art_5d01c2",
    "title": "Ferry to Osk runs again",
    "publisher": "Skerry Post",
    "url": "https://skerry.example/ferry",
    "published_at": "2026-03-06",
    "text": QUOTE,
    "start": 0,
    "end": 65,
    "score": 0.94,
    "dense": 0.71,
    "lexical": 8.2,
    "also_carried_by": [],
}

ANSWER: dict[str, Any] = {
    "id": "ans_20f7",
    "question": "When does the ferry to Osk run again?",
    "standalone_question": "When does the ferry to Osk run again?",
    "outcome": "answered",
    "answer": f"{QUOTE} [1]",
    "short_answer": "from Monday",
    "confidence": 0.91,
    "sentences": [{"text": QUOTE, "citations": [1]}],
    "citations": [CITATION],
    "agreement": {"independent_publishers": 1},
    "disagreements": [],
    "retrieved": [PASSAGE],
    "mode": "extractive",
    "timings_ms": {"retrieve": 4.2, "read": 61.0, "total": 66.1},
}

SEARCH: dict[str, Any] = {"question": ANSWER["question"], "passages": [PASSAGE]}

SUMMARY: dict[str, Any] = {
    "article_id": "art_5d01c2",
    "version": 1,
    "title": "Ferry to Osk runs again",
    "publisher": "Skerry Post",
    "url": "https://skerry.example/ferry",
    "published_at": "2026-03-06",
    "published_at_source": "dateline",
    "origin": "ferry.html",
    "story_id": "sty_5d01c2",
    "characters": 65,
    "passages": 1,
    "ingested_at": "2026-03-07T08:30:00Z",
}

PAGE: dict[str, Any] = {"articles": [SUMMARY], "total": 1, "limit": 20, "offset": 0}

ARTICLE: dict[str, Any] = {
    key: value for key, value in SUMMARY.items() if key not in {"characters", "passages"}
} | {
    "authors": ["Una Brae"],
    "published_at_confidence": "high",
    "content_hash": "9c1e…",
    "text": QUOTE,
}

INGESTED: dict[str, Any] = {
    "added": 1,
    "updated": 0,
    "unchanged": 0,
    "refused": 1,
    "seconds": 0.4,
    "items": [
        {
            "origin": "ferry.html",
            "outcome": "added",
            "article_id": "art_5d01c2",
            "title": "Ferry to Osk runs again",
            "passages": 1,
            "reason": None,
        },
        {
            "origin": "empty.txt",
            "outcome": "refused",
            "article_id": None,
            "title": None,
            "passages": 0,
            "reason": "the file holds no text",
        },
    ],
}

FEEDBACK: dict[str, Any] = {
    "answer_id": "ans_20f7",
    "rating": "up",
    "comment": "The day is right.",
    "rated_at": "2026-03-07T09:12:44Z",
}

HEALTH: dict[str, Any] = {"status": "ok"}
STATUS: dict[str, Any] = {
    "version": "0.2.0",
    "fingerprint": "4ade337fb4f9cbac584608d253af3beb67ef5269b85102ed81aa7ce65706abc6",
    "articles": 612,
    "passages": 4310,
    "models": {
        "embedding": "all-MiniLM-L6-v2@53aa51172d142c89",
        "reader": "similarity@c952ce8c67e1",
    },
    "settings": {"fusion": "min-max", "fusion_weight": 0.5, "read_passages": 8},
}
READY: dict[str, Any] = {"ready": True, "reasons": [], "articles": 612, "passages": 4310}
NOT_READY: dict[str, Any] = {
    "ready": False,
    "reasons": ["the dense index is 12 changes behind"],
    "articles": 612,
    "passages": 4310,
}

_PROBLEMS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "There was an error parsing the body", ""),
    401: (
        "key_missing",
        "This service asks for an API key",
        "Send the header Authorization: Bearer <key>; `quoth key create` makes one",
    ),
    403: (
        "scope_missing",
        "The API key key_4c1d has the scope ask; this needs ingest",
        "Use a key made with: quoth key create NAME --scope ingest",
    ),
    404: ("article_not_found", "No article has the id art_7f3a", ""),
    410: (
        "stream_gone",
        "The stream to go on with is not remembered",
        "Send the question without Last-Event-ID",
    ),
    413: ("body_too_large", "The request is larger than 1,048,576 bytes", ""),
    415: (
        "unsupported_media_type",
        "This route takes application/json",
        "Send the header Content-Type: application/json",
    ),
    422: ("invalid_request", "top_k: Input should be less than or equal to 100", ""),
    429: ("rate_limited", "Too many requests in a short time: 60 in 1 minute", "Try again soon"),
    503: (
        "busy",
        "Quoth is working on as many requests as it can",
        "Try again in a few seconds",
    ),
}
"""Status → code, detail and hint of a problem that has it."""


def problem(status: int, path: str) -> dict[str, Any]:
    """The problem document that a route might answer with."""
    code, detail, hint = _PROBLEMS[status]
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "hint": hint,
        "retryable": status in {429, 503},
        "request_id": "1f0c7a52d7e94e0e9a3d5a6f4a1b2c3d",
    }
    if status == 422:
        field = {"field": "top_k", "message": detail.partition(": ")[2], "code": "less_than_equal"}
        return document | {"errors": [field]}
    return document
