"""The same question in other words: what people type is seldom worded as the article is.

Words are exchanged for synonyms of WordNet (Miller 1995; Debian's package `wordnet-base`), others
are left out, framed by small talk or mistyped. None of it changes what is asked, or as little as
noise that the reader should learn to bear.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from rag.reading.terms import terms_of

WORDNET = Path("/usr/share/wordnet")
_PARTS = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ"}
_USUAL_SENSES = 2
"""A synonym must mean this in one of its first senses, which are the most frequent."""
_AUXILIARIES = frozenset(
    ("is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "has", "have", "had",
     "can", "could", "will", "would", "should", "may", "might", "a", "an", "the", "there")
)  # fmt: skip
_QUESTION_WORDS = frozenset(
    ("who", "whom", "whose", "what", "which", "when", "where", "why", "how", "many", "much")
)
_FRAMES = (
    "do we know {}", "can you tell me {}", "any idea {}", "does it say {}", "so {}", "tell me {}",
    "I'd like to know {}", "remind me, {}", "is it known {}",
)  # fmt: skip
Ways = Mapping[str, float]
SOMETIMES: Ways = {"synonyms": 0.35, "terse": 0.08, "framed": 0.08, "mistyped": 0.06}
"""How often each way is taken, for training: most questions stay as they are."""
MOSTLY: Ways = {"synonyms": 0.8, "terse": 0.15, "framed": 0.1, "mistyped": 0.1}
"""For fitting what is weighed beside the network: most questions change."""


class Rephraser:
    """Puts questions in other words, at random.

    Raises:
        OSError: WordNet is not installed.
    """

    def __init__(self, wordnet: Path = WORDNET, *, ways: Ways = SOMETIMES) -> None:
        self._ways = ways
        self._synonyms = {part: _read(wordnet, name) for name, part in _PARTS.items()}
        self._usual = _usual_parts(wordnet)

    def rephrased(self, question: str, rng: random.Random) -> str:
        """The question, or the same one in other words."""
        for name, share in self._ways.items():
            if rng.random() >= share:
                continue
            if name == "synonyms":
                question = self._with_synonyms(question, rng)
            elif name == "terse":
                question = _terse(question)
            elif name == "framed":
                question = rng.choice(_FRAMES).format(question[:1].lower() + question[1:])
            else:
                question = _mistyped(question, rng)
        return question

    def _with_synonyms(self, question: str, rng: random.Random) -> str:
        from lemminflect import getAllInflections, getAllLemmas

        plain = [
            term for term in terms_of(question)
            if not term.is_stop_word and not term.is_number and not term.is_capitalised
        ]  # fmt: skip
        rng.shuffle(plain)
        changes: dict[tuple[int, int], str] = {}
        for term in plain:
            if len(changes) == 2:
                break
            word = term.text.lower()
            found: list[str] = []
            for part, lemmas in getAllLemmas(word).items():
                for lemma in lemmas if part in self._synonyms else ():
                    if self._usual.get(lemma, part) != part:
                        continue
                    forms = getAllInflections(lemma, upos=part)
                    tags = sorted(tag for tag, forms_ in forms.items() if word in forms_)
                    for synonym in self._synonyms[part].get(lemma, ()):
                        others = getAllInflections(synonym, upos=part)
                        found += [others[tag][0] for tag in tags if tag in others][:1]
            if found:
                changes[term.start, term.end] = rng.choice(found)
        for (start, end), word in sorted(changes.items(), reverse=True):
            question = question[:start] + word + question[end:]
        return question


def _terse(question: str) -> str:
    """The question without its little words; the question word stays."""
    words = question.split()
    kept = [w for w in words if w.lower().strip("?,.") not in _AUXILIARIES]
    content = [w for w in kept if w.lower().strip("?,.") not in _QUESTION_WORDS]
    return " ".join(kept) if len(content) >= 3 else question


def _mistyped(question: str, rng: random.Random) -> str:
    """The question with two letters exchanged, or one left out, in a longer word."""
    words = list(re.finditer(r"[a-z]{6,}", question))
    if not words:
        return question
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end() - 2)
    if rng.random() < 0.5:
        return question[:place] + question[place + 1 :]
    return question[:place] + question[place + 1] + question[place] + question[place + 2 :]


def _usual_parts(folder: Path) -> dict[str, str]:
    """The part of speech in which a lemma was met most often, by lemma."""
    parts = {"1": "NOUN", "2": "VERB", "3": "ADJ", "5": "ADJ"}
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for line in (folder / "cntlist.rev").read_text(encoding="utf-8").splitlines():
        key, _, times = line.split()
        lemma, _, sense = key.partition("%")
        met[lemma][parts.get(sense[0], "ADV")] += int(times)
    return {lemma: counts.most_common(1)[0][0] for lemma, counts in met.items()}


def _read(folder: Path, part: str) -> dict[str, tuple[str, ...]]:
    """Single-word synonyms in its most frequent sense, by lemma."""
    words_of: dict[str, list[str]] = {}
    for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):  # the licence
            continue
        fields = line.split()
        count = int(fields[3], 16)
        words_of[fields[0]] = [w.partition("(")[0].lower() for w in fields[4 : 4 + 2 * count : 2]]
    senses: dict[str, list[str]] = {}
    for line in (folder / f"index.{part}").read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            fields = line.split()
            senses[fields[0]] = fields[6 + int(fields[3]) :]
    made: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for lemma, offsets in senses.items():
        if "_" in lemma or not offsets:
            continue
        made[lemma] = tuple(
            word for word in words_of[offsets[0]]
            if word != lemma and word.isalpha()
            and offsets[0] in senses.get(word, [])[:_USUAL_SENSES]
        )  # fmt: skip
    return dict(made)
