"""Train and measure the two logistic models of `rag.reading.similarity`.

    python -m benchmarks.train_sentence_scorer DATA_DIR [--out FILE] [--cache FILE]

`DATA_DIR` is a folder with the public reader sets. Every set becomes a small archive; a question
is put to it, the passages are retrieved, and the sentences of the first ones are scored as the
service does it. One article in four is held out: thresholds and figures come from those. The
development half of SQuAD 2 is only reported.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.reader_models import (
    answerability,
    calibrated,
    kind_weights,
    right_in_quotes,
    train_answer_model,
    train_sentence_model,
)
from benchmarks.reader_report import choose_threshold, print_ablation, print_quotes, print_report
from benchmarks.reader_retrieval import PackagedEmbedder, SearchableArchive
from benchmarks.reader_rows import Row, read_case
from benchmarks.reader_sets import (
    ANSWERABLE,
    IMPOSSIBLE,
    OFF_TOPIC,
    REMOVED,
    SWAPPED,
    Archive,
    Case,
    clapnq,
    held_out,
    natural_questions,
    squad,
    with_unanswerables,
)
from benchmarks.reader_spans import RememberedSpans
from rag.reading.features import ANSWER_FEATURES, SENTENCE_FEATURES
from rag.reading.logistic import LogisticModel, ReadingModel
from rag.reading.measuring import DEFAULT_PASSAGES
from rag.reading.question import plain
from rag.reading.span_features import SPAN_ANSWER_FEATURES, SPAN_CHOICE_FEATURES
from rag.reading.span_model import SpanModel
from rag.reading.spans import SpanScorer
from reader_training.rephrasing import MOSTLY, Rephraser

SEED = 20260106
LIMITS = {
    "wiki": {ANSWERABLE: 2400, REMOVED: 700, SWAPPED: 700, OFF_TOPIC: 150},
    "squad2-train": {ANSWERABLE: 1600, REMOVED: 400, SWAPPED: 500, IMPOSSIBLE: 400, OFF_TOPIC: 150},
    "nq": {ANSWERABLE: 1500, REMOVED: 500, OFF_TOPIC: 150},
    "clapnq": {ANSWERABLE: 150, IMPOSSIBLE: 150, OFF_TOPIC: 150},
    "squad2-dev": {ANSWERABLE: 1200, REMOVED: 300, IMPOSSIBLE: 1200, OFF_TOPIC: 150},
}
SPAN_LIMITS = {
    "wiki": {ANSWERABLE: 360, REMOVED: 140, SWAPPED: 100, OFF_TOPIC: 50},
    "squad2-train": {ANSWERABLE: 200, REMOVED: 80, SWAPPED: 60, IMPOSSIBLE: 40, OFF_TOPIC: 50},
    "nq": {ANSWERABLE: 200, REMOVED: 100, OFF_TOPIC: 50},
    "clapnq": {ANSWERABLE: 20, IMPOSSIBLE: 20, OFF_TOPIC: 50},
    "squad2-dev": {ANSWERABLE: 200, REMOVED: 50, IMPOSSIBLE: 200, OFF_TOPIC: 50},
}
"""Of the questions that the trained reader was not trained on."""
SPAN_PARAGRAPHS = 4
"""One in so many of the reported questions is read by it in its own paragraph."""
REPHRASED = 0.6
"""Share of the questions that a trained reader's weights are fitted to in other words: archives
are asked in words that are not their own, which the public sets hardly do."""
REPORTED = "squad2-dev"
PARAGRAPHS = "squad2-dev paragraphs"
"""The reported set, with its own paragraph given instead of retrieved."""
GROUPS: dict[str, tuple[str, ...]] = {
    "cosine": ("cosine",),
    "context and passage": ("cosine_context", "cosine_passage", "cosine_below_best", "fused",
                            "rank", "passage_margin", "best_score", "score", "score_margin"),
    "word coverage": ("coverage", "coverage_context", "coverage_passage", "coverage_all",
                      "words_coverage", "words_coverage_context", "pairs", "rarest_missing",
                      "rarest_missing_all", "point_missing"),
    "names and numbers": ("names_missing", "names_missing_context", "names_missing_all",
                          "numbers_missing_context"),
    "kind of answer": ("type_found", "type_missing", "figure_found", "figure_missing",
                       "type_found_cosine", "unit_found",
                       "unit_missing", "statement_by_name", "statement_missing"),
    "form": ("is_question", "log_length", "is_short", "position", "log_terms"),
}  # fmt: skip


def load_archives(folder: Path) -> list[Archive]:
    """Every set as an archive."""
    return [
        squad(folder / "squadshifts-new_wiki.json.gz", "wiki"),
        squad(folder / "squad2-train-10-articles.json.gz", "squad2-train"),
        natural_questions(folder / "nq-open-oracle.jsonl.gz"),
        clapnq(
            folder / "clapnq-answerable-even.jsonl.gz", folder / "clapnq-unanswerable-even.jsonl.gz"
        ),
        squad(folder / "squad2-half-dev.json.gz", REPORTED),
    ]


def read_archives(
    archives: Sequence[Archive], embedder: PackagedEmbedder, spans: SpanScorer | None = None
) -> list[Row]:
    """All sampled cases of all archives, read; with a trained reader only those that it was not
    trained on."""
    for archive in archives:
        if spans is not None and archive.name != REPORTED:
            archive.cases[:] = [case for case in archive.cases if held_out(case.group)]
    return [
        row
        for archive in archives
        for row in read_archive(archive, [a for a in archives if a is not archive], embedder, spans)
    ]


def read_archive(
    archive: Archive,
    others: Sequence[Archive],
    embedder: PackagedEmbedder,
    spans: SpanScorer | None,
) -> list[Row]:
    """The sampled cases of one archive, read, and questions of the others put to it."""
    rng = random.Random(f"{SEED} {archive.name}")
    limits = (LIMITS if spans is None else SPAN_LIMITS)[archive.name]
    cases = with_unanswerables(archive, rng, limits)
    asked_there = [case for other in others for case in other.cases if case.answerable]
    cases += [
        replace(case, kind=OFF_TOPIC, article=-1, gold=(), hidden=None)
        for case in rng.sample(asked_there, limits[OFF_TOPIC])
    ]
    if spans is not None and archive.name != REPORTED:
        cases = rephrased(cases, rng)
    searchable = SearchableArchive(archive, embedder)
    queries = embedder.embed([case.question for case in cases])
    rows = []
    for case, query in zip(cases, queries, strict=True):
        numbers, views = searchable.search(case, query, DEFAULT_PASSAGES)
        row = read_case(searchable, case, query, numbers, views, spans)
        if row is not None:
            rows.append(row)
    print(f"{archive.name}: {len(archive.passages)} passages, {len(cases)} questions", flush=True)
    return rows


def rephrased(cases: Sequence[Case], rng: random.Random) -> list[Case]:
    """The cases, `REPHRASED` of them asked in other words."""
    rephraser = Rephraser(ways=MOSTLY)
    return [
        replace(case, question=plain(rephraser.rephrased(case.question, rng)))
        if rng.random() < REPHRASED
        else case
        for case in cases
    ]


def read_paragraphs(
    path: Path, embedder: PackagedEmbedder, spans: SpanScorer | None = None
) -> list[Row]:
    """The questions of a SQuAD file, each with its own paragraph as the only candidate."""
    archive = squad(path, PARAGRAPHS, paragraphs=True)
    if spans is not None:
        archive.cases[:] = archive.cases[::SPAN_PARAGRAPHS]
    searchable = SearchableArchive(archive, embedder)
    queries = embedder.embed([case.question for case in archive.cases])
    number_of = {article: number for number, article in enumerate(archive.article_of)}
    rows = (
        read_case(searchable, case, query, [number], [searchable.view(number, query)], spans)
        for case, query in zip(archive.cases, queries, strict=True)
        for number in (number_of[case.article],)
    )
    return [row for row in rows if row is not None]


def train(rows: Sequence[Row], sentence: Sequence[str], answer: Sequence[str]) -> ReadingModel:
    """Both models from the rows that are for training; the threshold, and with a trained reader
    the calibration, from the held-out rows."""
    training = [row for row in fitted(rows) if not row.held_out]
    testing = [row for row in fitted(rows) if row.held_out]
    model = _fit(training, sentence, answer)
    if testing[0].worded is not None:
        model = calibrated(model, testing)
    threshold = choose_threshold(
        answerability(testing, model),
        np.array([row.case.answerable for row in testing]),
        right_in_quotes(testing, model.sentence),
        kind_weights(testing),
    )
    return replace(model, threshold=threshold)


def refitted(
    rows: Sequence[Row], model: ReadingModel, sentence: Sequence[str], answer: Sequence[str]
) -> ReadingModel:
    """What ships with a trained reader: weights from all rows, calibration and threshold as the
    held-out rows gave them to a model that never saw them."""
    made = _fit(fitted(rows), sentence, answer)
    kept = replace(made.answer, scale=model.answer.scale, bias=model.answer.bias)
    return replace(made, answer=kept, threshold=model.threshold)


def fitted(rows: Sequence[Row]) -> list[Row]:
    """The rows that models may be fitted to."""
    return [row for row in rows if not row.archive.startswith(REPORTED)]


def _fit(rows: Sequence[Row], sentence: Sequence[str], answer: Sequence[str]) -> ReadingModel:
    first = train_sentence_model(rows, sentence)
    return ReadingModel(
        sentence=first, answer=train_answer_model(rows, first, answer), threshold=0.5
    )


def ablations() -> list[tuple[str, tuple[list[str], list[str]]]]:
    """Names of feature sets, each group added to those before it, with the features kept."""
    kept: set[str] = set()
    steps = []
    for name, group in GROUPS.items():
        kept |= set(group)
        sentence = [feature for feature in SENTENCE_FEATURES if feature in kept]
        answer = [feature for feature in ANSWER_FEATURES if feature in kept]
        steps.append((f"+ {name}", (sentence, answer)))
    return steps


def rounded(model: LogisticModel) -> dict[str, object]:
    """The model's JSON form."""
    weights = {name: round(weight, 4) for name, weight in model.weights.items() if round(weight, 4)}
    return {"weights": weights, "scale": round(model.scale, 4), "bias": round(model.bias, 4)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the tables, write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--out", type=Path, default=None, help="where the model is written")
    parser.add_argument("--cache", type=Path, default=None, help="keeps vectors between runs")
    parser.add_argument("--spans", type=Path, default=None, help="a trained reader's folder")
    parser.add_argument("--span-cache", type=Path, default=None, help="keeps its scores, too")
    parser.add_argument("--ablation", action="store_true", help="also without parts")
    options = parser.parse_args(arguments)
    embedder = PackagedEmbedder(options.cache)
    spans = None
    if options.spans is not None:
        spans = RememberedSpans(SpanModel(options.spans), options.span_cache)
    rows = read_archives(load_archives(options.data_dir), embedder, spans)
    rows += read_paragraphs(options.data_dir / "squad2-half-dev.json.gz", embedder, spans)
    embedder.save()
    if spans is not None:
        spans.save()
    sentence, answer = list(SENTENCE_FEATURES), list(ANSWER_FEATURES)
    if spans is not None:
        sentence, answer = list(SPAN_CHOICE_FEATURES), list(SPAN_ANSWER_FEATURES)
    model = train(rows, sentence, answer)
    print_report(rows, model)
    print_quotes(rows, model)
    if options.ablation:
        print_ablation(rows, [(name, train(rows, *kept)) for name, kept in ablations()])
    if spans is not None:
        model = refitted(rows, model, sentence, answer)
    if options.out is not None:
        document = {
            "sentence": rounded(model.sentence),
            "answer": rounded(model.answer),
            "threshold": round(model.threshold, 3),
        }
        options.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
