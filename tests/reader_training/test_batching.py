"""Pairs of windows, and examples whose question is put in other words."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from index.embedding.export import weights_folder
from index.settings import BUILT_IN
from reader_training.batching import BATCH, encode, paired_batches, pairs, reworded
from reader_training.examples import Example
from reader_training.rephrasing import Rephraser
from reader_training.train import shared_loss
from tests.reader_training.wordnet import write_wordnet

CONTEXT = "The ferry hit a sandbank on Monday. Nobody was hurt."
OTHER = "The harbour was dredged in spring, and the ferry sailed again."


def example(number: int, kind: str) -> Example:
    """A question over a window that answers it, or over one that does not."""
    start = CONTEXT.index("a sandbank") if kind == "answered" else -1
    return Example(
        question=f"What did ferry number {number} hit?",
        context=CONTEXT if kind == "answered" else OTHER,
        start=start,
        end=start + len("a sandbank") if start >= 0 else -1,
        kind=kind,
        rate=1.0,
    )


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """The embedding model's, which the reader uses too."""
    return AutoTokenizer.from_pretrained(str(weights_folder(BUILT_IN)))  # type: ignore[no-untyped-call]


def test_a_pair_is_a_question_s_answer_and_what_was_found_besides(tokenizer: Any) -> None:
    kinds = ("answered", "retrieved")
    found = encode(tokenizer, [example(n, kind) for n in range(40) for kind in kinds])
    lonely = encode(tokenizer, [example(99, "answered")])
    made = pairs([*found, *lonely])
    assert len(made) == 40
    for batch in itertools.islice(paired_batches(made, random.Random(1)), 4):
        assert len(batch) == BATCH
        for answering, misleading in zip(batch[::2], batch[1::2], strict=True):
            assert answering.question == misleading.question
            assert (answering.end > 0, misleading.end) == (True, 0)


def test_the_shared_loss_sees_both_windows() -> None:
    words = torch.ones(2, 4, dtype=torch.long)
    batch = {
        "attention_mask": words,
        "token_type_ids": words,
        "start_positions": torch.tensor([1, 0]),
        "end_positions": torch.tensor([1, 0]),
    }
    right, misled = torch.zeros(2, 4), torch.zeros(2, 4)
    right[0, 1] = misled[0, 1] = 9.0
    misled[1, 2] = 12.0
    assert float(shared_loss(right, right, batch)) < 0.01
    assert float(shared_loss(misled, misled, batch)) > 2.0


def test_what_is_not_a_word_of_a_window_counts_for_nothing() -> None:
    words = torch.tensor([[0, 1, 1, 0], [0, 1, 1, 0]])
    places = torch.tensor([1, 0])
    batch = {
        "attention_mask": torch.ones_like(words),
        "token_type_ids": words,
        "start_positions": places,
        "end_positions": places,
    }
    logits = torch.zeros(2, 4)
    before = float(shared_loss(logits, logits, batch))
    logits[:, 0] = logits[:, 3] = 50.0
    assert float(shared_loss(logits, logits, batch)) == pytest.approx(before)


def test_the_answer_moves_with_a_reworded_question(tokenizer: Any, tmp_path: Path) -> None:
    rephraser = Rephraser(write_wordnet(tmp_path), ways={"framed": 1.0})
    (given,) = encode(tokenizer, [example(1, "answered")])
    made = reworded(given, tokenizer, rephraser, random.Random(3))
    assert made.question != given.question
    assert made.question_tokens > given.question_tokens
    said = [tokenizer.decode(e.ids[e.start : e.end + 1]) for e in (given, made)]
    assert said == ["a sandbank", "a sandbank"]
