"""Public question sets as small archives: articles cut into passages as the service cuts them, and
questions with the sentences that answer them, or with a reason why none does.

The folder with the sets is an argument everywhere; nothing of it is part of the project.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index.passages import PassageShape, split_passages
from index.records import Passage, Span
from index.sentences import split_sentences

SHAPE = PassageShape(max_words=110, overlap=1)
WHOLE = PassageShape(max_words=100_000, overlap=0)
ANSWERABLE = "answerable"
REMOVED = "removed"
IMPOSSIBLE = "impossible"
SWAPPED = "swapped"
OFF_TOPIC = "off_topic"
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_FIGURE = re.compile(r"\b(?:1\d|20)\d{2}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question put to an archive."""

    question: str
    kind: str
    article: int
    """The article that it was written about; -1 where there is none."""
    gold: tuple[Span, ...] = ()
    """Words that answer, in that article's text; empty where nothing does."""
    hidden: Span | None = None
    """What is taken out of the archive first: passages that overlap it."""
    answers: tuple[str, ...] = ()
    group: str = ""
    """Its paragraph: cases of one group are held out together, or not."""

    @property
    def answerable(self) -> bool:
        """Whether the archive answers it."""
        return self.kind == ANSWERABLE


@dataclass(frozen=True, slots=True)
class Archive:
    """Articles of one set with the questions put to them."""

    name: str
    titles: list[str] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    article_of: list[int] = field(default_factory=list)
    """Position of the article of each passage."""
    cases: list[Case] = field(default_factory=list)

    def add_article(self, title: str, text: str, shape: PassageShape = SHAPE) -> int:
        """Cut an article into passages; its position."""
        position = len(self.titles)
        self.titles.append(title)
        lines = " ".join(text.split("\n")) if shape is WHOLE else text
        made = split_passages(
            article_id=f"{self.name}-{position}", version=1, text=text,
            sentences=split_sentences(lines), shape=shape,
        )  # fmt: skip
        self.passages.extend(made)
        self.article_of.extend([position] * len(made))
        return position


def held_out(group: str) -> bool:
    """Whether the questions of this group are kept from training: one group in four."""
    return hashlib.sha256(group.encode()).digest()[0] < 64


def held_out_twice(group: str) -> bool:
    """Whether, of the groups that no reader was trained on, this one is kept for testing what is
    fitted on the others: two in five."""
    return hashlib.sha256(group.encode()).digest()[1] < 102


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def squad(path: Path, name: str, *, paragraphs: bool = False) -> Archive:
    """A SQuAD file: the paragraphs of an article make up one article again, cut as the service
    cuts it; with `paragraphs`, each is an article of its own, and one passage."""
    archive = Archive(name)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        data = json.load(stream)["data"]
    for article in data:
        title = str(article.get("title", "")).replace("_", " ")
        if paragraphs:
            for paragraph in article["paragraphs"]:
                position = archive.add_article(title, paragraph["context"], WHOLE)
                whole = Span(0, len(paragraph["context"]))
                archive.cases.extend(_squad_case(qa, position, whole) for qa in paragraph["qas"])
            continue
        parts, starts, length = [], [], 0
        for paragraph in article["paragraphs"]:
            starts.append(length)
            parts.append(paragraph["context"])
            length += len(paragraph["context"]) + 2
        position = archive.add_article(title, "\n\n".join(parts))
        for paragraph, start in zip(article["paragraphs"], starts, strict=True):
            whole = Span(start, start + len(paragraph["context"]))
            archive.cases.extend(_squad_case(qa, position, whole) for qa in paragraph["qas"])
    return archive


def _squad_case(qa: dict[str, Any], article: int, paragraph: Span) -> Case:
    """One question of a SQuAD paragraph."""
    answers = qa["answers"]
    spans = tuple(
        dict.fromkeys(
            Span(paragraph.start + a["answer_start"],
                 paragraph.start + a["answer_start"] + len(a["text"]))
            for a in answers
        )
    )  # fmt: skip
    return Case(
        question=" ".join(qa["question"].split()),
        kind=IMPOSSIBLE if qa.get("is_impossible") else ANSWERABLE,
        article=article,
        gold=spans,
        hidden=paragraph,
        answers=tuple(a["text"] for a in answers),
        group=f"{article} {paragraph.start}",
    )


