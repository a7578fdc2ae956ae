"""What has nothing to do with the question is not quoted beside what answers it."""

from __future__ import annotations

from dataclasses import replace

from index.sentences import split_sentences
from rag.presentation.strangers import without_strangers
from rag.reading.base import SentenceReading
from rag.reading.question import analyse
from rag.records import Candidate
from tests.rag.candidates import candidate

TEXT = "She said no. Holt is in charge of transport. Few use it. Varn opened the pool."
OTHER = "They might as well brick us in. The transport strike is over."


def held(name: str, text: str) -> Candidate:
    made = candidate(name, text)
    return replace(made, passage=replace(made.passage, sentences=tuple(split_sentences(text))))


def kept(question: str, best: int = 1) -> list[str]:
    """What stays of all sentences, where the one with that number is the best."""
    found = [held("a", TEXT), held("b", OTHER)]
    chosen = [
        SentenceReading(candidate=number, span=span, score=0.5)
        for number, one in enumerate(found)
        for span in one.passage.sentences
    ]
    shown = without_strangers(chosen, chosen[best], found, analyse(question))
    return [found[s.candidate].passage.text[slice(*s.span)].split(maxsplit=1)[0] for s in shown]


def test_neighbours_and_what_speaks_of_it_stay() -> None:
    assert kept("Who is responsible for transport?") == ["She", "Holt", "Few", "The"]


def test_nothing_goes_where_the_best_has_no_word_of_the_question_either() -> None:
    assert len(kept("Who runs the buses?")) == 6
