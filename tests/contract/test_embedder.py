"""What every embedder promises, and that the int8 export stays close to its original."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding.base import Embedder
from index.embedding.export import weights_folder
from index.embedding.hashing import HashingEmbedder
from index.embedding.huggingface import OnnxEmbedder
from index.settings import BUILT_IN

SENTENCES = [
    "The ferry to Osk runs again from Monday, the harbour office said.",
    "Engineers found rust in six of the forty cables.",
    "Short.",
    "The council voted by eleven to four to keep the old library open until the roof is mended.",
    "“Wir bleiben”, said the mayor of Ærøskøbing. 🎉",
]


class EmbedderContract:
    """Shapes, norms and order; inherited by overriding `embedder`."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError("override this fixture with an embedder")

    def test_documents_become_unit_vectors_of_float32(self, embedder: Embedder) -> None:
        vectors = embedder.embed_documents(SENTENCES)
        assert vectors.shape == (len(SENTENCES), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)

    def test_a_question_becomes_one_unit_vector_of_float32(self, embedder: Embedder) -> None:
        vector = embedder.embed_query("When does the ferry run?")
        assert vector.shape == (embedder.dimension,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)

    def test_vectors_come_in_the_order_of_their_texts(self, embedder: Embedder) -> None:
        forwards = embedder.embed_documents(SENTENCES)
        backwards = embedder.embed_documents(SENTENCES[::-1])[::-1]
        alone = np.stack([embedder.embed_documents([text])[0] for text in SENTENCES])
        assert np.sum(forwards * backwards, axis=1) == pytest.approx(1.0, abs=0.03)
        assert np.argmax(forwards @ alone.T, axis=1).tolist() == list(range(len(SENTENCES)))

    def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        vectors = embedder.embed_documents([])
        assert vectors.shape == (0, embedder.dimension)
        assert vectors.dtype == np.float32

    def test_one_text_gives_one_vector(self, embedder: Embedder) -> None:
        assert embedder.embed_documents(SENTENCES[:1]).shape == (1, embedder.dimension)

    def test_the_same_batch_gives_the_same_vectors(self, embedder: Embedder) -> None:
        first = embedder.embed_documents(SENTENCES)
        assert np.array_equal(first, embedder.embed_documents(SENTENCES))

    def test_a_question_is_near_the_passage_that_says_the_same(self, embedder: Embedder) -> None:
        question = embedder.embed_query("rust in six of the forty cables")
        assert int(np.argmax(embedder.embed_documents(SENTENCES) @ question)) == 1

    @pytest.mark.parametrize("text", ["", " ", "…", "\n", "x" * 5000, "渡𠮷"])
    def test_odd_texts_have_finite_unit_vectors(self, embedder: Embedder, text: str) -> None:
        vectors = embedder.embed_documents([text])
        assert np.isfinite(vectors).all()
        assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-4)

    def test_the_model_id_is_stable_and_says_something(self, embedder: Embedder) -> None:
        assert embedder.model_id == embedder.model_id != ""


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> HashingEmbedder:
        return HashingEmbedder()

    def test_it_counts_what_it_embedded(self) -> None:
        embedder = HashingEmbedder()
        embedder.embed_documents(SENTENCES)
        embedder.embed_documents([])
        embedder.embed_query("not counted")
        assert embedder.embedded == len(SENTENCES)

    def test_other_sizes_are_other_models(self) -> None:
        assert HashingEmbedder(8).model_id != HashingEmbedder(16).model_id

    def test_words_that_cancel_out_still_give_a_unit_vector(self) -> None:
        embedder = HashingEmbedder(1)
        for text in ("one two", "two three four", "a b c d e f"):
            assert np.linalg.norm(embedder.embed_query(text)) == 1.0


@pytest.fixture(scope="session")
def onnx_embedder(model_cache: Path) -> OnnxEmbedder:
    return OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=32)


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, onnx_embedder: OnnxEmbedder) -> OnnxEmbedder:
        return onnx_embedder

    def test_its_vectors_are_close_to_those_of_the_original_weights(
        self, onnx_embedder: OnnxEmbedder
    ) -> None:
        from sentence_transformers import SentenceTransformer

        original = SentenceTransformer(str(weights_folder(BUILT_IN)), device="cpu")
        expected = original.encode(SENTENCES, normalize_embeddings=True)
        cosines = np.sum(onnx_embedder.embed_documents(SENTENCES) * expected, axis=1)
        assert cosines.min() >= 0.97

    def test_more_texts_than_one_batch_keep_their_order(self, model_cache: Path) -> None:
        embedder = OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=2)
        vectors = embedder.embed_documents(SENTENCES)
        alone = np.stack([embedder.embed_query(text) for text in SENTENCES])
        assert np.argmax(vectors @ alone.T, axis=1).tolist() == list(range(len(SENTENCES)))

    def test_the_model_id_names_weights_and_checksum(self, onnx_embedder: OnnxEmbedder) -> None:
        assert onnx_embedder.model_id == "all-MiniLM-L6-v2@53aa51172d142c89"