def natural_questions(path: Path) -> Archive:
    """Each passage of the file is an article; sentences that hold an answer are gold."""
    archive = Archive("nq")
    for record in read_jsonl(path):
        context = record["ctxs"][0]
        text = str(context["text"])
        position = archive.add_article(str(context["title"]), text)
        gold = tuple(
            Span(*match.span())
            for answer in record["answers"]
            for match in re.finditer(re.escape(answer), text, re.IGNORECASE)
        )
        if gold:
            archive.cases.append(
                Case(question=record["question"], kind=ANSWERABLE, article=position, gold=gold,
                     hidden=Span(0, len(text)), answers=tuple(record["answers"]),
                     group=str(context["title"]))
            )  # fmt: skip
    return archive


def clapnq(answerable: Path, unanswerable: Path) -> Archive:
    """Passages with selected sentences, and questions whose passage does not answer."""
    archive = Archive("clapnq")
    for record in (*read_jsonl(answerable), *read_jsonl(unanswerable)):
        passage = record["passages"][0]
        sentences = [_detokenised(sentence) for sentence in passage["sentences"]]
        text = " ".join(sentences)
        position = archive.add_article(str(passage["title"]), text)
        chosen = [_detokenised(s) for s in record["output"][0].get("selected_sentences") or ()]
        found = [(text.find(sentence), len(sentence)) for sentence in chosen]
        gold = tuple(Span(start, start + length) for start, length in found if start >= 0)
        archive.cases.append(
            Case(question=record["input"], kind=ANSWERABLE if gold else IMPOSSIBLE,
                 article=position, gold=gold, hidden=Span(0, len(text)),
                 group=str(passage["title"]))
        )  # fmt: skip
    return archive


def _detokenised(text: str) -> str:
    text = re.sub(r" ([.,;:!?%)'’])", r"\1", text.strip())
    return re.sub(r"(\() | - (?=\w)", lambda m: m.group(1) or "-", text.replace("`` ", '"'))


def with_unanswerables(archive: Archive, rng: random.Random, limits: dict[str, int]) -> list[Case]:
    """A sample of the archive's questions of each kind, the missing kinds made from answerable
    ones: by taking the paragraph away, or by another name or year in the question."""
    given = [case for case in archive.cases if case.answerable]
    rng.shuffle(given)
    asked, taken = limits.get(ANSWERABLE, 0), limits.get(REMOVED, 0)
    chosen = [replace(case, hidden=None) for case in given[:asked]]
    removed = given[asked : asked + taken] if len(given) > asked + taken else given[:taken]
    chosen += [replace(case, kind=REMOVED, gold=()) for case in removed]
    impossible = [replace(c, hidden=None, gold=()) for c in archive.cases if c.kind == IMPOSSIBLE]
    rng.shuffle(impossible)
    chosen += impossible[: limits.get(IMPOSSIBLE, 0)]
    swapped = [case for source in given if (case := _swapped(source, given, rng)) is not None]
    rng.shuffle(swapped)
    return chosen + swapped[: limits.get(SWAPPED, 0)]


def _swapped(case: Case, others: Sequence[Case], rng: random.Random) -> Case | None:
    """The question with a name or a year from another question of the same archive."""
    for pattern in (_FIGURE, _NAME) if rng.random() < 0.5 else (_NAME, _FIGURE):
        match = pattern.search(case.question)
        if match is None:
            continue
        pool = [o for o in rng.sample(others, min(40, len(others))) if o.article != case.article]
        if pattern is _NAME and rng.random() < 0.5:
            pool = [o for o in others if o.article == case.article] or pool
        for other in rng.sample(pool, len(pool)):
            found = pattern.search(other.question)
            if found and found.group() not in case.question:
                question = case.question.replace(match.group(), found.group())
                return replace(case, question=question, kind=SWAPPED, gold=(), hidden=None)
    return None
