"""Passages are whole sentences with exact offsets."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from index.passages import (
    PassageShape,
    embedding_input,
    group_sentences,
    input_hash,
    split_passages,
)
from index.records import Passage, Span
from index.sentences import split_sentences

PIECES = [
    "The ferry runs again. ",
    "Dr. Holm said “no”. ",
    "渡𠮷 closed!",
    " 🎉 ",
    "\n\n",
    "\n",
    "e\u0301tude ",
    "A. B. C. 4.2 ",
    "\u00a0",
    "OSK (Agency) — Rain fell. ",
    "Why? ",
    "word " * 30,
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=25).map("".join)
SHAPES = st.builds(
    PassageShape,
    max_words=st.integers(min_value=1, max_value=60),
    overlap=st.integers(min_value=0, max_value=4),
)


def passages_in(text: str, sentences: list[Span], shape: PassageShape) -> list[Passage]:
    return split_passages(article_id="a", version=3, text=text, sentences=sentences, shape=shape)


@settings(max_examples=150)
@given(text=TEXTS, shape=SHAPES)
def test_offsets_are_exact_and_every_sentence_is_in_some_passage(
    text: str, shape: PassageShape
) -> None:
    sentences = split_sentences(text)
    passages = passages_in(text, sentences, shape)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert (passage.start, passage.end) == (
            passage.sentences[0].start,
            passage.sentences[-1].end,
        )
        ends = [passage.start]
        for start, end in passage.sentences:
            assert ends[-1] <= start < end <= passage.end
            ends.append(end)
    assert {span for passage in passages for span in passage.sentences} == set(sentences)


@settings(max_examples=150)
@given(
    lengths=st.lists(st.integers(min_value=1, max_value=30), max_size=40),
    shape=SHAPES,
)
def test_passages_keep_their_length_unless_one_sentence_exceeds_it(
    lengths: list[int], shape: PassageShape
) -> None:
    text, sentences = "", []
    for length in lengths:
        start = len(text)
        text += " ".join(["word"] * length)
        sentences.append(Span(start, len(text)))
        text += " "
    groups = group_sentences(text, sentences, shape)
    for group in groups:
        words = sum(len(text[s.start : s.end].split()) for s in group)
        assert words <= shape.max_words or len(group) == 1
    for before, after in pairwise(groups):
        assert before[0].start < after[0].start
        assert before[-1].end < after[-1].end
        assert len(set(before) & set(after)) <= shape.overlap


def test_overlap_repeats_the_last_sentences() -> None:
    text = "One two. Three four. Five six. Seven eight."
    shape = PassageShape(max_words=4, overlap=1)
    found = [p.text for p in passages_in(text, split_sentences(text), shape)]
    assert found == ["One two. Three four.", "Three four. Five six.", "Five six. Seven eight."]


def test_without_overlap_no_sentence_is_repeated() -> None:
    text = "One two. Three four. Five six. Seven eight."
    shape = PassageShape(max_words=4, overlap=0)
    found = [p.text for p in passages_in(text, split_sentences(text), shape)]
    assert found == ["One two. Three four.", "Five six. Seven eight."]


def test_ids_name_article_version_and_place() -> None:
    text = "One two three. Four five six."
    shape = PassageShape(max_words=3, overlap=0)
    passages = passages_in(text, split_sentences(text), shape)
    assert [(p.passage_id, p.ordinal) for p in passages] == [("a.3.0", 0), ("a.3.1", 1)]


def test_a_text_without_sentences_has_no_passages() -> None:
    assert passages_in("", [], PassageShape(max_words=40, overlap=1)) == []


def test_the_embedder_sees_the_title_first_and_equal_inputs_share_a_hash() -> None:
    text = "The ferry runs again."
    (passage,) = passages_in(text, split_sentences(text), PassageShape(max_words=9, overlap=0))
    assert embedding_input("Harbour", passage) == "Harbour\nThe ferry runs again."
    assert embedding_input("", passage) == text
    assert input_hash("Harbour") == input_hash("Harbour") != input_hash("harbour")
