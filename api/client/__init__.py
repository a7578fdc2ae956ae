"""Quoth from Python: `Quoth`, and `AsyncQuoth` for event loops.

    with Quoth("http://127.0.0.1:8000") as quoth:
        answer = quoth.ask("When does the ferry to Osk run again?")

They have the same methods: each is a function of `calls`, which says what is sent and what the
reply is read as.
"""

from api.client.clients import AsyncQuoth, Quoth
from api.client.errors import (
    AccessDenied,
    CallError,
    NotFound,
    ReplyUnreadable,
    RequestRefused,
    ServiceError,
    ServiceFailed,
    ServiceUnreachable,
    TimedOut,
    TooManyRequests,
)
from api.client.events import (
    AnswerTold,
    ChatEvent,
    CitationTold,
    Concluded,
    SentenceTold,
    StatusTold,
)

__all__ = [
    "AccessDenied",
    "AnswerTold",
    "AsyncQuoth",
    "CallError",
    "ChatEvent",
    "CitationTold",
    "Concluded",
    "NotFound",
    "Quoth",
    "ReplyUnreadable",
    "RequestRefused",
    "SentenceTold",
    "ServiceError",
    "ServiceFailed",
    "ServiceUnreachable",
    "StatusTold",
    "TimedOut",
    "TooManyRequests",
]
