"""Trains the extractive reader from the embedding model's own weights.

    python -m reader_training.train SETS --out DIR --steps N

SETS is a folder with the public sets (see README.md here). Runs on CPU, in bfloat16, or on a GPU
where there is one; a run that was cut short goes on from its last checkpoint in DIR. DIR/model
receives a standard Hugging Face question-answering model.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from benchmarks.reader_retrieval import PackagedEmbedder
from index.embedding.export import weights_folder
from index.settings import BUILT_IN
from reader_training.batching import (
    BATCH,
    Encoded,
    batches,
    encode,
    paired_batches,
    pairs,
    reworded,
    tensors,
)
from reader_training.examples import Example, examples
from reader_training.rephrasing import Rephraser
from reader_training.sources import sources

LEARNING_RATE = 1e-4
WARM_UP = 100
"""Steps."""
DECAY = 0.3
"""Share of the steps, at the end, in which the learning rate falls to zero."""
CHECKPOINT_SECONDS = 200
SHARED = 0.5
"""Share of the batches that are of pairs, and weight of what they are taught besides."""
ALONE = {"answered": 0.55, "retrieved": 1.2, "changed": 1.0, "dropped": 0.7, "given": 1.5}
"""Part of its rate at which each kind is drawn for batches of single windows: pairs have answers
enough, and a window without one is the commoner case where several are read."""
SEED = 20261120


def training_examples(folder: Path, cache: Path | None) -> list[Example]:
    """All examples of all sets."""
    rng = random.Random(SEED)
    embedder = PackagedEmbedder(cache)
    found: list[Example] = []
    for source in sources(folder):
        made = examples(source, embedder, rng)
        seen: Counter[str] = Counter()
        for example in made:
            seen[example.kind] += 1
        print(source.archive.name, dict(seen), flush=True)
        found += made
    embedder.save()
    torch.set_num_threads(os.cpu_count() or 1)  # the embedder took one
    return found


def learning_rate(step: int, steps: int) -> float:
    """Warm-up, then level, then linear to zero (Hu et al. 2024, "WSD")."""
    decay = max(1, round(DECAY * steps))
    return LEARNING_RATE * min(1.0, (step + 1) / WARM_UP, (steps - step) / decay)


def new_model() -> Any:
    """The network with the embedding model's weights and a new head; word vectors stay as they
    are: there is too little text to move them well."""
    logging.getLogger("transformers").setLevel(logging.ERROR)  # the head is new, it says
    model = AutoModelForQuestionAnswering.from_pretrained(
        str(weights_folder(BUILT_IN)),
        attention_probs_dropout_prob=0.0,
        hidden_dropout_prob=0.0,
        attn_implementation="eager",
    )
    model.get_input_embeddings().weight.requires_grad_(False)
    return model


class Run:
    """A training run that can be taken up again."""

    def __init__(self, out: Path, steps: int) -> None:
        self._file = out / "checkpoint.pt"
        self._steps = steps
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(SEED)
        self.model = new_model().to(self._device)
        self._trained = [p for p in self.model.parameters() if p.requires_grad]
        self._optimiser = torch.optim.AdamW(
            self._trained, LEARNING_RATE, weight_decay=0.01, fused=True
        )
        self.step = 0
        out.mkdir(parents=True, exist_ok=True)
        if self._file.exists():
            held = torch.load(self._file, weights_only=True, map_location=self._device)
            self.model.load_state_dict(held["model"])
            self._optimiser.load_state_dict(held["optimiser"])
            self.step = int(held["step"])

    def save(self) -> None:
        """Write the checkpoint; one that was cut short is never left behind."""
        working = self._file.with_suffix(".part")
        torch.save(
            {"model": self.model.state_dict(), "optimiser": self._optimiser.state_dict(),
             "step": self.step}, working,
        )  # fmt: skip
        working.replace(self._file)

    def train(self, batch: dict[str, torch.Tensor], *, paired: bool = False) -> float:
        """One step; its loss. Of a batch of pairs, `shared_loss` is a part."""
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self._steps)
        given = {name: value.to(self._device) for name, value in batch.items()}
        with torch.autocast(self._device, dtype=torch.bfloat16):
            made = self.model(**given)
            loss = made.loss
            if paired:
                loss = loss + SHARED * shared_loss(made.start_logits, made.end_logits, given)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad()
        self.step += 1
        return float(loss.detach())


def shared_loss(
    starts: torch.Tensor, ends: torch.Tensor, batch: dict[str, torch.Tensor]
) -> torch.Tensor:
    """How surely start and end are found among the words of both windows of a pair: "shared
    normalisation" (Clark and Gardner 2018), which makes scores of windows comparable. The first
    of each two rows answers."""
    words = batch["attention_mask"].bool() & batch["token_type_ids"].bool()
    losses = []
    for logits, places in ((starts, "start_positions"), (ends, "end_positions")):
        both = logits.float().masked_fill(~words, -1e4).view(len(logits) // 2, -1)
        losses.append(cross_entropy(both, batch[places][0::2]))
    return torch.stack(losses).mean()


class Mixture:
    """Batches as training sees them: half of single windows, half of pairs, some reworded."""

    def __init__(self, encoded: Sequence[Encoded], tokenizer: Any, rng: random.Random) -> None:
        self._tokenizer = tokenizer
        self._rng = rng
        self._rephraser = Rephraser()
        alone = [replace(example, rate=example.rate * ALONE[example.kind]) for example in encoded]
        self._single = batches(alone, rng)
        self._pairs = paired_batches(pairs(encoded), rng)

    def draw(self) -> tuple[dict[str, torch.Tensor], bool]:
        """The next batch, and whether it is of pairs."""
        paired = self._rng.random() < SHARED
        batch = [
            reworded(example, self._tokenizer, self._rephraser, self._rng)
            for example in next(self._pairs if paired else self._single)
        ]
        return tensors(batch, self._tokenizer.mask_token_id, self._rng), paired


def train(found: Sequence[Example], out: Path, steps: int) -> None:
    """Train until `steps` are done."""
    tokenizer: Any = AutoTokenizer.from_pretrained(str(weights_folder(BUILT_IN)))  # type: ignore[no-untyped-call]
    encoded = encode(tokenizer, found)
    answered = sum(e.rate for e in encoded if e.end)
    total = sum(e.rate for e in encoded)
    print(f"{total:.0f} examples an epoch, {answered / total:.0%} answered", flush=True)
    run = Run(out, steps)
    run.model.train()
    mixture = Mixture(encoded, tokenizer, random.Random(SEED + run.step))
    started, saved, losses = time.monotonic(), time.monotonic(), []
    begun = run.step
    while run.step < steps:
        batch, paired = mixture.draw()
        losses.append(run.train(batch, paired=paired))
        now = time.monotonic()
        if run.step % 50 == 0:
            speed = (run.step - begun) * BATCH / (now - started)
            mean = sum(losses[-50:]) / len(losses[-50:])
            print(f"step {run.step}, {now - started:.0f} s, {speed:.1f} examples/s, "
                  f"loss {mean:.3f}", flush=True)  # fmt: skip
        if now - saved > CHECKPOINT_SECONDS:
            run.save()
            saved = now
    run.save()
    run.model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    train(training_examples(given.sets, given.cache), given.out, given.steps)


if __name__ == "__main__":
    main()
