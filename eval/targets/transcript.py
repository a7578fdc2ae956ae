"""A target that has answered already: a JSONL file of someone else's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from eval.answer_text import compile_refusal
from eval.gold import GoldQuestion
from eval.replies import Reply
from eval.targets.base import Articles, Provenance
from eval.transcripts import TranscriptLine, read_lines
from index.errors import GoldInvalid, TargetUnreadable


class TranscriptTarget:
    """Looks answers up in a transcript, by question id or else by the question's words.

    With an archive handed in, the articles that it names become ids, and quotes are held against
    the stored text; without one, words are compared with words.
    """

    def __init__(
        self, lines: Sequence[TranscriptLine], *, name: str, articles: Articles | None = None
    ) -> None:
        self._name = name
        self._articles = articles
        self._lines = tuple(lines)
        self._by_id = {line.id: line for line in lines if line.id is not None}
        asked = [(_folded(line.question), line) for line in lines if line.question is not None]
        times = Counter(question for question, _ in asked)
        self._by_question = {question: line for question, line in asked if times[question] == 1}

    @classmethod
    def read(
        cls, path: Path, *, articles: Articles | None = None, refusal: str | None = None
    ) -> Self:
        """Return the file as a target. Raises: InputError, naming file and line."""
        lines = read_lines(path, refusal=compile_refusal(refusal))
        return cls(lines, name=str(path), articles=articles)

    @property
    def name(self) -> str:
        """The file."""
        return self._name

    @property
    def articles(self) -> Articles | None:
        """The archive that was handed in."""
        return self._articles

    @property
    def conversational(self) -> bool:
        """True: whoever wrote the answers is taken to have known the conversation."""
        return True

    def provenance(self) -> Provenance:
        """Return nothing: the file does not say how its answers came to be."""
        return Provenance()

    def fit(self, gold: Sequence[GoldQuestion]) -> list[str]:
        """Return a warning where the file answers what the gold set does not ask.

        Raises: GoldInvalid where it answers none of the gold set's questions.
        """
        used = {line.number for question in gold if (line := self._line(question)) is not None}
        if not used:
            raise GoldInvalid(
                f"{self._name} answers none of the {len(gold)} gold questions",
                hint="each line's 'id' must be the id of a gold question, or 'question' its words",
            )
        unknown = [line for line in self._lines if line.number not in used]
        if not unknown:
            return []
        first = unknown[0]
        count = f"{len(unknown)} of {len(self._lines)} answers are to no question of the gold set"
        called = repr(first.id or first.question)
        return [f"{self._name}: {count}; first, line {first.number}: {called}"]

    def ask(self, question: GoldQuestion) -> Reply:
        """Return the answer in the file. Raises: TargetUnreadable where there is none."""
        line = self._line(question)
        if line is None:
            raise TargetUnreadable(f"no answer in {self._name}")
        if isinstance(line.result, Reply):
            return line.result
        raise TargetUnreadable(line.result)

    def _line(self, question: GoldQuestion) -> TranscriptLine | None:
        found = self._by_id.get(question.id)
        return found or self._by_question.get(_folded(question.question))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
