from __future__ import annotations

import pytest

from eval.targets.references import ArticleNames, ReferenceIndex

INDEX = ReferenceIndex(
    [
        ArticleNames("id1", "https://news.example/x", "in/day one/x.txt"),
        ArticleNames("id2", None, "other/x.txt"),
        ArticleNames("id3", None, "feeds/all.jsonl:1"),
        ArticleNames("id4", "", "feeds/all.jsonl:12"),
        ArticleNames("id5", None, "C:\\news\\y.html"),
        ArticleNames("id6", None, ""),
    ]
)


@pytest.mark.parametrize(
    ("reference", "ids"),
    [
        ("id1", {"id1"}),
        ("https://news.example/x", {"id1"}),
        ("in/day one/x.txt", {"id1"}),
        ("x.txt", {"id1", "id2"}),
        ("all.jsonl:12", {"id4"}),
        ("feeds/all.jsonl:1", {"id3"}),
        ("feeds/all.jsonl", {"id3", "id4"}),
        ("all.jsonl", {"id3", "id4"}),
        ("y.html", {"id5"}),
        ("x", set()),
        ("", set()),
    ],
)
def test_a_reference_names_articles(reference: str, ids: set[str]) -> None:
    assert INDEX.resolve(reference) == ids
