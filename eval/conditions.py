"""What figures depend on besides the code: unlike conditions make unlike figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.gold import GoldSource
from eval.targets.base import Provenance

Condition = str | int | float | bool | None

UNKNOWN = "unknown"
UNSET = "unset"
_CHECKSUM_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionDifference:
    """A condition that is not the same on both sides; None is unknown or unset."""

    what: str
    a: Condition
    b: Condition


def conditions_of(
    source: GoldSource, provenance: Provenance, *, questions: int
) -> dict[str, Condition]:
    """Return what a run was made under: gold set, corpus, models and settings, by name.

    A sample of a gold set is not the whole, nor another sample.

    The version of Quoth is none of it: whether a new version answers better is what one asks.
    """
    corpus = provenance.corpus
    found: dict[str, Condition] = {
        "gold": source.sha256,
        "questions": questions,
        "sample": None if source.sampled is None else f"{source.sampled}, seed {source.seed}",
        "corpus": None if corpus is None else corpus.fingerprint,
    }
    found |= {f"models.{role}": model for role, model in sorted(provenance.models.items())}
    return found | {f"settings.{key}": given for key, given in sorted(provenance.settings.items())}


def differences(
    a: Mapping[str, Condition], b: Mapping[str, Condition]
) -> tuple[ConditionDifference, ...]:
    """Return what differs, in the order of `a` and then of `b`."""
    return tuple(
        ConditionDifference(what=what, a=a.get(what), b=b.get(what))
        for what in dict.fromkeys((*a, *b))
        if a.get(what) != b.get(what)
    )


def shown(what: str, condition: Condition) -> str:
    """Return a condition as people read it: checksums cut short."""
    if condition is None:
        return UNKNOWN if what in {"gold", "corpus", "target", "version"} else UNSET
    if what in {"gold", "corpus"}:
        return str(condition)[:_CHECKSUM_SHOWN]
    return str(condition)
