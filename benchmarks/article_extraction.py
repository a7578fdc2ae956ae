"""How much of real pages' article text is found, and how much else comes with it.

    python -m benchmarks.article_extraction FOLDER

FOLDER holds `html/*.html.gz` and `ground-truth.json` in the layout of the public
article-extraction benchmark (https://github.com/scrapinghub/article-extraction-benchmark), and the
score is the one used there: shingles of four tokens, compared as multisets; precision and recall
for each page, their means over all pages, and the F1 of the two means.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.cleaning import clean
from index.errors import SourceRefused
from index.loading.html import read_page
from index.preparation import prepare

_TOKEN = re.compile(r"\w+", re.UNICODE)
_SHINGLE = 4

Extractor = Callable[[str], str]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four tokens; a shorter text is one shingle."""
    tokens = _TOKEN.findall(text or "")
    runs = [tuple(tokens[at : at + _SHINGLE]) for at in range(max(1, len(tokens) - _SHINGLE + 1))]
    return Counter(run for run in runs if run)


def score(truth: Mapping[str, str], found: Mapping[str, str]) -> tuple[float, float, float]:
    """Mean precision, mean recall, and the F1 of the two; a page without either side has none."""
    precisions, recalls = [], []
    for page, text in truth.items():
        wanted, got = shingles(text), shingles(found[page])
        right = (wanted & got).total()
        if got:
            precisions.append(right / got.total())
        if wanted:
            recalls.append(right / wanted.total())
    precision = sum(precisions) / len(precisions)
    recall = sum(recalls) / len(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _trafilatura(markup: str) -> str:
    from trafilatura import extract

    return extract(markup, include_comments=False) or ""


def _trafilatura_as_is(markup: str) -> str:
    from trafilatura import extract

    return extract(markup) or ""


def _loader(markup: str) -> str:
    try:
        return read_page(markup, origin="page").text
    except SourceRefused:
        return ""


def _loader_and_cleaning(markup: str) -> str:
    return clean(_loader(markup))


def _prepared(markup: str) -> str:
    try:
        return prepare(read_page(markup, origin="page")).text
    except SourceRefused:
        return ""


EXTRACTORS: Mapping[str, Extractor] = {
    "trafilatura, defaults": _trafilatura_as_is,
    "trafilatura, no comments": _trafilatura,
    "html loader": _loader,
    "html loader + cleaning": _loader_and_cleaning,
    "as prepared (title taken out)": _prepared,
}


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    folder = Path(arguments[0])
    entries = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    truth = {page: entry["articleBody"] for page, entry in entries.items()}
    pages = {
        page: gzip.decompress((folder / "html" / f"{page}.html.gz").read_bytes()).decode("utf-8")
        for page in truth
    }
    print("| extractor | precision | recall | F1 |")
    print("|---|---|---|---|")
    for name, extract in EXTRACTORS.items():
        found = {page: extract(markup) for page, markup in pages.items()}
        precision, recall, f1 = score(truth, found)
        print(f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
