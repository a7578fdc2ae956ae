"""Train and measure the logistic model of `rag.support`.

    python -m benchmarks.train_support_checker WICE_DEV.jsonl [--out FILE] [--model-cache DIR]

The file is the dev set of WiCE's `entailment_retrieval` claims (ODC-BY). Half of it, by the hash
of the claim's id, gives weights and threshold; the other half gives the figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.reader_fitting import fit_logistic
from eval.public.wice import WiceClaim, entailment_figures
from index.embedding.huggingface import OnnxEmbedder
from index.settings import BUILT_IN
from rag.reading.logistic import LogisticModel
from rag.support.checker import FEATURES, LearnedSupportChecker, SupportModel
from rag.support.facts import lacking

PENALTY = 0.02
BOUNDS = ((0.0, None), (0.0, None), (None, 0.0), (None, 0.0))
"""More words and likeness never speak against a claim; what is lacking or denied never for it."""
NOTE = (
    "Trained on half of the dev set of WiCE (Kamoi et al., EMNLP 2023; ODC-BY 1.0) by "
    "benchmarks/train_support_checker.py; no text of it is contained."
)
UNTRAINED = SupportModel(logistic=LogisticModel(weights={}), threshold=0.0)


def is_trained_on(claim: WiceClaim) -> bool:
    """Whether the claim is of the half that gives weights and threshold."""
    return hashlib.sha256(claim.meta.id.encode()).digest()[-1] % 2 == 0


def best_threshold(scores: Sequence[float], labels: Sequence[bool], fails: Sequence[bool]) -> float:
    """The score from which calling claims supported gives the best F1, facts failing as they do;
    the higher one of equals."""

    def f1(threshold: float) -> float:
        guesses = [s >= threshold and not f for s, f in zip(scores, fails, strict=True)]
        hits = sum(g and label for g, label in zip(guesses, labels, strict=True))
        return 2 * hits / (sum(guesses) + sum(labels))

    return max(sorted(set(scores)), key=lambda threshold: (f1(threshold), threshold))


def main() -> None:
    """Train, print the figures of both halves, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, default=Path("rag/support/support_model.json"))
    parser.add_argument("--model-cache", type=Path, default=Path("var/models"))
    chosen = parser.parse_args()
    lines = chosen.file.read_text(encoding="utf-8").splitlines()
    claims = [WiceClaim.model_validate_json(line) for line in lines]
    embedder = OnnxEmbedder(BUILT_IN, cache=chosen.model_cache, batch_size=32)
    checker = LearnedSupportChecker(embedder, model=UNTRAINED)
    missing = [lacking(one.claim, one.evidence) for one in claims]
    values = [
        checker.features(one.claim, one.evidence, lacks)
        for one, lacks in zip(claims, missing, strict=True)
    ]
    rows = np.array([[found[name] for name in FEATURES] for found in values])
    labels = np.array([one.label == "supported" for one in claims])
    trained = np.array([is_trained_on(one) for one in claims])
    weights, bias = fit_logistic(rows[trained], labels[trained], bounds=BOUNDS, penalty=PENALTY)
    named = dict(zip(FEATURES, (round(float(weight), 4) for weight in weights), strict=True))
    logistic = LogisticModel(weights=named, bias=round(float(bias), 4))
    scores = np.array([logistic.probability(logistic.score(found)) for found in values])
    fails = np.array([bool(lacks) for lacks in missing])
    threshold = best_threshold(
        scores[trained].tolist(), labels[trained].tolist(), fails[trained].tolist()
    )
    threshold = int(threshold * 1000) / 1000
    for title, half in (("trained on", trained), ("held out", ~trained)):
        verdicts = (scores >= threshold) & ~fails
        figures = entailment_figures(
            labels[half].tolist(),
            np.where(fails, scores / 2, scores)[half].tolist(),
            verdicts[half].tolist(),
        )
        shown = ", ".join(f"{name} {figure.value:.3f}" for name, figure in figures.items())
        print(f"{title}: n {int(half.sum())}, {shown}")
    document = {"note": NOTE, "logistic": {"weights": named, "scale": 1.0, "bias": logistic.bias},
                "threshold": threshold}  # fmt: skip
    chosen.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
