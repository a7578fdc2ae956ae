"""Sentence splitters on hard news sentences, and their speed on plain ones.

    python -m benchmarks.sentence_splitting [TEXT_FILE]

Each block of `sentence_splitting.txt` is a paragraph, one sentence a line; a splitter gets the
lines joined by spaces and should find the joints again. Printed for each: precision, recall and
F1 of the joints over all paragraphs, paragraphs that come out wholly right, and code points per
second over TEXT_FILE (default: the paragraphs, fifty times over). Libraries that are not installed
are left out. Only the chosen one is a dependency of Quoth: to compare, install the others
(`pip install pysbd sentencex syntok nltk`).
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

Starts = Callable[[str], Sequence[int]]
"""The code points at which the sentences of a paragraph begin."""

CASES = Path(__file__).with_suffix(".txt")


def cases() -> list[list[str]]:
    """The paragraphs, each as the list of its sentences."""
    return [block.split("\n") for block in CASES.read_text("utf-8").strip().split("\n\n")]


def joints(sentences: Sequence[str]) -> set[int]:
    """Where the second and later sentences begin, once joined by spaces."""
    found, at = set(), 0
    for sentence in sentences[:-1]:
        at += len(sentence) + 1
        found.add(at)
    return found


def _ours() -> Starts:
    from index.sentences import split_sentences

    return lambda text: [span.start for span in split_sentences(text)]


def _sentencex() -> Starts:
    boundaries = importlib.import_module("sentencex").get_sentence_boundaries
    return lambda text: [entry["start_index"] for entry in boundaries("en", text)]


def _syntok() -> Starts:
    segmenter = importlib.import_module("syntok.segmenter")
    return lambda text: [
        sentence[0].offset for block in segmenter.process(text) for sentence in block
    ]


def _pysbd() -> Starts:
    splitter = importlib.import_module("pysbd").Segmenter(
        language="en", clean=False, char_span=True
    )
    return lambda text: [span.start for span in splitter.segment(text)]


def _nltk() -> Starts:
    folder = Path(str(importlib.import_module("llama_index.core").__file__)).parent
    importlib.import_module("nltk").data.path.insert(0, str(folder / "_static" / "nltk_cache"))
    splitter = importlib.import_module("nltk.tokenize.punkt").PunktTokenizer("english")
    return lambda text: [start for start, _ in splitter.span_tokenize(text)]


SPLITTERS: Mapping[str, Callable[[], Starts]] = {
    "index.sentences": _ours,
    "sentencex": _sentencex,
    "syntok": _syntok,
    "nltk": _nltk,
    "pysbd": _pysbd,
}


def _rows(paragraphs: Sequence[str]) -> Iterator[str]:
    for name, build in SPLITTERS.items():
        if importlib.util.find_spec(name) is None:
            continue
        starts = build()
        true = found = right = whole = 0
        for sentences in cases():
            text = " ".join(sentences)
            wanted = joints(sentences)
            got = {_to_word(text, start) for start in starts(text)} - {0}
            true, found, right = true + len(wanted), found + len(got), right + len(wanted & got)
            whole += wanted == got
        precision, recall = right / max(found, 1), right / true
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        began = time.perf_counter()
        for paragraph in paragraphs:
            starts(paragraph)
        speed = sum(map(len, paragraphs)) / (time.perf_counter() - began)
        yield (
            f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {whole}/{len(cases())} "
            f"| {speed:,.0f} |"
        )


def _to_word(text: str, at: int) -> int:
    """The next place at or after `at` that is not a space: libraries differ in whose it is."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    plain = [" ".join(sentences) for sentences in cases()] * 50
    if arguments:
        plain = [line for line in Path(arguments[0]).read_text("utf-8").split("\n") if line.strip()]
    print("| splitter | precision | recall | F1 | paragraphs right | code points/s |")
    print("|---|---|---|---|---|---|")
    for row in _rows(plain):
        print(row)


if __name__ == "__main__":
    main(sys.argv[1:])
