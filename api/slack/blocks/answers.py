"""An answer as messages: quotes with their sources, who differs, how sure it is, and buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.slack.blocks import words
from api.slack.blocks.actions import (
    ACTION_CONTEXT,
    ACTION_FOLLOW_UP,
    ACTION_RATE_DOWN,
    ACTION_RATE_UP,
    ACTION_SHARE,
)
from api.slack.blocks.elements import (
    Block,
    Element,
    Message,
    button,
    paragraph,
    rich,
    row,
    small,
    text,
)
from api.slack.blocks.limits import MOST_TEXT, pieces, shortened
from api.slack.blocks.packing import messages
from api.slack.blocks.quoting import Run, blocks_of, passage_runs, passage_source, quoted
from api.slack.escaping import closing, plain
from rag.records import Answer, AnswerSentence, Citation, Disagreement, Outcome, Position

MOST_PASSAGES = 3
"""Nearest passages that stand below a silence."""
MOST_PASSAGE = 220
MOST_ANSWERING_WORDS = 90
"""Longer answering words are left to the quote."""
SILENCE = "The archive does not say."
NEAREST = "No article here answers this. What comes nearest is below; it is not an answer."
NOTHING_NEAR = "No article here comes near this question."
_TITLES = {"differ": "Sources differ", "updated": "This has been updated"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """Where an answer is shown, and what its buttons have to know."""

    event_key: str
    answer_id: str
    asker: str
    is_private: bool
    """Whether nobody but the asker sees it, so that it can be shared."""
    archive_url: str | None = None
    """Public address of Quoth's page, where articles without an address of their own are read."""
    question: str | None = None
    """To be shown above the answer, where it stands nowhere else."""


def answer_message(answer: Answer, *, context: MessageContext) -> list[Message]:
    """The answer: the reply, and what does not fit into it; the buttons are on the last."""
    found = answer.outcome is Outcome.ANSWERED
    groups = [[block] for block in (*_asked(context), *_understood(answer))]
    page = context.archive_url
    groups += _found(answer, page) if found else _silent(answer, page)
    groups += [[small(piece)] for piece in pieces(plain(answer.notice or ""), MOST_TEXT)]
    end = [_standing(answer)] if found else []
    return messages(groups, [*end, buttons(answer, context)], answer.answer or SILENCE)


def buttons(answer: Answer, context: MessageContext) -> Block:
    """What can be done with the answer."""
    found = answer.outcome is Outcome.ANSWERED
    shown: list[Element] = []
    if answer.citations or answer.retrieved:
        label = "Quotes in context" if found else "Passages in full"
        shown.append(button(label, ACTION_CONTEXT, context.answer_id))
    shown += [
        button("Ask a follow-up", ACTION_FOLLOW_UP, context.event_key),
        button("👍 Good", ACTION_RATE_UP, context.answer_id, spoken="Good answer"),
        button("👎 Bad", ACTION_RATE_DOWN, context.answer_id, spoken="Bad answer"),
    ]
    if context.is_private and found:
        shown.append(button("Share to channel", ACTION_SHARE, context.event_key))
    return row(*shown)


def sentence_runs(
    sentences: Sequence[AnswerSentence], short_answer: str | None = None
) -> list[Run]:
    """Sentences one after another with the numbers of their quotes, the short answer bold once."""
    runs: list[Run] = []
    for sentence in sentences:
        runs += [Run(words=" ")] if runs else []
        at = sentence.text.find(short_answer) if short_answer else -1
        bold = [(at, at + len(short_answer))] if short_answer and at >= 0 else []
        short_answer = None if bold else short_answer
        runs += passage_runs(sentence.text, bold)
        numbers = "".join(f"[{n}]" for n in sentence.citations)
        runs += [Run(words=f"{closing(sentence.text)} {numbers}", italic=True)] if numbers else []
    return runs


def _asked(context: MessageContext) -> list[Block]:
    asked = plain(context.question or "")
    return blocks_of([Run(words=asked, bold=True)], quote=False) if asked else []


def _understood(answer: Answer) -> list[Block]:
    if answer.standalone_question == answer.question:
        return []
    return [small(f"Understood as: {plain(answer.standalone_question)}")]


def _found(answer: Answer, page: str | None) -> list[list[Block]]:
    groups: list[list[Block]] = []
    if not _is_quoted(answer):
        said = sentence_runs(answer.sentences, answer.short_answer)
        said = said or [Run(words=answer.answer or SILENCE)]
        groups += [[block] for block in blocks_of(said, quote=False)]
    left = {citation.n: citation for citation in answer.citations}
    for one in answer.disagreements:
        groups += _difference(one, left, page)
    if answer.disagreements and left:
        groups.append([rich(paragraph(text("Also found", bold=True)))])
    groups += quoted(left.values(), page)
    return groups


def _is_quoted(answer: Answer) -> bool:
    """Whether the answer is its quotes, so that these need not stand there twice."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    return bool(answer.sentences) and all(
        any(quotes.get(n) == sentence.text for n in sentence.citations)
        for sentence in answer.sentences
    )


def _difference(
    one: Disagreement, left: dict[int, Citation], page: str | None
) -> Iterator[list[Block]]:
    """The positions with their quotes, which are taken out of `left`."""
    title = [rich(paragraph(text(_TITLES[one.kind], bold=True)))]
    for place, position in enumerate(one.positions):
        taken = [left.pop(n) for n in position.citations if n in left]
        heads = [*title, *blocks_of(_position(one, place, position, taken), quote=False)]
        first, *others = quoted(taken, page) or [[]]
        yield [*heads, *first]
        yield from others
        title = []


def _position(
    one: Disagreement, place: int, position: Position, taken: Sequence[Citation]
) -> list[Run]:
    """What is said, and by whom; of updates also when."""
    who = words.publishers(position.publishers)
    runs: list[Run] = []
    if one.kind == "updated":
        who = f"{who}, {words.day(position.published_at)}"
        runs.append(Run(words="Earlier: " if place else "Now: "))
    said = plain(position.answer)
    if said and len(said) <= MOST_ANSWERING_WORDS:
        runs += [Run(words=said, bold=True), Run(words=" — ")]
    runs.append(Run(words=who))
    if not taken and position.citations:
        numbers = "".join(f"[{n}]" for n in position.citations)
        runs.append(Run(words=f" {numbers}", italic=True))
    return runs


def _standing(answer: Answer) -> Block:
    """Who says so, and how sure it is."""
    sure = words.sureness(answer.confidence)
    if answer.disagreements:
        return small(sure)
    quoted = len({citation.publisher for citation in answer.citations if citation.publisher})
    return small(f"{words.agreement(answer.agreement, quoted)} · {sure}")


def _silent(answer: Answer, page: str | None) -> list[list[Block]]:
    nearest = answer.retrieved[:MOST_PASSAGES]
    said = paragraph(text(f"{SILENCE}\n", bold=True), text(NEAREST if nearest else NOTHING_NEAR))
    groups = [[rich(said)]]
    for passage in nearest:
        shown = [Run(words=shortened(plain(passage.text), MOST_PASSAGE))]
        groups.append([*blocks_of(shown, quote=True), passage_source(passage, page)])
    return groups
