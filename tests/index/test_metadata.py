"""Title, outlet and authors out of the text."""

from __future__ import annotations

import pytest

from index.metadata import describe
from index.records import SourceDocument

LEDE = "The harbour board of Port Ellery met on Monday to vote on the plan of Mayor Ida Moe."


def described(text: str) -> tuple[str, str | None, tuple[str, ...]]:
    found = describe(SourceDocument(origin="a.txt", text=text))
    return found.title, found.publisher, found.authors


def test_what_the_source_states_is_kept() -> None:
    document = SourceDocument(
        origin="a.txt",
        text=f"EP\nEllery Post\nAnother headline here\nBy Tor Eide\n{LEDE}",
        title="Stated",
        publisher="Stated Post",
        authors=("Zoë",),
    )
    found = describe(document)
    assert (found.title, found.publisher, found.authors) == ("Stated", "Stated Post", ("Zoë",))


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ("EP\nThe Ellery Post\n", "The Ellery Post"),
        ("The Ellery Post\nSaturday, November 8, 2025\n", "The Ellery Post"),
        ("Ellery Post | World\n", "Ellery Post"),
        ("World\n", None),
        ("Home > World > Europe\n", None),
    ],
)
def test_a_masthead_names_the_outlet_and_is_not_the_title(head: str, publisher: str | None) -> None:
    title = "Harbour Board Puts Off Its Vote"
    assert described(f"{head}{title}\n{LEDE}") == (title, publisher, ())


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        (f"ERBIL (Tern24) — {LEDE}", "Tern24"),
        (f"NEW YORK (AP) — {LEDE}", "AP"),
        (f"PARIS — {LEDE}", None),
        (f"The board (a new one) — {LEDE}", None),
    ],
)
def test_a_dateline_names_the_outlet(line: str, publisher: str | None) -> None:
    assert described(f"Harbour Board Puts Off Its Vote\n{line}")[1] == publisher


def test_a_monitoring_credit_names_the_outlet() -> None:
    assert described(f"{LEDE}\nBy Tor Eide\nEllery Times international–Monitoring.") == (
        LEDE,
        "Ellery Times",
        ("Tor Eide",),
    )


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("By Ida Moe", ("Ida Moe",)),
        ("By Ida Moe, Tor Eide and Zoë van Dam", ("Ida Moe", "Tor Eide", "Zoë van Dam")),
        ("By Ida Moe, Harbour Correspondent", ("Ida Moe",)),
        ("By Tuesday morning, the ice had gone.", ()),
    ],
)
def test_bylines(byline: str, authors: tuple[str, ...]) -> None:
    assert described(f"A Headline of Five Words\n{byline}\n{LEDE}")[2] == authors


def test_a_text_without_a_headline_is_called_by_its_first_sentence() -> None:
    assert described(f"OSLO — {LEDE} It failed.")[0] == LEDE
    long = LEDE.replace("Port Ellery", "Port Ellery and of the four islands to its north and east")
    title = described(long)[0]
    assert title.endswith("…")
    assert len(title) <= 101
    assert long.startswith(title[:-1])


def test_a_text_of_nothing_has_no_title() -> None:
    assert described("")[0] == ""
