"""CANARD (Elgohary et al., "Can You Unpack That? Learning to Rewrite Questions-in-Context",
EMNLP 2019): questions of a conversation, each with a person's rewrite that stands alone.

A rewriter is handed in behind a seam. Two that rewrite nothing set the bounds: the last turn as it
is restores no word, and the whole history with it restores all that can be restored, beside
much that nobody asked for. So recall is reported with precision.

The measures are ours but for ROUGE-1 recall (Lin, "ROUGE: A Package for Automatic Evaluation of
Summaries", 2004): unigrams of the gold rewrite that are in the rewrite, each as often as it is in
both, of all that the gold rewrite has; words in lower case, without stemming.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eval.gold import gold_source
from eval.normalise import exact_match
from eval.public.base import OpenScratch, PublicOptions, PublicResult, Row, sampled
from eval.public.lines import Layout, NonBlank, check_unique, read_records
from eval.statistics.estimates import mean_of
from rag.conversation.standalone import standalone
from rag.reading.terms import terms_of
from rag.records import Turn

NAME = "canard"
_WORD = re.compile(r"[a-z0-9]+")


class ConversationTurn(Layout):
    """One item of `dev.json`."""

    History: tuple[str, ...]
    """Title of the page, title of the section, then question and answer in turn."""
    Question: NonBlank
    Rewrite: NonBlank
    QuAC_dialog_id: NonBlank
    Question_no: int


class Rewriter(Protocol):
    """Makes a question of a conversation stand alone."""

    @property
    def name(self) -> str:
        """What reports call it."""

    def rewrite(self, history: Sequence[str], question: str) -> str:
        """Return the question as it would be asked without the history, oldest turn first."""


class LastTurn:
    """Rewrites nothing."""

    name = "last turn as it is"

    def rewrite(self, history: Sequence[str], question: str) -> str:  # noqa: ARG002 - the seam
        """Return the question."""
        return question


class WholeHistory:
    """Puts the whole conversation before the question."""

    name = "whole history and last turn"

    def rewrite(self, history: Sequence[str], question: str) -> str:
        """Return all turns as one text."""
        return " ".join((*history, question))


class Rules:
    """Quoth's own, which sees the page as the article that was cited."""

    name = "rules"

    def rewrite(self, history: Sequence[str], question: str) -> str:
        """Return the question as it is understood without the history."""
        page, section, *said = history
        turns = [Turn(role="assistant", content=section, titles=(page,))]
        for asked, answered in zip(said[::2], said[1::2], strict=True):
            turns += Turn(role="user", content=asked), Turn(role="assistant", content=answered)
        return standalone(question, turns).question


REWRITERS: tuple[Rewriter, ...] = (LastTurn(), WholeHistory(), Rules())


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteScore:
    """How one rewrite compares with the gold one."""

    restored: float | None
    """Of the content words that the gold rewrite adds: those in the rewrite; None if it adds none.
    """
    added_right: float | None
    """Of the content words that the rewrite adds: those in the gold one; None if it adds none."""
    rouge_1: float
    exact: float


def evaluate(path: Path, options: PublicOptions, _open_scratch: OpenScratch) -> PublicResult:
    """Return figures for each rewriter that there is. Raises: GoldInvalid."""
    return measure(path, options, REWRITERS)


def measure(path: Path, options: PublicOptions, rewriters: Sequence[Rewriter]) -> PublicResult:
    """Return figures for these rewriters. Raises: GoldInvalid."""
    records = read_records(path, ConversationTurn)
    check_unique(records, lambda turn: (turn.QuAC_dialog_id, turn.Question_no), called="turn")
    turns = sampled([record for _, record in records], options)
    rows: list[Row] = []
    for rewriter in rewriters:
        scores = []
        for turn in turns:
            rewrite = rewriter.rewrite(turn.History, turn.Question)
            scores.append(score_rewrite(turn.Question, rewrite, turn.Rewrite))
            options.on_progress(rewriter.name, len(scores), len(turns))
        rows.append(_row(rewriter.name, scores))
    lacking = sum(bool(_content(turn.Rewrite) - _content(turn.Question)) for turn in turns)
    note = f"{lacking} of {len(turns)} questions lack content words that their gold rewrite has"
    return PublicResult(name=NAME, sources=(gold_source(path),), rows=tuple(rows), notes=(note,))


def score_rewrite(question: str, rewrite: str, gold: str) -> RewriteScore:
    """Return how a rewrite of the question compares with the gold one."""
    asked, made, wanted = _content(question), _content(rewrite), _content(gold)
    lacking, added = wanted - asked, made - asked
    return RewriteScore(
        restored=len(lacking & made) / len(lacking) if lacking else None,
        added_right=len(added & wanted) / len(added) if added else None,
        rouge_1=rouge_1_recall(rewrite, gold),
        exact=exact_match(rewrite, gold),
    )


def rouge_1_recall(text: str, reference: str) -> float:
    """Return ROUGE-1 recall, in [0, 1]; 0 where the reference has no word."""
    held, wanted = (Counter(_WORD.findall(side.lower())) for side in (text, reference))
    return (held & wanted).total() / wanted.total() if wanted else 0.0


def _content(text: str) -> frozenset[str]:
    """Return the keys of the content words, so that forms and spellings of one word meet."""
    return frozenset(term.key for term in terms_of(text) if not term.is_stop_word)


def _row(name: str, scores: Sequence[RewriteScore]) -> Row:
    return Row(
        label=name,
        n=len(scores),
        figures={
            "content words restored": mean_of(s.restored for s in scores),
            "words added that gold adds": mean_of(s.added_right for s in scores),
            "ROUGE-1 recall": mean_of(s.rouge_1 for s in scores),
            "exact match": mean_of(s.exact for s in scores),
            "changed": mean_of(s.added_right is not None for s in scores),
        },
    )
