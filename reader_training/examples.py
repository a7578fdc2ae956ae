"""Training examples: a question, a window of whole sentences, and where the answer stands in it.

Answerable questions come from the sets as they are. Of those that their window does not answer,
few are given; the others are made: what retrieval finds besides the answer, the window without
the sentence that answers, and changed questions.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.reader_retrieval import PackagedEmbedder
from benchmarks.reader_sets import Case
from index.records import Passage
from reader_training.impossible import changed_question
from reader_training.mining import neighbours
from reader_training.sources import Source

MISLEADING = 2
"""Retrieved windows kept for each question."""
DROPPED = (0.06, 0.12)
CHANGED = (0.055, 0.22)
"""Times that an epoch sees these, of sets whose questions do not name their topic, and that do."""
GIVEN = 2.5
"""Times that each epoch sees a question that its set gives as impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question over one window."""

    question: str
    context: str
    start: int = -1
    """Of the answer in `context`, in code points; -1 where it does not answer."""
    end: int = -1
    kind: str
    rate: float
    """Times that an epoch sees it, on average."""


def examples(source: Source, embedder: PackagedEmbedder, rng: random.Random) -> list[Example]:
    """All examples of one set."""
    archive = source.archive
    windows: dict[int, list[Passage]] = defaultdict(list)
    for passage, article in zip(archive.passages, archive.article_of, strict=True):
        windows[article].append(passage)
    near = neighbours(archive, archive.cases, embedder)
    made: list[Example] = []
    for number, case in enumerate(archive.cases):
        misleading = near.misleading(number, case, MISLEADING)
        if case.answerable:
            made += _of_answerable(source, case, windows[case.article], rng)
            made += [
                Example(question=case.question, context=window.text, kind="retrieved",
                        rate=source.retrieved)
                for window in misleading
            ]  # fmt: skip
        else:
            made += _of_impossible(case, windows[case.article], misleading)
    return made


def _of_answerable(
    source: Source, case: Case, windows: Sequence[Passage], rng: random.Random
) -> Iterator[Example]:
    holding = [w for w in windows if _gold_in(case, w)]
    if not holding:
        return
    for window in holding:
        start, end = _gold_in(case, window)[0]
        yield Example(
            question=case.question, context=window.text, start=start, end=end, kind="answered",
            rate=source.answered / len(holding),
        )  # fmt: skip
    window = rng.choice(holding)
    left = _without_answer(case, window)
    if left is not None:
        yield Example(question=case.question, context=left, kind="dropped",
                      rate=DROPPED[source.has_topics])  # fmt: skip
    changed = changed_question(case.question, window.text, case.answers, rng)
    if changed is not None:
        yield Example(question=changed, context=window.text, kind="changed",
                      rate=CHANGED[source.has_topics])  # fmt: skip


def _of_impossible(
    case: Case, windows: Sequence[Passage], misleading: Sequence[Passage]
) -> Iterator[Example]:
    own = [window for window in windows if _is_mostly_of(window, case)]
    for window in own:
        yield Example(question=case.question, context=window.text, kind="given",
                      rate=GIVEN / len(own))  # fmt: skip
    for window in misleading:
        yield Example(question=case.question, context=window.text, kind="retrieved", rate=0.3)


def _is_mostly_of(window: Passage, case: Case) -> bool:
    """Whether more than half of a window is the case's paragraph."""
    if case.hidden is None:
        return False
    shared = min(window.end, case.hidden.end) - max(window.start, case.hidden.start)
    return shared > len(window.text) / 2


def _gold_in(case: Case, window: Passage) -> list[tuple[int, int]]:
    """The answers that stand whole in a window, offsets in it, the most often chosen first."""
    inside = [
        (gold.start - window.start, gold.end - window.start)
        for gold in case.gold
        if window.start <= gold.start and gold.end <= window.end
    ]
    if not inside:
        return []
    chosen = Counter(text.lower() for text in case.answers)
    return sorted(inside, key=lambda s: -chosen[window.text[s[0] : s[1]].lower()])


def _without_answer(case: Case, window: Passage) -> str | None:
    """The window's text without the sentences that hold an answer; None where too little or an
    answer is left."""
    kept = []
    for span in window.sentences:
        text = window.text[span.start - window.start : span.end - window.start]
        if not any(g.start < span.end and span.start < g.end for g in case.gold):
            kept.append(text)
    left = " ".join(kept)
    if len(left.split()) < 25 or any(answer.lower() in left.lower() for answer in case.answers):
        return None
    return left
