"""Training examples: a question, a window of whole sentences, and where the answer stands in it.

Answerable questions come from the sets as they are. Unanswerable ones are made: the window of the
same article that shares most with the question but does not hold the answer (as a retriever would
bring it), the question with another name or year, and the sets' own impossible questions.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.reader_sets import (
    ANSWERABLE,
    IMPOSSIBLE,
    SWAPPED,
    Archive,
    Case,
    clapnq,
    natural_questions,
    squad,
    with_unanswerables,
)
from index.passages import PassageShape
from index.records import Passage

WINDOW = PassageShape(max_words=80, overlap=1)
CONSIDERED = 60
"""Windows among which the most alike is looked for; some articles have thousands."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question over one window."""

    question: str
    context: str
    start: int
    """Of the answer in `context`, in code points; -1 where it does not answer."""
    end: int


def archives(folder: Path) -> list[Archive]:
    """The sets that may be trained on, cut into windows."""
    found = [
        squad(folder / f"squadshifts-{name}.json.gz", name)
        for name in ("new_wiki", "reddit", "amazon_reviews")
    ]
    found.append(squad(folder / "squad2-train-10-articles.json.gz", "squad2"))
    found.append(natural_questions(folder / "nq-open-oracle.jsonl.gz"))
    found.append(
        clapnq(
            folder / "clapnq-answerable-even.jsonl.gz",
            folder / "clapnq-unanswerable-even.jsonl.gz",
        )
    )
    return [recut(archive) for archive in found]


def recut(archive: Archive) -> Archive:
    """The same archive in training windows."""
    from index.passages import split_passages
    from index.records import Span

    spans: dict[int, set[Span]] = defaultdict(set)
    texts: dict[int, dict[int, str]] = defaultdict(dict)
    for passage, article in zip(archive.passages, archive.article_of, strict=True):
        for span in passage.sentences:
            spans[article].add(span)
            texts[article][span.start] = passage.text[
                span.start - passage.start : span.end - passage.start
            ]
    windows = Archive(archive.name, titles=archive.titles, cases=archive.cases)
    for article, sentences in spans.items():
        ordered = sorted(sentences)
        text = [" "] * ordered[-1].end
        for span in ordered:
            text[span.start : span.end] = texts[article][span.start]
        made = split_passages(
            article_id=str(article), version=1, text="".join(text), sentences=ordered, shape=WINDOW
        )
        windows.passages.extend(made)
        windows.article_of.extend([article] * len(made))
    return windows


def examples(
    archive: Archive, chance: random.Random, *, answerable: int, misleading: float
) -> Iterator[Example]:
    """Examples of one archive: `answerable` questions at most, and for a share of them
    (`misleading`) the window that looks right and is not; then what is impossible or swapped."""
    by_article: dict[int, list[Passage]] = defaultdict(list)
    for passage, article in zip(archive.passages, archive.article_of, strict=True):
        by_article[article].append(passage)
    weights = _rarity(archive.passages)
    by_article = {a: chance.sample(w, len(w)) for a, w in by_article.items()}
    limits = {ANSWERABLE: answerable, IMPOSSIBLE: 10_000, SWAPPED: answerable // 10}
    for case in with_unanswerables(archive, chance, limits):
        windows = by_article[case.article]
        if case.kind == ANSWERABLE:
            yield from _answered(case, windows)
            if chance.random() < misleading:
                yield from _misleading(case, windows, weights)
        elif windows:
            near = [w for w in windows if case.hidden and _overlaps(w, case)] or windows
            yield _unanswered(case.question, _nearest(case.question, near, weights))


def _answered(case: Case, windows: Sequence[Passage]) -> Iterator[Example]:
    for window in windows:
        for gold in case.gold:
            if window.start <= gold.start and gold.end <= window.end:
                start = gold.start - window.start
                yield Example(
                    question=case.question,
                    context=window.text,
                    start=start,
                    end=start + gold.end - gold.start,
                )
                return


def _misleading(
    case: Case, windows: Sequence[Passage], weights: dict[str, float]
) -> Iterator[Example]:
    words = [answer.lower() for answer in case.answers]
    others = [
        w
        for w in windows[: 2 * CONSIDERED]
        if not any(gold.start < w.end and w.start < gold.end for gold in case.gold)
        and not any(word in w.text.lower() for word in words)
    ]
    if others:
        yield _unanswered(case.question, _nearest(case.question, others, weights))


def _unanswered(question: str, window: Passage) -> Example:
    return Example(question=question, context=window.text, start=-1, end=-1)


def _overlaps(window: Passage, case: Case) -> bool:
    hidden = case.hidden
    return hidden is not None and hidden.start < window.end and window.start < hidden.end


def _nearest(question: str, windows: Sequence[Passage], weights: dict[str, float]) -> Passage:
    wanted = words_of(question)

    def shared(window: Passage) -> float:
        return sum(weights.get(word, 0.0) for word in wanted & words_of(window.text))

    return max(windows[:CONSIDERED], key=shared)


@lru_cache(maxsize=100_000)
def words_of(text: str) -> frozenset[str]:
    """The distinct words of a text, lower-cased."""
    return frozenset(WORD.findall(text.lower()))


def _rarity(passages: Sequence[Passage]) -> dict[str, float]:
    counts = Counter(w for p in passages for w in words_of(p.text))
    return {word: math.log(len(passages) / count) for word, count in counts.items()}
