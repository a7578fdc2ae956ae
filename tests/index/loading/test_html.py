"""Saved web pages."""

from __future__ import annotations

import io
from datetime import date

import pytest

from index.loading.html import HtmlLoader
from index.records import Confidence, Refusal, SourceDocument

BODY = """\
<p>The ferry to Port Ellery has been stuck in the ice since Sunday, its owner said, and
nobody expects it to move before the weekend.</p>
<p>Forty passengers were taken off by sledge on Monday night. The crew of nine stayed
aboard to keep the engines warm.</p>
<p>Mayor Ida Moe said the town would pay for their rooms, though she could not say from
which of its empty accounts.</p>
"""


def page(head: str = "", body: str = BODY, caption: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>Ice holds the ferry | Ellery Post</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a> <a href='/w'>World</a></nav><main><article>"
        f"<h1>Ice holds the ferry</h1>{caption}{body}</article></main>"
        f"<footer>© 2019-2026 Ellery Post. All rights reserved.</footer></body></html>"
    )


def load(markup: str | bytes) -> SourceDocument | Refusal:
    data = markup.encode() if isinstance(markup, str) else markup
    (loaded,) = HtmlLoader().load(io.BytesIO(data), origin="a.html")
    return loaded


def article(markup: str) -> SourceDocument:
    loaded = load(markup)
    assert isinstance(loaded, SourceDocument)
    return loaded


def test_the_article_and_nothing_else() -> None:
    found = article(page())
    assert "stuck in the ice since Sunday" in found.text
    assert "empty accounts." in found.text
    assert "Home" not in found.text
    assert "rights reserved" not in found.text
    assert found.title == "Ice holds the ferry"


def test_what_the_markup_states() -> None:
    found = article(
        page(
            '<link rel="canonical" href="https://post.example/ice">'
            '<meta property="og:site_name" content="Ellery Post">'
            '<meta name="author" content="Ida Moe">'
            '<meta property="article:published_time" content="2026-01-06T23:15:00-05:00">'
            '<meta property="article:modified_time" content="2026-01-09T11:02:00+03:00">'
        )
    )
    assert found.url == "https://post.example/ice"
    assert found.publisher == "Ellery Post"
    assert found.authors == ("Ida Moe",)
    assert found.published is not None
    assert found.published.day == date(2026, 1, 6)
    assert found.published.source == "metadata"
    assert found.published.confidence is Confidence.HIGH


def test_json_ld_states_the_date() -> None:
    block = '{"@type": "NewsArticle", "datePublished": "2026-01-06", "dateModified": "2026-01-09"}'
    found = article(page(f'<script type="application/ld+json">{block}</script>'))
    assert found.published is not None
    assert found.published.day == date(2026, 1, 6)
    assert found.published.confidence is Confidence.HIGH


def test_a_caption_dates_a_page_that_states_nothing() -> None:
    caption = (
        "<figure><img src='x.jpg'><figcaption>Ice at Port Ellery, Jan. 6, 2026. (Tern Wire)"
        "</figcaption></figure>"
    )
    found = article(page(caption=caption))
    assert found.published is not None
    assert (found.published.day, found.published.source) == (date(2026, 1, 6), "caption")
    assert "Tern Wire" not in found.text


def test_a_marked_up_date_is_a_guess() -> None:
    found = article(page(body=f'<time datetime="2026-01-06">6 Jan</time>{BODY}'))
    assert found.published is not None
    assert found.published.confidence is Confidence.LOW


def test_a_copyright_range_dates_nothing() -> None:
    assert article(page()).published is None


def test_a_cookie_wall_is_refused() -> None:
    wall = (
        "<html><head><title>Ellery Post</title></head><body><div><h1>We value your privacy</h1>"
        "<p>We and our partners use cookies to store personal data on your device. With your "
        "consent we measure audiences and show advertising that you may like.</p>"
        "<button>Accept all</button> <button>Reject all</button></div></body></html>"
    )
    loaded = load(wall)
    assert isinstance(loaded, Refusal)
    assert "consent" in loaded.reason
    assert "save the page again" in loaded.reason


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body></body></html>",
        "<html><body><p>Just six words of text here.</p></body></html>",
        "<!-- nothing -->",
        "<html><body><script>var a = 1;</script><noscript>Enable it</noscript></body></html>",
    ],
)
def test_a_page_without_an_article_is_refused(markup: str) -> None:
    loaded = load(markup)
    assert isinstance(loaded, Refusal)
    assert "\n" not in loaded.reason
    assert ": " in loaded.reason


def test_an_article_about_cookies_is_taken() -> None:
    body = BODY + (
        "<p>The regulator said that cookies were set before consent was given, on every page "
        "that it looked at, and fined the ferry line.</p>"
        + BODY.replace("Ida Moe", "Tor Eide")
        + "<p>The ferry line said it would appeal. Its lawyers, who were reached on Tuesday, would "
        "not say on what ground, and the court in Port Ellery has not yet named a day.</p>"
    )
    assert isinstance(load(page(body=body)), SourceDocument)


def test_a_page_in_latin_1_keeps_its_letters() -> None:
    markup = page(head='<meta charset="iso-8859-1">').replace("Ida Moe", "Zoë Çelik")
    loaded = load(markup.encode("latin-1"))
    assert isinstance(loaded, SourceDocument)
    assert "Zoë Çelik" in loaded.text
