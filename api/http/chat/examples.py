"""Example responses of chat and conversations for the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from api.http.examples import ANSWER, CITATION

_STREAM = "5b0c8e6f"


def _event(number: int, name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\nid: {_STREAM}:{number}\n\n"


EVENTS = "".join(
    [
        _event(1, "status", {"stage": "retrieving", "message": "searching the archive"}),
        _event(2, "status", {"stage": "reading", "message": "found 8 passages", "passages": 8}),
        _event(3, "sentence", ANSWER["sentences"][0]),
        _event(4, "citation", CITATION),
        _event(5, "answer", ANSWER),
        _event(6, "done", {"answer_id": ANSWER["id"], "conversation_id": None}),
    ]
)

SUMMARY: dict[str, Any] = {
    "conversation_id": "cnv_8d1f",
    "title": ANSWER["question"],
    "created_at": "2026-03-07T09:10:02Z",
    "updated_at": "2026-03-07T09:12:44Z",
    "turns": 1,
}

PAGE: dict[str, Any] = {"conversations": [SUMMARY], "total": 1, "limit": 20, "offset": 0}

CONVERSATION: dict[str, Any] = SUMMARY | {
    "turns": [
        {
            "question": ANSWER["question"],
            "answer": ANSWER,
            "asked_at": "2026-03-07T09:12:44Z",
        }
    ]
}

MARKDOWN = f"""\
# {ANSWER["question"]}

## {ANSWER["question"]}

{ANSWER["answer"]}

1. “{CITATION["quote"]}” — Ferry to Osk runs again, Skerry Post, 2026-03-06,
   <https://skerry.example/ferry>
"""
