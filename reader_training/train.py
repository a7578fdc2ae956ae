"""Trains the extractive reader from the embedding model's own weights.

    python -m reader_training.train SETS --out DIR [--minutes 40 | --steps N]

SETS is a folder with the public sets (see README.md here). Runs on CPU, in bfloat16 where the
machine has it; DIR receives a standard Hugging Face question-answering model.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from benchmarks.reader_sets import held_out
from index.embedding.export import weights_folder
from index.settings import BUILT_IN
from reader_training.examples import Example, archives, examples

LEARNING_RATE = 1e-4
WARM_UP = 0.06
BATCH = 32
MAX_TOKENS = 192
SHAPES = 32
"""Batches are padded to multiples of this: each new shape costs a compilation on CPU."""
ANSWERABLE = 8000
MISLEADING = 0.4
SEED = 20261120


def training_examples(folder: Path) -> list[Example]:
    """All examples, without the paragraphs that are kept for calibration, shuffled."""
    chance = random.Random(SEED)
    found: list[Example] = []
    for archive in archives(folder):
        archive.cases[:] = [case for case in archive.cases if not held_out(case.group)]
        made = list(examples(archive, chance, answerable=ANSWERABLE, misleading=MISLEADING))
        print(archive.name, len(made), sum(e.start >= 0 for e in made), flush=True)
        found += made
    chance.shuffle(found)
    return found


def batches(found: Sequence[Example], chance: random.Random) -> Iterator[list[Example]]:
    """Endless batches of examples of like length."""
    order = list(range(len(found)))
    while True:
        chance.shuffle(order)
        for first in range(0, len(order), BATCH * 50):
            part = sorted(order[first : first + BATCH * 50], key=lambda i: len(found[i].context))
            groups = [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
            chance.shuffle(groups)
            for group in (group for group in groups if len(group) == BATCH):
                yield [found[i] for i in group]


def encode(tokenizer: Any, batch: Sequence[Example]) -> dict[str, torch.Tensor]:
    """Model inputs with start and end positions; 0 (the first token) says: not answered here."""
    encoded = tokenizer(
        [e.question for e in batch],
        [e.context for e in batch],
        truncation="only_second",
        max_length=MAX_TOKENS,
        padding=True,
        pad_to_multiple_of=SHAPES,
        return_tensors="pt",
    )
    starts, ends = [], []
    for row, example in enumerate(batch):
        first = last = None
        if example.start >= 0:
            first = encoded.char_to_token(row, example.start, sequence_index=1)
            last = encoded.char_to_token(row, example.end - 1, sequence_index=1)
        whole = first is not None and last is not None
        starts.append(first if whole else 0)
        ends.append(last if whole else 0)
    inputs: dict[str, torch.Tensor] = dict(encoded)
    return inputs | {"start_positions": torch.tensor(starts), "end_positions": torch.tensor(ends)}


def train(found: Sequence[Example], out: Path, *, minutes: float, steps: int | None) -> None:
    """Train until the time or the steps are used up; the learning rate ends at zero."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    folder = str(weights_folder(BUILT_IN))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForQuestionAnswering.from_pretrained(folder)
    model.train()
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=0.01, fused=True)
    started, seen, losses = time.monotonic(), 0, []
    for step, batch in enumerate(batches(found, chance)):
        elapsed = (time.monotonic() - started) / 60
        done = step / steps if steps else elapsed / minutes
        if done >= 1:
            break
        scale = min(done / WARM_UP, (1 - done) / (1 - WARM_UP))
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * max(scale, 0.01)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(**encode(tokenizer, batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        seen += len(batch)
        losses.append(float(loss))
        if step % 50 == 49:
            mean = sum(losses[-50:]) / 50
            print(f"{elapsed:.1f} min, {seen} examples, loss {mean:.3f}", flush=True)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--steps", type=int, help="a fixed number, for a run that can be repeated")
    given = parser.parse_args()
    train(training_examples(given.sets), given.out, minutes=given.minutes, steps=given.steps)


if __name__ == "__main__":
    main()
