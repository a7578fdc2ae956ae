"""The public sets that the reader is trained on, as archives; no record that is held out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reader_sets import (
    ANSWERABLE,
    IMPOSSIBLE,
    Archive,
    Case,
    clapnq,
    held_out,
    natural_questions,
    read_jsonl,
    squad,
)
from index.records import Span

_SPACED = re.compile(r" (?=[.,;:!?%)\]'’]|n't\b)|(?<=[(\[]) ")
_SPACED_DASH = re.compile(r"(?<=\w) - (?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A set with the share of its examples that each epoch sees."""

    archive: Archive
    answered: float
    """Examples whose window answers."""
    retrieved: float
    """Questions over what retrieval finds and what does not answer them."""
    has_topics: bool
    """Whether its questions name what they are about, and so mean something on other passages."""


def sources(folder: Path) -> list[Source]:
    """Every set that may be trained on, its held-out groups taken out."""
    shared = qed(folder / "qed-dev.jsonl.gz")
    asked = {case.question.lower() for case in shared.cases}
    natural = natural_questions(folder / "nq-open-oracle.jsonl.gz")
    natural.cases[:] = [case for case in natural.cases if case.question.lower() not in asked]
    long = clapnq(
        folder / "clapnq-answerable-even.jsonl.gz", folder / "clapnq-unanswerable-even.jsonl.gz"
    )
    long.cases[:] = [case for case in long.cases if case.kind == IMPOSSIBLE]  # answers too long
    made = [
        _source(squad(folder / "squadshifts-new_wiki.json.gz", "wiki"), 1.0),
        _source(squad(folder / "squad2-train-10-articles.json.gz", "squad2"), 1.0),
        _source(natural, 1.0),
        _source(shared, 1.0),
        _source(long, 1.0),
        _source(squad(folder / "squadshifts-reddit.json.gz", "reddit"), 0.4, has_topics=False),
        _source(squad(folder / "squadshifts-amazon_reviews.json.gz", "amazon"), 0.3,
                has_topics=False),
    ]  # fmt: skip
    for source in made:
        cases = source.archive.cases
        cases[:] = [case for case in cases if not held_out(case.group)]
    return made


def _source(archive: Archive, answered: float, *, has_topics: bool = True) -> Source:
    retrieved = 0.2 if has_topics else 0.025
    return Source(archive=archive, answered=answered, retrieved=retrieved, has_topics=has_topics)


def qed(path: Path) -> Archive:
    """QED (Lamm et al. 2021): the words that answer, in the sentence that was marked."""
    archive = Archive("qed")
    for record in read_jsonl(path):
        annotation = record["annotation"]
        if "selected_sentence" not in annotation or len(annotation["answer"]) != 1:
            continue
        text = detokenised(record["paragraph_text"])
        sentence = detokenised(annotation["selected_sentence"]["string"]).strip()
        answer = detokenised(annotation["answer"][0]["paragraph_reference"]["string"]).strip()
        position = archive.add_article(str(record["title_text"]), text)
        start = text.find(sentence)
        inside = sentence.find(answer)
        if start < 0 or inside < 0 or not answer:
            continue
        gold = Span(start + inside, start + inside + len(answer))
        archive.cases.append(
            Case(question=record["question_text"], kind=ANSWERABLE, article=position, gold=(gold,),
                 hidden=Span(0, len(text)), answers=(answer,), group=str(record["title_text"]))
        )  # fmt: skip
    return archive


def detokenised(text: str) -> str:
    """A text in the Penn Treebank's tokens as people write it."""
    text = text.replace("`` ", '"').replace(" ''", '"').replace(" -- ", " – ")
    return _SPACED.sub("", _SPACED_DASH.sub("-", text))
