"""Finding a public set by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.public.base import OpenScratch, PublicOptions, sampled
from eval.public.catalogue import SETS, evaluate, public_set
from index.errors import InputError


def test_every_set_is_found_by_its_name() -> None:
    assert set(SETS) == {
        "realtimeqa",
        "rgb",
        "ramdocs",
        "multihop-rag",
        "canard",
        "wice",
        "attributionbench",
    }
    assert all(public_set(name).name == name for name in SETS)


def test_an_unknown_set_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean ramdocs"):
        public_set("ramdoc")
    with pytest.raises(InputError, match="there are realtimeqa, rgb"):
        public_set("xyzzy")


def test_options_that_do_not_go_with_the_set_are_refused(by_words: OpenScratch) -> None:
    options = PublicOptions(noise_rates=(0.4,))
    with pytest.raises(InputError, match="canard has no noise rates"):
        evaluate("canard", Path("none"), options, by_words)
    with pytest.raises(InputError, match="not between 0 and 1"):
        evaluate("rgb", Path("none"), PublicOptions(noise_rates=(1.5,)), by_words)


def test_a_sample_keeps_the_order_and_never_exceeds_the_set() -> None:
    items = list(range(50))
    chosen = sampled(items, PublicOptions(sample=7, seed=3))
    assert chosen == sorted(set(chosen))
    assert len(chosen) == 7
    assert chosen != sampled(items, PublicOptions(sample=7, seed=4))
    assert sampled(items, PublicOptions(sample=99)) == items
    assert sampled(items, PublicOptions()) == items
