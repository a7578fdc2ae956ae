"""An evaluation as Markdown, fit for a comment on a pull request.

Whatever questions and answers hold stays text: it ends no table, makes no link or image, calls
nobody and refers to no other thread. Places that show such comments take a limited length, so what
does not fit is counted, and left to the JSON document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.document import stages_of
from eval.records import QuestionResult, Stage
from eval.report.wording import (
    NO_DATA,
    came_back,
    counted,
    find_figure,
    gold_set,
    group_title,
    interval,
    judged,
    number,
    one_line,
    shortened,
    stage_title,
    summary,
    verdict,
    worst_first,
)
from eval.run import Evaluation

LIMIT = 60_000
"""Characters; a comment on GitHub holds 65,536."""
_SHOWN = 10
"""Wrong answers that are not folded away."""
_CELL, _NAME = 200, 60
_WARNINGS, _TAGS, _MODELS = 20, 50, 10
"""What comes before the wrong answers is so short that it always fits."""
_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]()#!|~$^]|^[-+=]")
_CALLS = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a mention, a reference to a thread or a link that makes itself is taken apart."""
_JOINER = "\u2060"
_LEFT_OUT = "More is in eval.json."


def markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown, at most `LIMIT` characters."""
    sections = [
        _head(evaluation),
        _metrics(evaluation),
        _stages(evaluation),
        _warnings(evaluation),
        _judges(evaluation),
        _tags(evaluation),
    ]
    text = "\n".join(line for lines in sections for line in lines)
    return text + _mistakes(worst_first(evaluation.questions), LIMIT - len(text))


def literal(text: str, limit: int = _CELL) -> str:
    """Return the text on one line so that Markdown and HTML show it as it stands."""
    parted = _CALLS.sub(_JOINER, shortened(text, limit))
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", parted)


def _head(evaluation: Evaluation) -> Iterator[str]:
    made = evaluation.provenance
    yield f"# Evaluation of {literal(evaluation.target)}"
    yield ""
    yield f"{summary(evaluation)}."
    yield ""
    gold = (
        f"Gold set {literal(gold_set(evaluation.gold))} (SHA-256 `{_code(evaluation.gold.sha256)}`)"
    )
    parts = [gold]
    if made.corpus is not None:
        parts.append(
            f"{counted(made.corpus.articles, 'article')} (`{_code(made.corpus.fingerprint)}`)"
        )
    parts += [
        f"{literal(role, _NAME)} {literal(model, _NAME)}"
        for role, model in sorted(made.models.items())[:_MODELS]
    ]
    if made.version is not None:
        parts.append(f"Quoth {literal(made.version)}")
    yield f"{'; '.join(parts)}."
    yield ""


def _metrics(evaluation: Evaluation) -> Iterator[str]:
    yield "| metric | value | 95 % |"
    yield "| --- | ---: | ---: |"
    shown = ""
    for figure in evaluation.figures:
        if figure.value is None:
            continue
        group = figure.metric.group
        if group != shown:
            yield f"| **{literal(group_title(group))}** | | |"
        shown = group
        yield f"| `{figure.metric}` | {number(figure, figure.value)} | {interval(figure)} |"
    yield ""


def _stages(evaluation: Evaluation) -> Iterator[str]:
    held = {key: count for key, count in stages_of(evaluation.questions).items() if count}
    if not held:
        return
    yield "## Where answers went wrong"
    yield ""
    yield "| stage | n |"
    yield "| --- | ---: |"
    for key, count in held.items():
        yield f"| {stage_title(Stage(key))} | {count} |"
    yield ""


def _warnings(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.warnings:
        return
    yield f"## {counted(len(evaluation.warnings), 'warning')}"
    yield ""
    for warning in evaluation.warnings[:_WARNINGS]:
        yield f"* {literal(warning)}"
    if len(evaluation.warnings) > _WARNINGS:
        yield f"* {len(evaluation.warnings) - _WARNINGS} more. {_LEFT_OUT}"
    yield ""


def _judges(evaluation: Evaluation) -> Iterator[str]:
    found = judged(evaluation)
    if found is None:
        return
    title, headings, rows = found
    yield f"## {literal(title)}"
    yield ""
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' for _ in headings)} |"
    for row in rows:
        yield f"| {' | '.join(map(literal, row))} |"
    yield ""


def _tags(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.by_tag:
        return
    yield f"<details><summary>{counted(len(evaluation.by_tag), 'tag')}</summary>"
    yield ""
    yield "| tag | n | right | 95 % |"
    yield "| --- | ---: | ---: | ---: |"
    for tag, (count, figures) in list(evaluation.by_tag.items())[:_TAGS]:
        right = find_figure(figures, "answer", "overall_accuracy")
        cells = (
            (NO_DATA, NO_DATA) if right is None else (number(right, right.value), interval(right))
        )
        yield f"| {literal(tag, _NAME)} | {count} | {cells[0]} | {cells[1]} |"
    if len(evaluation.by_tag) > _TAGS:
        yield f"\n{len(evaluation.by_tag) - _TAGS} more. {_LEFT_OUT}"
    yield ""
    yield "</details>"
    yield ""


def _mistakes(wrong: Sequence[QuestionResult], room: int) -> str:
    """Return the wrong answers, worst first and all but a few folded away, as many as fit."""
    if not wrong:
        return ""
    heading = f"\n## Wrong: {len(wrong)}\n\n"
    head = "| id | stage | question | what came back | wanted |\n| --- | --- | --- | --- | --- |\n"
    folded = f"\n<details><summary>{len(wrong) - _SHOWN} more</summary>\n\n{head}"
    end = f"\n</details>\n\n{len(wrong)} left out. {_LEFT_OUT}\n"
    room -= len(heading) + len(head) + len(folded) + len(end)
    rows = []
    for line in map(_mistake, wrong):
        room -= len(line)
        if room < 0:
            break
        rows.append(line)
    text = heading + head + "".join(rows[:_SHOWN])
    if rows[_SHOWN:]:
        text += folded + "".join(rows[_SHOWN:]) + "\n</details>\n"
    left = len(wrong) - len(rows)
    return f"{text}\n{left} left out. {_LEFT_OUT}\n" if left else text


def _mistake(row: QuestionResult) -> str:
    wanted = " / ".join(row.gold_answers) if row.answerable else "not found"
    cells = (row.id, verdict(row), row.question, came_back(row), wanted or NO_DATA)
    return f"| {' | '.join(map(literal, cells))} |\n"


def _code(checksum: str) -> str:
    """Return enough of a checksum to tell it from others, fit for a code span."""
    return one_line(checksum)[:12].replace("`", "")
