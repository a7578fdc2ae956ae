"""The latest answers, kept in memory until somebody rates them."""

from __future__ import annotations

import json
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from pydantic import TypeAdapter

from index.records import Filters, GivenAnswer
from rag.records import Answer, Query

MOST_ANSWERS = 10_000
FASTEST = 1
"""The compression level: an answer is some 10 kB of JSON, most of it passages, and a third of
that after a tenth of a millisecond."""
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    filters: Filters
    document: bytes
    """The Answer as JSON, compressed."""


class GivenAnswers:
    """Remembers answers, and forgets those first that were longest not asked for."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._packed: OrderedDict[str, _Packed] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, query: Query, answer: Answer) -> None:
        """Keep an answer."""
        packed = _Packed(
            filters=query.filters, document=zlib.compress(_answer.dump_json(answer), FASTEST)
        )
        with self._lock:
            self._packed[answer.id] = packed
            self._packed.move_to_end(answer.id)
            if len(self._packed) > self._most:
                self._packed.popitem(last=False)

    def get(self, answer_id: str) -> GivenAnswer | None:
        """The answer with this id, or None where it is not remembered."""
        with self._lock:
            packed = self._packed.get(answer_id)
            if packed is None:
                return None
            self._packed.move_to_end(answer_id)
        document = json.loads(zlib.decompress(packed.document))
        return GivenAnswer(
            answer_id=answer_id,
            question=document["question"],
            filters=packed.filters,
            document=document,
        )

    def __len__(self) -> int:
        return len(self._packed)
