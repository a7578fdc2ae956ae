"""Furniture goes, prose stays, and cleaning twice is cleaning once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import clean

LEDE = "The harbour board of Port Ellery met on Monday to vote on the plan of Mayor Ida Moe."
BODY = "Nobody from the dredging company came, and the vote was put off until the ice has gone."

FURNITURE = [
    "- Advertisement -",
    "Advertisement",
    "ADVERTISEMENT",
    "ADVERTISEMENT - STORY CONTINUES BELOW",
    "Advertisement: Two for one on the night boat.",
    "Story continues below advertisement",
    "Sponsored content",
    "Read more: Ice closes the northern channel",
    "READ ALSO: Ice closes the northern channel",
    "Also read: Ice closes the northern channel",
    "RELATED: Ice closes the northern channel",
    "Read more",
    "Most read",
    "Sign up for our newsletter",
    "Sign up for Ellery Morning, our free newsletter.",
    "Subscribe to our newsletter and never miss a tide.",
    "Get the day's tides in your inbox.",
    "Follow us on Facebook and Instagram",
    "Share this story: Facebook | X | Telegram | WhatsApp",
    "Facebook Twitter WhatsApp Email",
    "Share",
    "Share on Facebook",
    "We use cookies to measure our audience. You can change your choice at any time.",
    "This site uses cookies.",
    "By continuing you agree to our cookie policy.",
    "By Abdi Halane",
    "By Ida Moe and Tor Eide",
    "BY IDA MOE",
    "By Ida Moe, Harbour Correspondent",
    "World 2 months ago",
    "3 hours ago",
    "Harbour News · 5 hours ago",
    "4 min read",
    "Tags: ice, harbour, ferries",
    "Photo: Tern Wire",
    "© 2026 The Ellery Post. All rights reserved.",
    "Mayor Ida Moe (R) greets a pilot at Port Ellery, Jan. 6, 2026. (Tern Wire)",
    "Ice on the northern channel. (Photo by Tor Eide/Tern Wire)",
    "FILE - Ice on the northern channel, Jan. 6, 2020.",
    "Mayor Ida Moe at Port Ellery",
]

PROSE = [
    "Advertisement revenue at the paper fell by a third last year, the publisher said.",
    "Share prices rose in Oslo after the news, and fell again before the close.",
    "By Tuesday the water had reached the second step of the town hall.",
    "By Monday evening",
    "With assistance from the navy, the ferry was freed before dawn.",
    "Read more books, the mayor told the graduating class.",
    "Cookies are baked in the ferry's galley every morning.",
    "“We use cookies,” the baker said.",
    "Print shops in the harbour quarter have closed one after another.",
    "He died two months ago in Port Ellery, at the age of 81.",
    "The ship sank on March 3, 2019, with forty people aboard (the worst loss that year).",
    "The harbour reopened. (It had been shut for a week.)",
    "Why the ice came early",
    "What happens next:",
    "- Forty kilos of salt",
    "1. Salt the steps",
    "“No.”",
    "PARIS — The envoys met.",
    "Related work was done in Oslo by the same engineers.",
    "This story was told to every child in Port Ellery.",
]


def around(line: str) -> str:
    return f"{LEDE}\n{line}\n{BODY}"


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_between_paragraphs_goes(line: str) -> None:
    assert clean(around(line)) == f"{LEDE}\n\n{BODY}"


@pytest.mark.parametrize("line", PROSE)
def test_prose_stays_wherever_it_stands(line: str) -> None:
    for text in (around(line), f"{line}\n{LEDE}\n{BODY}", f"{LEDE}\n{BODY}\n{line}"):
        assert line in clean(text).split("\n\n")


@pytest.mark.parametrize(
    "line",
    [
        "EG",
        "World",
        "Citadel Courier | World",
        "Home > World > Europe",
        "Saturday, November 8, 2025",
        "Published: January 6, 2026 10:43 GMT",
        "Updated Jan. 6, 2026",
        "The Ellery Post",
        "Tide turns at the port",
        "TIDE TURNS AT THE PORT",
    ],
)
def test_what_stands_above_the_text_goes_only_there(line: str) -> None:
    names = ["The Ellery Post", "Tide turns at the port"]
    assert clean(f"{line}\n{LEDE}\n{BODY}", names=names) == f"{LEDE}\n\n{BODY}"
    assert line in clean(around(line), names=names)


@pytest.mark.parametrize(
    "line",
    [
        "With assistance from Tor Eide.",
        "With assistance from Tor Eide and Zoë van Dam.",
        "This article was generated from an automated feed of a news agency, unchanged.",
        "Ellery Times international–Monitoring.",
        "(Reporting by Tor Eide; Editing by Ida Moe)",
        "Additional reporting by Tor Eide",
        "Tor Eide contributed to this report.",
        "###",
        "ENDS",
    ],
)
def test_credits_below_the_text_go(line: str) -> None:
    assert clean(f"{LEDE}\n{BODY}\n{line}") == f"{LEDE}\n\n{BODY}"
    assert clean(f"{LEDE}\n{BODY}\nBy Ida Moe\n{line}") == f"{LEDE}\n\n{BODY}"


def test_a_line_said_twice_is_said_once() -> None:
    assert clean(f"{LEDE}\n{LEDE}\n{BODY}") == f"{LEDE}\n\n{BODY}"


def test_a_bare_caption_that_says_something_new_stays() -> None:
    line = "A seal watches the harbour pilots at Port Ellery"
    assert line in clean(around(line))


def test_spaces_and_blank_lines_are_laid_out() -> None:
    text = f"  {LEDE.replace(' ', '  ')}\u00a0\n \n\n\n\t{BODY}\n"
    assert clean(text) == f"{LEDE}\n\n{BODY}"


def test_nothing_but_furniture_leaves_nothing() -> None:
    assert clean("EG\nAdvertisement\nShare\n\n") == ""
    assert clean("") == ""


LINES = st.one_of(
    st.sampled_from([*FURNITURE, *PROSE, LEDE, BODY, "EG", "World", "ENDS", "", "\u00a0 "]),
    st.text(max_size=60),
)


@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=2))
def test_cleaning_twice_is_cleaning_once(lines: list[str], names: list[str]) -> None:
    once = clean("\n".join(lines), names=names)
    assert clean(once, names=names) == once


@given(st.lists(LINES, max_size=12))
def test_cleaning_only_takes_away(lines: list[str]) -> None:
    kept = [" ".join(line.split()) for line in clean("\n".join(lines)).split("\n\n")]
    source = iter([" ".join(part.split()) for part in "\n".join(lines).split("\n")])
    assert all(any(line == given for given in source) for line in kept if line)
