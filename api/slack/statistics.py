"""What was asked in Slack, as lines and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.catalogue.slack_questions import SlackStatistics


def as_document(found: SlackStatistics, days: int) -> dict[str, Any]:
    """The statistics of the last so many days, for programs."""
    return {
        "days": days,
        "asked": found.asked,
        "answered": found.answered,
        "not_found": found.not_found,
        "failed": found.failed,
        "withdrawn": found.withdrawn,
        "waiting": found.waiting,
        "answered_share": found.answered_share,
        "by_asked_by": {way.value: times for way, times in found.by_asked_by.items()},
        "per_day": [
            {"day": each.day.isoformat(), "asked": each.asked, "answered": each.answered}
            for each in found.per_day
        ],
        "most_asked": [
            {"question": each.question, "times": each.times} for each in found.most_asked
        ],
        "lacking": [
            {"question": each.question, "asked_at": each.asked_at.isoformat()}
            for each in found.lacking
        ],
        "rated_up": found.rated_up,
        "rated_down": found.rated_down,
    }


def as_lines(found: SlackStatistics, days: int) -> Iterator[str]:
    """The same for people."""
    yield f"asked in the last {days} days: {found.asked}"
    if not found.asked:
        return
    share = found.answered_share
    told = "" if share is None else f" ({share:.0%} of what was to have an answer)"
    yield f"answered: {found.answered}{told}"
    yield f"the archive does not say: {found.not_found}"
    rest = ((found.failed, "failed"), (found.withdrawn, "withdrawn"), (found.waiting, "waiting"))
    for number, name in rest:
        if number:
            yield f"{name}: {number}"
    yield f"rated good: {found.rated_up}, bad: {found.rated_down}"
    ways = ", ".join(f"{way.value} {times}" for way, times in found.by_asked_by.items())
    yield f"asked by: {ways}"
    yield "asked most:"
    for often in found.most_asked:
        yield f"  {often.times:>4}  {often.question}"
    if found.lacking:
        yield "what the archive lacks, latest first:"
    for lacking in found.lacking:
        yield f"  {lacking.asked_at:%Y-%m-%d}  {lacking.question}"
