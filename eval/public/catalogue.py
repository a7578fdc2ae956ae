"""The public sets by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.public import (
    attributionbench,
    canard,
    multihop_rag,
    ramdocs,
    realtimeqa,
    rgb,
    wice,
)
from eval.public.base import OpenScratch, PublicOptions, PublicResult
from index.errors import InputError

Evaluate = Callable[[Path, PublicOptions, OpenScratch], PublicResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSet:
    """A public set, and how it is run."""

    name: str
    measures: str
    """What it says something about, in a few words."""
    evaluate: Evaluate
    takes_noise: bool = False


_SETS = (
    PublicSet(
        name=realtimeqa.NAME,
        measures="retrieval, answers and confidence on news",
        evaluate=realtimeqa.evaluate,
    ),
    PublicSet(
        name=rgb.NAME,
        measures="noise, rejection, integration and false documents",
        evaluate=rgb.evaluate,
        takes_noise=True,
    ),
    PublicSet(
        name=ramdocs.NAME,
        measures="documents that contradict one another",
        evaluate=ramdocs.evaluate,
    ),
    PublicSet(
        name=multihop_rag.NAME,
        measures="retrieval of evidence from several articles",
        evaluate=multihop_rag.evaluate,
    ),
    PublicSet(
        name=canard.NAME,
        measures="questions that need their conversation",
        evaluate=canard.evaluate,
    ),
    PublicSet(
        name=wice.NAME,
        measures="whether evidence supports a claim, and which words of it",
        evaluate=wice.evaluate,
    ),
    PublicSet(
        name=attributionbench.NAME,
        measures="whether references support a claim",
        evaluate=attributionbench.evaluate,
    ),
)
SETS: Mapping[str, PublicSet] = {one.name: one for one in _SETS}


def public_set(name: str) -> PublicSet:
    """Return the set of this name. Raises: InputError, with the nearest name."""
    if name in SETS:
        return SETS[name]
    near = difflib.get_close_matches(name.lower(), SETS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(SETS)}"
    raise InputError(f"there is no public set {name!r}", hint=hint)


def evaluate(
    name: str, path: Path, options: PublicOptions, open_scratch: OpenScratch
) -> PublicResult:
    """Return what the set at this path says.

    Raises: InputError where the options do not go with the set; GoldInvalid where its files do not
    have the published layout; else what the archive raises.
    """
    chosen = public_set(name)
    if options.noise_rates and not chosen.takes_noise:
        raise InputError(f"{name} has no noise rates", hint="leave --noise-rate out")
    if any(not 0 <= rate <= 1 for rate in options.noise_rates):
        raise InputError("a noise rate is not between 0 and 1", hint="give a share, as 0.4")
    return chosen.evaluate(path, options, open_scratch)
