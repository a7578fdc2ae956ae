"""Logistic models as plain coefficients, read from the JSON file beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

SIMILARITY = "similarity"
SPAN = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticModel:
    """P = sigmoid(scale * (weights · features) + bias)."""

    weights: Mapping[str, float]
    scale: float = 1.0
    bias: float = 0.0

    def score(self, features: Mapping[str, float]) -> float:
        """Weighted sum of the features, before scale and bias: for ranking."""
        return sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, score: float) -> float:
        """In (0, 1), for a score of this model."""
        logit = min(max(self.scale * score + self.bias, -30.0), 30.0)
        return 1 / (1 + exp(-logit))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingModel:
    """Everything that was learned or chosen on data (`benchmarks/train_sentence_scorer.py`)."""

    sentence: LogisticModel
    answer: LogisticModel
    threshold: float
    """Least answerability that counts as an answer."""


@cache
def reading_model(name: str = SIMILARITY) -> ReadingModel:
    """A shipped model: `SIMILARITY`, or `SPAN`, which weighs a trained reader's scores too."""
    text = files("rag.reading").joinpath(f"{name}_model.json").read_text(encoding="utf-8")
    return parse_model(text)


def parse_model(text: str) -> ReadingModel:
    """A model from its JSON form."""
    data = json.loads(text)
    return ReadingModel(
        sentence=LogisticModel(**data["sentence"]),
        answer=LogisticModel(**data["answer"]),
        threshold=float(data["threshold"]),
    )
