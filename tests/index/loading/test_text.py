"""Plain text files."""

from __future__ import annotations

import io
import textwrap

from index.loading.text import TextLoader, blocks
from index.records import Refusal, SourceDocument

PARAGRAPH = (
    "The harbour board of Port Ellery met on Monday evening to vote on a dredging plan that has "
    "divided the town since spring, and sent every one of the bids back to the engineers."
)


def load(data: bytes) -> SourceDocument | Refusal:
    (loaded,) = TextLoader().load(io.BytesIO(data), origin="a.txt")
    return loaded


def test_a_text_file_is_one_article() -> None:
    assert load(b"Title\r\n\r\nBody.\r\n") == SourceDocument(origin="a.txt", text="Title\n\nBody.")


def test_hard_wrapped_paragraphs_are_joined() -> None:
    wrapped = "\n\n".join(
        ["A Headline", textwrap.fill(PARAGRAPH, 72), textwrap.fill(PARAGRAPH, 60)]
    )
    assert blocks(wrapped) == f"A Headline\n\n{PARAGRAPH}\n\n{PARAGRAPH}"


def test_one_paragraph_a_line_stays_as_it_is() -> None:
    text = "\n".join([PARAGRAPH, "A short one.", PARAGRAPH])
    assert blocks(text) == text


def test_lists_and_mastheads_are_not_joined() -> None:
    for text in ("EG\nThe Ellery Gazette\nMonday", "one\ntwo\nthree\nfour"):
        assert blocks(text) == text


def test_a_binary_file_is_refused() -> None:
    loaded = load(b"\x00\x01\x02\x03" * 200)
    assert isinstance(loaded, Refusal)
    assert "binary" in loaded.reason
