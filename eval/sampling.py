"""A few questions of a gold set, the same few each time."""

from __future__ import annotations

import random
from collections.abc import Sequence

from eval.gold import GoldQuestion
from index.errors import InputError


def sample_questions(
    gold: Sequence[GoldQuestion], size: int | None, *, seed: int
) -> list[GoldQuestion]:
    """Return `size` questions drawn without replacement, in the order of the gold set.

    The draw depends on ids and seed only, not on the order of the file. None, or a size that the
    set does not reach, is the whole set. Raises: InputError where the size is not positive.
    """
    if size is None or size >= len(gold):
        return list(gold)
    if size < 1:
        raise InputError(f"a sample of {size} questions is none", hint="draw at least 1")
    drawn = set(random.Random(seed).sample(sorted(one.id for one in gold), size))  # noqa: S311
    return [question for question in gold if question.id in drawn]
