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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from benchmarks.reader_retrieval import PackagedEmbedder
from index.embedding.export import weights_folder
from index.settings import BUILT_IN
from reader_training.examples import Example, examples
from reader_training.sources import sources

LEARNING_RATE = 1e-4
WARM_UP = 100
"""Steps."""
DECAY = 0.3
"""Share of the steps, at the end, in which the learning rate falls to zero."""
BATCH = 16
MAX_TOKENS = 192
SHAPES = 32
"""Batches are padded to multiples of this: each new shape costs a compilation on CPU."""
SORTED = 20
"""Batches among which examples of like length are put together."""
MASKED = 0.05
"""Share of the context's tokens that the model does not see: in place of dropout, which costs
half the speed on CPU."""
CHECKPOINT_SECONDS = 200
SEED = 20261120


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in tokens."""

    ids: list[int]
    question_tokens: int
    start: int
    """Of the answer; 0, the first token, says: not answered here."""
    end: int
    rate: float


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
        made.append(Encoded(encoded["input_ids"][row], question, first, last, example.rate))
    return made


def batches(found: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Endless batches of examples of like length; each epoch draws examples by their rate."""
    while True:
        drawn = [e for e in found for _ in range(_times(e.rate, rng))]
        rng.shuffle(drawn)
        for first in range(0, len(drawn), BATCH * SORTED):
            part = sorted(drawn[first : first + BATCH * SORTED], key=lambda e: len(e.ids))
            groups = [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
            rng.shuffle(groups)
            yield from (group for group in groups if len(group) == BATCH)


def _times(rate: float, rng: random.Random) -> int:
    return int(rate) + (rng.random() < rate - int(rate))


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

    def train(self, batch: dict[str, torch.Tensor]) -> float:
        """One step; its loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self._steps)
        given = {name: value.to(self._device) for name, value in batch.items()}
        with torch.autocast(self._device, dtype=torch.bfloat16):
            loss = self.model(**given).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad()
        self.step += 1
        return float(loss.detach())


def train(found: Sequence[Example], out: Path, steps: int) -> None:
    """Train until `steps` are done."""
    tokenizer: Any = AutoTokenizer.from_pretrained(str(weights_folder(BUILT_IN)))  # type: ignore[no-untyped-call]
    encoded = encode(tokenizer, found)
    answered = sum(e.rate for e in encoded if e.end)
    total = sum(e.rate for e in encoded)
    print(f"{total:.0f} examples an epoch, {answered / total:.0%} answered", flush=True)
    run = Run(out, steps)
    run.model.train()
    rng = random.Random(SEED + run.step)
    started, saved, losses = time.monotonic(), time.monotonic(), []
    begun = run.step
    for batch in batches(encoded, rng):
        if run.step >= steps:
            break
        losses.append(run.train(tensors(batch, tokenizer.mask_token_id, rng)))
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
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    train(training_examples(given.sets, given.cache), given.out, given.steps)


if __name__ == "__main__":
    main()
