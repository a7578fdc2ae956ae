"""Answers compared as SQuAD compares them.

The definition is that of the official evaluation scripts (Rajpurkar et al., "SQuAD: 100,000+
Questions for Machine Comprehension of Text", EMNLP 2016; Rajpurkar, Jia and Liang, "Know What You
Don't Know", ACL 2018): lower case, then punctuation out, then the articles a, an, the out, then
white space collapsed. The scripts know ASCII punctuation only; curly quotes and long dashes, which
articles are made of, are taken out as well, as the MLQA script does (Lewis et al., "MLQA:
Evaluating Cross-lingual Extractive Question Answering", ACL 2020). ASCII text normalises the same
either way.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_INSIDE_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")
_ASCII_PUNCTUATION = frozenset(string.punctuation)


def normalise_answer(text: str) -> str:
    """Return `text` in lower case without punctuation and articles, single-spaced."""
    kept = "".join(character for character in text.lower() if not _is_punctuation(character))
    return _without_articles(kept)


def answer_tokens(text: str) -> list[str]:
    """Return the words of the normalised text, in order."""
    return normalise_answer(text).split()


def exact_match(prediction: str, truth: str) -> float:
    """Return 1.0 where both are the same once normalised, else 0.0."""
    return float(normalise_answer(prediction) == normalise_answer(truth))


def token_f1(prediction: str, truth: str) -> float:
    """Return the harmonic mean of token precision and recall, in [0, 1]; see `bag_f1`."""
    return bag_f1(answer_tokens(prediction), answer_tokens(truth))


def bag_f1(predicted: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the harmonic mean of precision and recall of tokens, counted as a bag.

    Where either side has none, both must have none (SQuAD 2.0).
    """
    if not predicted or not wanted:
        return float(not predicted and not wanted)
    shared = sum((Counter(predicted) & Counter(wanted)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)


def contains_answer(text: str, answer: str) -> bool:
    """Return whether the normalised answer is a run of whole words of the normalised text.

    Whole words, so that "art" is not found in "party" (DPR's `has_answer`: Karpukhin et al., EMNLP
    2020). Because SQuAD deletes punctuation ("15-year" becomes one word, "Ukraine's" another), the
    same is tried with punctuation as a separator, except inside numbers: "15" is in "15-year" and
    "Ukraine" in "Ukraine's", but "5" is not in "3.5". An answer that normalises to nothing is in
    no text.
    """
    return _has_run(normalise_answer(text), normalise_answer(answer)) or _has_run(
        _separated(text), _separated(answer)
    )


def _has_run(text: str, run: str) -> bool:
    return bool(run) and f" {run} " in f" {text} "


def _separated(text: str) -> str:
    """Return the normalised text with punctuation turned into spaces, numbers kept whole."""
    whole_numbers = _INSIDE_NUMBER.sub("", text.lower())
    return _without_articles(
        "".join(" " if _is_punctuation(character) else character for character in whole_numbers)
    )


def _without_articles(text: str) -> str:
    return " ".join(_ARTICLES.sub(" ", text).split())


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    return character in _ASCII_PUNCTUATION or unicodedata.category(character).startswith("P")
