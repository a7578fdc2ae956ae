"""A cross-encoder orders the best passages anew, and says by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ModelUnavailable
from rag.cross_encoding import CrossEncoderReranker
from rag.records import Candidate
from tests.rag.candidates import candidate
from tests.rag.tiny_models import Kind, tiny_cross_encoder, tiny_reader

QUESTION = "Who is the mayor?"
TEXTS = (
    "The mayor is Ilse Brandt, and she has been for nine years.",
    "The ferry to Osk runs again from Monday.",
    "The wall costs 48 million crowns, they said.",
    "In March, after the storm.",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(tmp_path_factory.mktemp("models") / "tiny-judge")


def found() -> list[Candidate]:
    """Candidates as fusion gives them, best first."""
    return [
        candidate(f"a{place}", text, story=f"s{place}", score=0.9 - place / 10)
        for place, text in enumerate(TEXTS)
    ]


def test_the_order_is_the_cross_encoders_and_old_scores_are_kept(model: Path) -> None:
    before = found()
    ranked = CrossEncoderReranker(str(model)).rerank(QUESTION, before)
    outputs = [c.cross_encoder for c in ranked]
    assert None not in outputs
    assert outputs == sorted(outputs, key=lambda output: -(output or 0.0))
    assert (ranked[0].score, ranked[-1].score) == (1.0, 0.0)
    assert {c.passage.passage_id: c.fused for c in ranked} == {
        c.passage.passage_id: c.score for c in before
    }


def test_the_same_passages_get_the_same_scores(model: Path) -> None:
    first = CrossEncoderReranker(str(model)).rerank(QUESTION, found())
    assert CrossEncoderReranker(str(model)).rerank(QUESTION, found()) == first


def test_what_was_not_shown_follows_in_its_old_order(model: Path) -> None:
    ranked = CrossEncoderReranker(str(model), shown=2).rerank(QUESTION, found())
    assert {c.passage.article_id for c in ranked[:2]} == {"a0", "a1"}
    assert [c.passage.article_id for c in ranked[2:]] == ["a2", "a3"]
    assert [(c.cross_encoder, c.score) for c in ranked[2:]] == [(None, 0.0)] * 2


def test_nothing_found_stays_nothing(model: Path) -> None:
    assert CrossEncoderReranker(str(model)).rerank(QUESTION, []) == []


@pytest.mark.parametrize("kind", ["roberta", "deberta"])
def test_other_networks_can_be_rerankers(tmp_path: Path, kind: Kind) -> None:
    reranker = CrossEncoderReranker(str(tiny_cross_encoder(tmp_path / kind, kind)))
    assert len(reranker.rerank(QUESTION, found())) == len(TEXTS)
    assert reranker.model_id.startswith(f"{kind}@")


def test_its_checksum_is_that_of_its_weights(model: Path, tmp_path: Path) -> None:
    name, _, checksum = CrossEncoderReranker(str(model)).model_id.partition("@")
    assert name == "tiny-judge"
    assert len(checksum) == 12
    other = tiny_cross_encoder(tmp_path / "tiny-judge", "roberta")
    assert CrossEncoderReranker(str(other)).model_id.partition("@")[2] != checksum


@pytest.mark.parametrize("name", ["nobody/no-such-judge", "no-such-judge"])
def test_a_reranker_that_is_not_here_is_named(name: str) -> None:
    with pytest.raises(ModelUnavailable, match="set QUOTH_RERANKER to none") as raised:
        CrossEncoderReranker(name)
    assert repr(name) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_models_that_do_not_score_pairs_are_refused(tmp_path: Path) -> None:
    reader = tiny_reader(tmp_path / "reader")
    judge = tiny_cross_encoder(tmp_path / "three-ways", labels=3)
    two = tiny_cross_encoder(tmp_path / "two-ways", labels=2)
    for folder in (reader, judge, two):
        with pytest.raises(ModelUnavailable, match="gives no relevance score"):
            CrossEncoderReranker(str(folder))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match="no model weights"):
        CrossEncoderReranker(str(tmp_path / "empty"))


def test_weights_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path / "cut")
    (folder / "model.safetensors").write_bytes(b"cut short")
    with pytest.raises(ModelUnavailable, match="cannot be loaded") as raised:
        CrossEncoderReranker(str(folder)).rerank(QUESTION, found())
    assert "\n" not in str(raised.value)
