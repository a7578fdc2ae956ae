"""Examples in tokens, and batches of them: of single windows, and of pairs for one question."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from reader_training.examples import Example
from reader_training.rephrasing import Rephraser

BATCH = 16
MAX_TOKENS = 192
SHAPES = 32
"""Batches are padded to multiples of this: each new shape costs a compilation on CPU."""
SORTED = 20
"""Batches among which examples of like length are put together."""
MASKED = 0.05
"""Share of the context's tokens that the model does not see: in place of dropout, which costs
half the speed on CPU."""
PAIRED = 0.6
"""Times that an epoch draws a pair, for each time that it sees the question answered."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in tokens."""

    ids: list[int]
    question_tokens: int
    start: int
    """Of the answer; 0, the first token, says: not answered here."""
    end: int
    rate: float
    question: str = ""
    kind: str = "answered"


class Pair(NamedTuple):
    """What a question is paired from: windows that answer it, and those that retrieval finds
    besides."""

    answering: list[Encoded]
    misleading: list[Encoded]

    @property
    def rate(self) -> float:
        """Times that an epoch draws it."""
        return PAIRED * sum(example.rate for example in self.answering)


def encode(tokenizer: Any, found: Sequence[Example]) -> list[Encoded]:
    """Examples in tokens; answers that are cut off are left out."""
    encoded = tokenizer(
        [e.question for e in found],
        [e.context for e in found],
        truncation="only_second",
        max_length=MAX_TOKENS,
    )
    made = []
    for row, example in enumerate(found):
        first = last = 0
        if example.start >= 0:
            first = encoded.char_to_token(row, example.start, sequence_index=1)
            last = encoded.char_to_token(row, example.end - 1, sequence_index=1)
            if first is None or last is None:
                continue
        question = sum(t == 0 for t in encoded["token_type_ids"][row])
        ids = encoded["input_ids"][row]
        made.append(
            Encoded(ids, question, first, last, example.rate, example.question, example.kind)
        )
    return made


def reworded(example: Encoded, tokenizer: Any, rephraser: Rephraser, rng: random.Random) -> Encoded:
    """The example, now and then with its question in other words."""
    question = rephraser.rephrased(example.question, rng)
    if question == example.question:
        return example
    asked = tokenizer(question)["input_ids"]
    shift = len(asked) - example.question_tokens
    ids = asked + example.ids[example.question_tokens :]
    if len(ids) > MAX_TOKENS:
        return example
    start, end = (example.start + shift, example.end + shift) if example.end else (0, 0)
    return Encoded(ids, len(asked), start, end, example.rate, question, example.kind)


def batches(found: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Endless batches of examples of like length; each epoch draws examples by their rate."""
    while True:
        drawn = [e for e in found for _ in range(_times(e.rate, rng))]
        rng.shuffle(drawn)
        for first in range(0, len(drawn), BATCH * SORTED):
            part = sorted(drawn[first : first + BATCH * SORTED], key=lambda e: len(e.ids))
            yield from _shuffled([part[i : i + BATCH] for i in range(0, len(part), BATCH)], rng)


def pairs(found: Sequence[Encoded]) -> list[Pair]:
    """The questions that have windows of both sorts."""
    of: dict[str, Pair] = defaultdict(lambda: Pair([], []))
    for example in found:
        if example.kind == "answered":
            of[example.question].answering.append(example)
        elif example.kind == "retrieved":
            of[example.question].misleading.append(example)
    return [pair for pair in of.values() if pair.answering and pair.misleading]


def paired_batches(found: Sequence[Pair], rng: random.Random) -> Iterator[list[Encoded]]:
    """Endless batches in which a window that answers is followed by one that does not."""
    half = BATCH // 2
    while True:
        drawn = [
            (rng.choice(pair.answering), rng.choice(pair.misleading))
            for pair in found
            for _ in range(_times(pair.rate, rng))
        ]
        rng.shuffle(drawn)
        for first in range(0, len(drawn), half * SORTED):
            part = sorted(
                drawn[first : first + half * SORTED],
                key=lambda pair: max(len(pair[0].ids), len(pair[1].ids)),
            )
            groups = [[e for pair in part[i : i + half] for e in pair]
                      for i in range(0, len(part), half)]  # fmt: skip
            yield from _shuffled(groups, rng)


def tensors(
    batch: Sequence[Encoded], mask_token: int, rng: random.Random
) -> dict[str, torch.Tensor]:
    """Model inputs, (batch, tokens) each, with start and end positions."""
    longest = max(len(e.ids) for e in batch)
    width = -(-longest // SHAPES) * SHAPES
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    types, attended = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, example in enumerate(batch):
        length = len(example.ids)
        hidden = list(example.ids)
        for i in range(example.question_tokens, length - 1):
            if rng.random() < MASKED:
                hidden[i] = mask_token
        ids[row, :length] = torch.tensor(hidden)
        types[row, example.question_tokens : length] = 1
        attended[row, :length] = 1
    return {
        "input_ids": ids,
        "token_type_ids": types,
        "attention_mask": attended,
        "start_positions": torch.tensor([e.start for e in batch]),
        "end_positions": torch.tensor([e.end for e in batch]),
    }


def _shuffled(groups: list[list[Encoded]], rng: random.Random) -> Iterator[list[Encoded]]:
    """The whole batches among the groups, in any order."""
    rng.shuffle(groups)
    return (group for group in groups if len(group) == BATCH)


def _times(rate: float, rng: random.Random) -> int:
    return int(rate) + (rng.random() < rate - int(rate))
