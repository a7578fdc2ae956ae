"""Example responses for the OpenAPI document."""

from __future__ import annotations

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
