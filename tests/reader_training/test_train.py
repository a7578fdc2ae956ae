"""Batches, masking, the schedule, and a run that is cut short and taken up again."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from reader_training.batching import BATCH, SHAPES, Encoded, batches, tensors
from reader_training.train import LEARNING_RATE, Run, learning_rate

MASK = 103


def encoded(number: int, *, rate: float = 1.0) -> Encoded:
    """An example of 20 to 60 tokens."""
    length = 20 + number % 41
    return Encoded([101, *range(1000, 998 + length), 102], 6, 8, 9, rate)


def test_each_batch_is_whole_and_its_examples_alike_in_length() -> None:
    found = [encoded(number) for number in range(BATCH * 40)]
    drawn = list(itertools.islice(batches(found, random.Random(1)), 30))
    assert all(len(batch) == BATCH for batch in drawn)
    assert all(max(map(length, b)) - min(map(length, b)) <= 10 for b in drawn)


def length(example: Encoded) -> int:
    """In tokens."""
    return len(example.ids)


def test_rates_are_how_often_an_epoch_sees_an_example() -> None:
    often, seldom = encoded(1, rate=2.0), encoded(2, rate=0.25)
    found = [often] * 400 + [seldom] * 400
    epoch = (400 * 2 + 100) // BATCH
    drawn = itertools.chain.from_iterable(itertools.islice(batches(found, random.Random(1)), epoch))
    share = sum(example is seldom for example in drawn) / (epoch * BATCH)
    assert share == pytest.approx(1 / 9, abs=0.05)


def test_only_words_of_the_window_are_masked() -> None:
    made = tensors([encoded(n) for n in range(BATCH)], MASK, random.Random(1))
    ids, types = made["input_ids"], made["token_type_ids"]
    masked = ids == MASK
    assert 0 < masked.sum() < 0.1 * types.sum()
    assert bool((types[masked] == 1).all())
    assert ids.shape[1] % SHAPES == 0
    assert made["attention_mask"].sum(1).tolist() == [20 + n for n in range(BATCH)]


def test_the_schedule_rises_stays_and_falls() -> None:
    rates = [learning_rate(step, 1000) for step in range(1000)]
    assert max(rates) == LEARNING_RATE
    assert rates[:101] == sorted(rates[:101])
    assert set(rates[100:700]) == {LEARNING_RATE}
    assert rates[700:] == sorted(rates[700:], reverse=True)
    assert rates[-1] < LEARNING_RATE / 200


def test_a_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    batch = tensors([encoded(0)], MASK, random.Random(1))  # without AVX-512 a step takes seconds
    run = Run(tmp_path, 10)
    first = run.train(batch)
    run.save()
    second = run.train(batch)
    again = Run(tmp_path, 10)
    assert again.step == 1
    assert again.train(batch) == pytest.approx(second)
    assert second < first
