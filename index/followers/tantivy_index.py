"""The lexical follower: BM25 in tantivy. The only module that imports tantivy."""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import tantivy

from index.errors import ArchiveDamaged
from index.followers.base import IndexedPassage, Scored, rarity

ANALYSER = "english_folded"
STATE_KEY = "state"
"""`passage_id` of the one document that remembers the sequence number: it is committed together
with the passages, so the index never believes to be further than it is."""
WRITER_HEAP = 50_000_000
TITLE_BOOST = 0.5
TERMS_A_SEARCH = 20
"""Terms that one search for coverage tells apart: scores are float32, exact up to 2²⁴."""


class TantivyLexicalIndex:
    """A folder of tantivy segments: title and body, lower-cased, accents folded, stemmed."""

    name = "lexical"

    def __init__(self, folder: Path, *, archive_id: str) -> None:
        self._folder = folder
        self._archive_id = archive_id
        self._schema = _schema()
        self._analyser = _analyser()
        self._index = self._open()
        self._writer: tantivy.IndexWriter | None = None

    def _open(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._failures():
            index = tantivy.Index(self._schema, path=str(self._folder))
            index.register_tokenizer(ANALYSER, self._analyser)
            index.config_reader(reload_policy="manual")
            index.reload()
            _state(index, self._schema)  # reads the segments, so that damage shows here
        return index

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError) as error:
            reason = " ".join(str(error).split())
            raise ArchiveDamaged(
                f"the lexical index in {self._folder} cannot be used ({reason})",
                hint="run: quoth rebuild --follower lexical",
            ) from None

    def applied(self) -> int:
        """The last sequence number applied."""
        state = _state(self._index, self._schema)
        if state is None or state.get_first("article_id") != self._archive_id:
            return 0
        return int(state.get_first("seq") or 0)

    def apply(self, *, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        """Remove articles, add passages and remember `seq`, in one commit."""
        try:
            with self._failures():
                self._commit(remove, add, seq)
                self._index.reload()
        except BaseException:
            self._writer = None  # what it holds uncommitted goes with it
            raise

    def _commit(self, remove: Sequence[str], add: Sequence[IndexedPassage], seq: int) -> None:
        writer = self._open_writer()
        for article_id in remove:
            writer.delete_documents_by_term("article_id", article_id)
        for passage in add:
            writer.delete_documents_by_term("passage_id", passage.passage_id)
            document = tantivy.Document()
            document.add_text("passage_id", passage.passage_id)
            document.add_text("article_id", passage.article_id)
            document.add_text("title", passage.title)
            document.add_text("body", passage.text)
            writer.add_document(document)
        writer.delete_documents_by_term("passage_id", STATE_KEY)
        state = tantivy.Document()
        state.add_text("passage_id", STATE_KEY)
        state.add_text("article_id", self._archive_id)
        state.add_integer("seq", seq)
        writer.add_document(state)
        writer.commit()

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=WRITER_HEAP, num_threads=1)
        return self._writer

    def reset(self) -> None:
        """Empty the index, also where its files are damaged."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._index = self._open()

    def count(self) -> int:
        """How many passages it holds."""
        return self.document_count

    def ids(self) -> set[str]:
        """The ids of all passages it holds."""
        searcher = self._index.searcher()
        if searcher.num_docs == 0:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs).hits
        found = {str(searcher.doc(address).get_first("passage_id")) for _, address in hits}
        return found - {STATE_KEY}

    @property
    def document_count(self) -> int:
        """How many passages its word statistics are taken over."""
        held = self._index.searcher().num_docs
        return int(held) - (_state(self._index, self._schema) is not None)

    def matching(
        self, question: str, limit: int, *, within: Sequence[str] | None = None
    ) -> list[Scored]:
        """The passages that share words with the question, by BM25, best first, ties by id."""
        terms = sorted(set(self._analyser.analyze(question)))
        if not terms or limit < 1 or within == []:
            return []
        clauses = []
        for term in terms:
            body = tantivy.Query.term_query(self._schema, "body", term)
            title = tantivy.Query.term_query(self._schema, "title", term)
            clauses.append((tantivy.Occur.Should, body))
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(title, TITLE_BOOST)))
        query = tantivy.Query.boolean_query(clauses)
        if within is not None:
            chosen = tantivy.Query.term_set_query(self._schema, "article_id", list(within))
            silent = tantivy.Query.const_score_query(chosen, 0.0)
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, silent)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=limit, count=False).hits
        scored = [
            Scored(str(searcher.doc(address).get_first("passage_id")), float(score))
            for score, address in hits
        ]
        return sorted(scored, key=lambda s: (-s.score, s.passage_id))

    def coverage(self, question: str, articles: Sequence[str]) -> dict[str, float]:
        """Share of the question's words, each weighed by how rare it is, that an article holds."""
        terms = sorted(set(self._analyser.analyze(question)))
        searcher = self._index.searcher()
        held: dict[str, set[str]] = {}
        for start in range(0, len(terms), TERMS_A_SEARCH):
            self._add_held(searcher, terms[start : start + TERMS_A_SEARCH], articles, held)
        if not held:
            return {}
        documents = self.document_count
        weights = {term: rarity(self._frequency(searcher, term), documents) for term in terms}
        whole = math.fsum(weights.values())
        return {
            name: math.fsum(weights[term] for term in held[name]) / whole
            for name in dict.fromkeys(articles)
            if name in held
        }

    def _add_held(
        self,
        searcher: tantivy.Searcher,
        terms: Sequence[str],
        articles: Sequence[str],
        held: dict[str, set[str]],
    ) -> None:
        """Add to `held` which of the terms each of the articles holds.

        One search: term n adds 2ⁿ to a passage's score, which then tells the terms apart.
        """
        clauses = []
        for place, term in enumerate(terms):
            fields = [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, term))
                for field in ("title", "body")
            ]
            either = tantivy.Query.boolean_query(fields)
            bit = tantivy.Query.const_score_query(either, float(1 << place))
            clauses.append((tantivy.Occur.Should, bit))
        chosen = tantivy.Query.term_set_query(self._schema, "article_id", list(articles))
        silent = tantivy.Query.const_score_query(chosen, 0.0)
        must = tantivy.Occur.Must
        query = tantivy.Query.boolean_query(
            [(must, tantivy.Query.boolean_query(clauses)), (must, silent)]
        )
        passages: Any = searcher.search(silent, limit=1, count=True)
        for score, address in searcher.search(query, limit=max(passages.count, 1)).hits:
            name = str(searcher.doc(address).get_first("article_id"))
            bits = int(score)
            held.setdefault(name, set()).update(
                term for place, term in enumerate(terms) if bits >> place & 1
            )

    def document_frequency(self, word: str) -> int:
        """In how many passages a word occurs, after the index's own analysis of it."""
        searcher = self._index.searcher()
        terms = self._analyser.analyze(word)
        return max((self._frequency(searcher, term) for term in terms), default=0)

    def _frequency(self, searcher: tantivy.Searcher, term: str) -> int:
        # Counting matches, since tantivy's own `doc_freq` still counts what was deleted.
        query = tantivy.Query.term_query(self._schema, "body", term)
        silent = tantivy.Query.const_score_query(query, 0.0)
        found: Any = searcher.search(silent, limit=1, count=True)
        return int(found.count)

    def close(self) -> None:
        """Give the files back."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None


def _state(index: tantivy.Index, schema: tantivy.Schema) -> tantivy.Document | None:
    """The document that remembers the sequence number; None where nothing was applied yet."""
    searcher = index.searcher()
    query = tantivy.Query.term_query(schema, "passage_id", STATE_KEY)
    hits = searcher.search(query, limit=1).hits
    return searcher.doc(hits[0][1]) if hits else None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw")
    builder.add_text_field("article_id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title", tokenizer_name=ANALYSER)
    builder.add_text_field("body", tokenizer_name=ANALYSER)
    builder.add_integer_field("seq", stored=True)
    return builder.build()


def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
