"""Example responses of the OpenAI-compatible routes for the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from api.http.examples import ANSWER, QUOTE

MODEL: dict[str, Any] = {
    "id": "quoth",
    "object": "model",
    "created": 1_767_225_600,
    "owned_by": "quoth",
}
MODELS: dict[str, Any] = {"object": "list", "data": [MODEL, MODEL | {"id": "quoth-extractive"}]}

ERROR: dict[str, Any] = {
    "error": {
        "message": "The model 'gpt' does not exist. There are quoth and quoth-extractive",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }
}

_FOOTNOTE = "[1] Ferry to Osk runs again, Skerry Post, 2026-03-06, https://skerry.example/ferry"
_FRAME: dict[str, Any] = {
    "id": "chatcmpl-61f0",
    "object": "chat.completion",
    "created": 1_772_874_764,
    "model": "quoth",
    "system_fingerprint": None,
}
COMPLETION: dict[str, Any] = _FRAME | {
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": f"{QUOTE} [1]\n\n{_FOOTNOTE}",
                "refusal": None,
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 44, "total_tokens": 53},
    "quoth": ANSWER,
}


def _chunk(delta: dict[str, Any], finish_reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    frame = _FRAME | {"object": "chat.completion.chunk", "choices": [choice]}
    return f"data: {json.dumps(frame)}\n\n"


CHUNKS = "".join(
    [
        _chunk({"role": "assistant", "content": ""}),
        _chunk({"content": f"{QUOTE} [1]\n\n{_FOOTNOTE}"}),
        _chunk({}, "stop"),
        "data: [DONE]\n\n",
    ]
)

COMPLETED: dict[str, Any] = {
    "description": "The reply, whole or in chunks",
    "content": {
        "application/json": {"example": COMPLETION},
        "text/event-stream": {"example": CHUNKS},
    },
}
