"""The trained reader's network: windows, scores that depend on nothing but question and window,
words inside their sentence, checked files; with the shipped weights, plain questions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ModelUnavailable
from index.passages import PassageShape, split_passages
from index.records import Passage
from index.sentences import split_sentences
from rag.reading.span_model import (
    BUILT_IN_FOLDER,
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    WINDOW,
    SpanModel,
    SpanScore,
    best_scores,
    windows,
)
from tests.rag.reading.examples import FERRY, HARBOUR, ORCHARD

BEFORE = "Words that come first. "
WORDS = ("harbour", "wall", "crowns", "the", "of", "Brandt", "storm", "channel", "48", "Lune")


def passage_of(text: str) -> Passage:
    """A passage that does not start where its article does."""
    article = BEFORE + text
    sentences = [s for s in split_sentences(article) if s.start >= len(BEFORE)]
    shape = PassageShape(max_words=10_000, overlap=0)
    return split_passages(
        article_id="a", version=1, text=article, sentences=sentences, shape=shape
    )[0]


@pytest.fixture(scope="module")
def model() -> SpanModel:
    """The shipped weights."""
    return SpanModel()


def read(model: SpanModel, question: str, text: str) -> tuple[str, str, float]:
    """The best sentence of a text, the words in it, and their score."""
    passage = passage_of(text)
    found = best_scores(model, question, windows(passage))
    position, best = max(found.items(), key=lambda item: item[1].score)
    article = BEFORE + text
    sentence = passage.sentences[position]
    return article[slice(*sentence)], article[slice(*best.words)], best.score


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60), min_size=1, max_size=25))
@settings(max_examples=60)
def test_windows_hold_every_sentence_in_order(sentences: list[list[str]]) -> None:
    text = " ".join(" ".join(words).capitalize() + "." for words in sentences)
    passage = passage_of(text)
    made = windows(passage)
    held = [place for w in made for place in range(w.first, w.first + len(w.sentences))]
    assert sorted(set(held)) == list(range(len(passage.sentences)))
    for window in made:
        last = window.first + len(window.sentences)
        assert window.sentences == passage.sentences[window.first : last]
        assert window.text == (BEFORE + text)[window.sentences[0].start : window.sentences[-1].end]
        assert len(window.text.split()) <= WINDOW.max_words or len(window.sentences) == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much will the wall cost?", "48 million crowns"),
        ("Who is the mayor?", "Ilse Brandt"),
        ("When would work begin?", "March"),
        ("How many towns have asked to join the plan?", "14"),
    ],
)
def test_finds_the_words_that_answer(model: SpanModel, question: str, words: str) -> None:
    sentence, found, _ = read(model, question, HARBOUR)
    assert words in sentence
    assert words in found or found in words


@pytest.mark.parametrize("question", ["How much will the wall cost?", "When would work begin?"])
def test_a_text_that_answers_scores_above_others(model: SpanModel, question: str) -> None:
    scores = [read(model, question, text)[2] for text in (HARBOUR, FERRY, ORCHARD)]
    assert scores[0] > max(scores[1:])


def test_scores_do_not_depend_on_what_was_read_before(model: SpanModel) -> None:
    question = "How many passengers used the ferry?"
    texts = [windows(passage_of(text))[0] for text in (HARBOUR, FERRY, ORCHARD)]
    forwards = [model.scores(question, window) for window in texts]
    backwards = [model.scores(question, window) for window in reversed(texts)]
    assert forwards == backwards[::-1]
    assert [SpanModel().scores(question, window) for window in texts] == forwards


@given(
    question=st.text(max_size=300),
    text=st.lists(st.sampled_from((*WORDS, "żółw", "東京", "🜲", "“quoted”")), min_size=1).map(
        " ".join
    ),
)
@settings(max_examples=25)
def test_words_stand_in_their_sentence(model: SpanModel, question: str, text: str) -> None:
    for window in windows(passage_of(f"Harbour {text}.")):
        scores = model.scores(question, window)
        assert len(scores) == len(window.sentences)
        for sentence, score in zip(window.sentences, scores, strict=True):
            if score is not None:
                assert sentence.start <= score.words.start < score.words.end <= sentence.end


def test_a_long_question_leaves_room_for_the_window(model: SpanModel) -> None:
    question = "Who is the mayor? " * 60
    scores = model.scores(question, windows(passage_of(FERRY))[0])
    assert all(isinstance(score, SpanScore) for score in scores)


def test_sentences_that_are_cut_off_have_no_score(model: SpanModel) -> None:
    passage = passage_of(" ".join(["incomprehensibilities"] * 109) + ". It ends here.")
    (window, *_) = windows(passage)
    scores = model.scores("What ends?", window)
    assert scores[0] is not None
    assert best_scores(model, "What ends?", [window]).keys() == {
        place for place, score in enumerate(scores) if score is not None
    }


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE])
def test_missing_files_are_named(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(BUILT_IN_FOLDER, folder)
    (folder / name).unlink()
    with pytest.raises(ModelUnavailable, match="missing"):
        SpanModel(folder)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(BUILT_IN_FOLDER, folder)
    with (folder / MODEL_FILE).open("r+b") as stream:
        stream.seek(1_000_000)
        stream.write(b"other")
    with pytest.raises(ModelUnavailable, match="checksum"):
        SpanModel(folder)
