"""Days that people and documents state, and evidence of the day of publication."""

from __future__ import annotations

from datetime import date

import pytest

from index.dates import caption_date, find_published, parse_day, parse_stated_day
from index.errors import DateInvalid
from index.records import Confidence, PublishedDate

PROSE = "The harbour board met on Monday to vote on the dredging plan for the northern channel."
JAN_6 = date(2026, 1, 6)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-06",
        "20260106",
        "2026-01-06T23:30:00-05:00",
        "2026-01-06T00:30:00+03:00",
        "2026-01-06 08:15:00",
        "2026-01-06T22:48:00Z",
        "Jan. 6, 2026",
        "January 6, 2026",
        "6 January 2026",
        "6th Jan 2026",
        "Tue, 06 Jan 2026 22:10:00 GMT",
        "2026/01/06",
        " January  6,\n2026 ",
    ],
)
def test_the_calendar_day_is_taken_as_written(text: str) -> None:
    assert parse_stated_day(text) == JAN_6
    assert parse_day(text) == JAN_6


@pytest.mark.parametrize(
    "text",
    [
        "yesterday-ish",
        "soon",
        "",
        "   ",
        "2026-02-30",
        "2026-13-01",
        "32 Jan 2026",
        "Jan 2026",
        "2026",
        "Tuesday",
        "01/02/2026",
        "1.2.2026",
        "99999",
        "1767700000",
        "date",
        "x" * 5000,
    ],
)
def test_nonsense_and_ambiguous_days_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(DateInvalid) as caught:
        parse_day(text)
    assert "2026-01-31" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_day_that_can_only_be_read_one_way_is_taken() -> None:
    assert parse_day("13/02/2026") == date(2026, 2, 13)
    assert parse_day("03/03/2026") == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 1, 31)),
        ("yesterday", date(2026, 1, 30)),
        ("2 weeks ago", date(2026, 1, 17)),
        ("a month ago", date(2025, 12, 31)),
    ],
)
def test_people_may_count_back_from_today(text: str, day: date) -> None:
    assert parse_day(text, today=date(2026, 1, 31)) == day


@pytest.mark.parametrize("text", ["yesterday", "2 weeks ago", "today"])
def test_documents_may_not(text: str) -> None:
    with pytest.raises(DateInvalid):
        parse_stated_day(text)


def published(
    text: str, *, stated: PublishedDate | None = None, url: str | None = None
) -> tuple[date, str, Confidence] | None:
    found = find_published(text, stated=stated, url=url)
    return (found.day, found.source, found.confidence) if found else None


def test_what_the_source_states_comes_first() -> None:
    stated = PublishedDate(day=JAN_6, source="metadata", confidence=Confidence.HIGH)
    text = f"Published: March 3, 2024\n{PROSE}"
    assert find_published(text, stated=stated, url="https://x.example/2023/02/01/a") == stated


def test_a_guess_comes_last() -> None:
    guess = PublishedDate(day=JAN_6, source="page_markup", confidence=Confidence.LOW)
    assert find_published(PROSE, stated=guess) == guess
    assert published(f"March 3, 2024\n{PROSE}", stated=guess) == (
        date(2024, 3, 3),
        "page_date",
        Confidence.MEDIUM,
    )


def test_a_published_line() -> None:
    text = f"Tide turns\nPublished: January 6, 2026 10:43 GMT\n{PROSE}"
    assert published(text) == (JAN_6, "published_line", Confidence.HIGH)


def test_a_dateline_with_its_year() -> None:
    text = f"OSLO, Jan. 6, 2026 (Tern Wire) — {PROSE}"
    assert published(text) == (JAN_6, "dateline", Confidence.HIGH)


def test_a_dateline_without_a_year_says_nothing() -> None:
    assert published(f"OSLO, Jan. 6 (Tern Wire) — {PROSE}") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/2026/01/06/tide-turns",
        "https://x.example/world/2026/1/6/tide-turns.html",
        "https://x.example/world/2026/jan/06/tide-turns",
        "https://x.example/news/2026-01-06/tide-turns",
    ],
)
def test_a_day_in_the_address(url: str) -> None:
    assert published(PROSE, url=url) == (JAN_6, "url", Confidence.MEDIUM)


@pytest.mark.parametrize(
    "url", ["https://x.example/2026/01/tide", "https://x.example/2026/99/06/a", "x", ""]
)
def test_part_of_a_day_in_the_address_is_none(url: str) -> None:
    assert published(PROSE, url=url) is None


def test_a_caption_and_the_latest_of_several() -> None:
    text = (
        "Crews load ice at Port Ellery, Jan. 4, 2026. (Tern Wire)\n"
        "Mayor Ida Moe (L) greets a pilot in Port Ellery, Jan. 6, 2026. (Tern Wire)\n"
        f"{PROSE}"
    )
    assert published(text) == (JAN_6, "caption", Confidence.MEDIUM)


@pytest.mark.parametrize(
    "line",
    [
        "FILE - A crane at Port Ellery, Jan. 6, 2020. (Tern Wire)",
        "A crane at Port Ellery, Jan. 6, 2020. (file photo)",
        "The law was passed on Jan. 6, 2020, and never used.",
        "On March 3, 2019, the ship sank with forty people aboard (the worst loss that year).",
    ],
)
def test_archive_photos_and_events_date_nothing(line: str) -> None:
    assert published(f"{PROSE}\n{line}") is None
    assert caption_date(line) is None


def test_a_page_date_above_the_text() -> None:
    text = f"The Ellery Post\nTuesday, January 6, 2026\nTide turns at the port\n{PROSE}"
    assert published(text) == (JAN_6, "page_date", Confidence.MEDIUM)


def test_a_page_date_with_an_age_label_is_the_day_of_printing() -> None:
    head = "The Ellery Post\nSaturday, November 8, 2025\nTide turns\n"
    assert published(f"{head}World 2 months ago\n{PROSE}") == (
        date(2025, 9, 8),
        "age_label",
        Confidence.LOW,
    )
    assert published(f"{head}3 days ago\n{PROSE}") == (
        date(2025, 11, 5),
        "age_label",
        Confidence.MEDIUM,
    )


def test_an_age_label_alone_says_nothing() -> None:
    assert published(f"World 2 months ago\n{PROSE}") is None


def test_dates_in_prose_are_events() -> None:
    text = f"{PROSE}\nThe treaty of March 3, 1994, was broken on February 24, 2022, he said."
    assert published(text) is None


def test_a_date_alone_below_the_prose_is_not_the_pages() -> None:
    assert published(f"{PROSE}\nMarch 3, 2024\n{PROSE}") is None


def test_no_text_no_date() -> None:
    assert published("") is None
