"""Words of others are only words in Slack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from api.slack.escaping import closing, escape, markdown, plain, web_link
from tests.api.slack.blocks.answering import HOSTILE, LONG
from tests.slack_mrkdwn import active_parts, formatted_parts

NOTHING = "\u2060"


class TestEscape:
    @given(LONG)
    def test_it_leaves_nothing_that_slack_reads_as_markup(self, text: str) -> None:
        assert list(active_parts(escape(text))) == []
        assert formatted_parts(escape(text)) == []

    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_disarms(self, text: str) -> None:
        assert list(active_parts(escape(text))) == []
        assert formatted_parts(escape(text)) == []

    @pytest.mark.parametrize(
        "text", ["<!channel>", "<@U1>", "<http://a.example|b>", "@here", "#general", "a.example"]
    )
    def test_what_it_disarms_is_active_without_it(self, text: str) -> None:
        assert list(active_parts(text)) != []

    @pytest.mark.parametrize("text", ["*b*", "_i_", "~s~", "`c`", ":tada:", "> q", "&gt; q"])
    def test_what_it_makes_plain_is_formatted_without_it(self, text: str) -> None:
        assert formatted_parts(text) != []

    def test_ordinary_words_stay_as_they_are(self) -> None:
        words = "The drafts provide for a 15-year term, which could later be prolonged."
        assert escape(words) == words

    def test_slacks_three_characters_are_entities(self) -> None:
        assert escape("a<b & c>d &lt;") == "a&lt;b &amp; c&gt;d &amp;lt;"


class TestMarkdown:
    @given(LONG)
    def test_it_is_only_text(self, text: str) -> None:
        inline = [
            token
            for block in MarkdownIt("commonmark").enable("strikethrough").parse(markdown(text))
            for token in block.children or ()
        ]
        assert {token.type for token in inline} <= {"text", "text_special", "softbreak"}

    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_reads_the_same(self, text: str) -> None:
        shown = "".join(
            token.content
            for block in MarkdownIt("commonmark").parse(markdown(text))
            for token in block.children or ()
        )
        assert shown.replace(NOTHING, "").split() == text.replace(NOTHING, "").split()

    @given(LONG)
    def test_slacks_own_markup_does_not_come_through(self, text: str) -> None:
        assert "<" not in markdown(text)
        assert [found for found in active_parts(markdown(text)) if "mention" in found] == []


class TestPlain:
    @given(st.text())
    def test_it_is_one_line_that_turns_nothing_around(self, text: str) -> None:
        assert closing(plain(text)) == ""
        assert plain(text) == " ".join(plain(text).split())
        assert "\x00" not in plain(text)

    def test_it_leaves_letters_alone(self) -> None:
        assert plain(" عُقد\n الاجتماع 👩‍👩‍👧 *a* ") == "عُقد الاجتماع 👩‍👩‍👧 *a*"


class TestClosing:
    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("abc", ""),
            ("a\u202eb", "\u202c"),
            ("a\u202eb\u202c", ""),
            ("\u2066a\u2067b\u2069", "\u2069"),
            ("a\u202eb\nc", ""),
            ("\u202c\u2069", ""),
        ],
    )
    def test_it_ends_what_is_begun(self, text: str, ends: str) -> None:
        assert closing(text) == ends

    @given(st.text(alphabet="ab\n\u202a\u202e\u202c\u2066\u2068\u2069"))
    def test_nothing_is_left_to_end(self, text: str) -> None:
        assert closing(text + closing(text)) == ""


class TestWebLink:
    @pytest.mark.parametrize(
        ("address", "url", "host"),
        [
            ("https://a.example/b?c=d&e#f", "https://a.example/b?c=d&e#f", "a.example"),
            ("http://A.Example", "http://a.example", "a.example"),
            ("https://a.example:8443/b", "https://a.example:8443/b", "a.example"),
            ("https://a.example/b%20c", "https://a.example/b%20c", "a.example"),
            ("https://a.example/ä|<b>", "https://a.example/%C3%A4%7C%3Cb%3E", "a.example"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
            ("https://раураl.com/", "https://xn--l-7sba6dbr.com/", "xn--l-7sba6dbr.com"),
        ],
    )
    def test_addresses_of_the_web(self, address: str, url: str, host: str) -> None:
        link = web_link(address)
        assert link is not None
        assert (link.url, link.host) == (url, host)

    @pytest.mark.parametrize(
        "address",
        [
            None,
            "",
            "a.example/b",
            "javascript:alert(1)",
            "ftp://a.example/b",
            "mailto:a@b.example",
            "https://",
            "https://good.example@evil.example/",
            "https://good.example\\@evil.example/",
            "https://a.example /b",
            "https://a.example/\nb",
            "https://a|b.example/",
            "https://a..example/",
            "https://a.example:x/",
            "https://[::1]/",
            "https://[a.example/",
            "https://a.example/" + "x" * 3_000,
        ],
    )
    def test_what_is_no_address_or_hides_where_it_leads(self, address: str | None) -> None:
        assert web_link(address) is None

    @given(st.text())
    def test_no_text_breaks_out_of_a_link(self, text: str) -> None:
        link = web_link(f"https://a.example/{text}")
        assert link is None or not set(link.url) & set("<>|` \n")
