"""Figures of an exported reader.

    python -m reader_training.measure SETS MODEL [--questions N]

On SQuAD 2's half of the development set, which is never trained on: exact match and F1 as the
official script computes them, and whether the best span stands in an annotated sentence. On the
held-out questions of the training sets: whether the score tells the passage that answers from
the best retrieved one that does not.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.reader_report import auroc
from benchmarks.reader_retrieval import PackagedEmbedder
from benchmarks.reader_sets import Archive, Case, held_out, natural_questions, squad
from eval.normalise import exact_match, token_f1
from index.records import Passage
from rag.reading.span_model import SpanModel, SpanScore, best_scores, windows
from reader_training.mining import neighbours

SEED = 20261121


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One question over its paragraph."""

    answerable: bool
    score: float
    exact: float
    f1: float
    right_sentence: bool


def best_span(model: SpanModel, question: str, passage: Passage) -> tuple[int, SpanScore] | None:
    """The best run of words of a passage, with the position of its sentence."""
    found = best_scores(model, question, windows(passage))
    return max(found.items(), key=lambda item: item[1].score, default=None)


def squad_results(model: SpanModel, archive: Archive, cases: Sequence[Case]) -> list[Result]:
    """One result for each question; paragraphs are passages."""
    passage_of = dict(zip(archive.article_of, archive.passages, strict=True))
    results = []
    for case in cases:
        passage = passage_of[case.article]
        best = best_span(model, case.question, passage)
        if best is None:
            continue
        position, span = best
        sentence = passage.sentences[position]
        text = passage.text[span.words.start - passage.start : span.words.end - passage.start]
        results.append(
            Result(
                answerable=case.answerable,
                score=span.score,
                exact=max((exact_match(text, a) for a in case.answers), default=0.0),
                f1=max((token_f1(text, a) for a in case.answers), default=0.0),
                right_sentence=any(
                    g.start < sentence.end and sentence.start < g.end for g in case.gold
                ),
            )
        )
    return results


def print_squad(results: Sequence[Result]) -> None:
    """HasAns without a threshold, then everything at the best one, as the official script does."""
    answerable = np.array([r.answerable for r in results], dtype=bool)
    scores = np.array([r.score for r in results])
    f1 = np.array([r.f1 for r in results])
    exact = np.array([r.exact for r in results])
    right = np.array([r.right_sentence for r in results])[answerable]
    print(f"{len(results)} questions; HasAns EM {exact[answerable].mean():.3f}, "
          f"F1 {f1[answerable].mean():.3f}, right sentence {right.mean():.3f}; "
          f"AUROC {auroc(scores[answerable], scores[~answerable]):.3f}")  # fmt: skip
    grid = np.linspace(-15, 15, 121)
    totals = [np.where(answerable, f1 * (scores >= t), scores < t).mean() for t in grid]
    best = float(grid[int(np.argmax(totals))])
    for name, threshold in (("best", best), ("fixed", 0.0)):
        kept = scores >= threshold
        total = np.where(answerable, f1 * kept, ~kept).mean()
        print(f"{name} threshold {threshold:.2f}: F1 {total:.3f}, "
              f"HasAns {(f1 * kept)[answerable].mean():.3f}, "
              f"NoAns {(~kept)[~answerable].mean():.3f}")  # fmt: skip


def retrieved_scores(
    model: SpanModel, archive: Archive, cases: Sequence[Case], embedder: PackagedEmbedder
) -> tuple[list[float], list[float]]:
    """Scores of passages that answer, and of the nearest ones that do not."""
    near = neighbours(archive, cases, embedder)
    positive: list[float] = []
    negative: list[float] = []
    for number, case in enumerate(cases):
        own = [
            p for p, article in zip(archive.passages, archive.article_of, strict=True)
            if article == case.article
            and any(p.start <= g.start and g.end <= p.end for g in case.gold)
        ]  # fmt: skip
        other = near.misleading(number, case, 1)
        for passages, scores in ((own[:1], positive), (other, negative)):
            for passage in passages:
                best = best_span(model, case.question, passage)
                if best is not None:
                    scores.append(best[1].score)
    return positive, negative


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--questions", type=int, help="a sample of each set, to be quick")
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    model = SpanModel(given.model)
    rng = random.Random(SEED)
    dev = squad(given.sets / "squad2-half-dev.json.gz", "squad2-dev", paragraphs=True)
    sample = rng.sample(dev.cases, min(given.questions or len(dev.cases), len(dev.cases)))
    print_squad(squad_results(model, dev, sample))
    embedder = PackagedEmbedder(given.cache)
    everything: tuple[list[float], list[float]] = ([], [])
    for archive in (
        squad(given.sets / "squadshifts-new_wiki.json.gz", "wiki"),
        squad(given.sets / "squad2-train-10-articles.json.gz", "squad2"),
        natural_questions(given.sets / "nq-open-oracle.jsonl.gz"),
    ):
        cases = [case for case in archive.cases if held_out(case.group) and case.answerable]
        cases = rng.sample(cases, min((given.questions or 900) // 3, len(cases)))
        positive, negative = retrieved_scores(model, archive, cases, embedder)
        print(f"{archive.name}: {len(positive)} passages that answer, {len(negative)} retrieved; "
              f"AUROC {auroc(np.array(positive), np.array(negative)):.3f}")  # fmt: skip
        everything[0].extend(positive)
        everything[1].extend(negative)
    embedder.save()
    print(f"all: AUROC {auroc(np.array(everything[0]), np.array(everything[1])):.3f}")


if __name__ == "__main__":
    main()
