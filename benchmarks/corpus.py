"""Articles made of the seeds' words, so that a benchmark has as many as it wants.

Words are shuffled inside each sentence: lengths and vocabulary stay those of news text, while no
two articles look like copies of one another.
"""

from __future__ import annotations

import random
from pathlib import Path

from index.loading.discover import discover
from index.loading.files import load_path
from index.preparation import prepare
from index.records import Refusal, SourceDocument
from index.sentences import split_sentences

SEEDS = Path(__file__).parents[1] / "seeds"
SENTENCES = 25


def seed_sentences() -> list[str]:
    """The sentences of the seed articles."""
    sentences = []
    for path in discover([str(SEEDS)], recursive=False):
        if isinstance(path, Refusal):
            continue
        for document in load_path(path):
            if isinstance(document, SourceDocument):
                text = prepare(document).text
                sentences += [text[start:end] for start, end in split_sentences(text)]
    return sentences


def articles(count: int, *, seed: int = 1) -> list[dict[str, str]]:
    """`count` article records with `id`, `title` and `text`, always the same for one seed."""
    chance = random.Random(seed)
    pool = [sentence.rstrip(".").split() for sentence in seed_sentences()]
    made = []
    for number in range(count):
        paragraphs = []
        for _ in range(SENTENCES // 5):
            sentences = []
            for words in chance.choices(pool, k=5):
                shuffled = [word.strip(",.;:“”\"'").lower() for word in words]
                chance.shuffle(shuffled)
                sentences.append(" ".join(filter(None, shuffled)).capitalize() + ".")
            paragraphs.append(" ".join(sentences))
        title = " ".join(chance.choice(pool)[:6]).strip(",.;:").capitalize()
        made.append(
            {"id": f"bench-{number}", "title": f"{title} {number}", "text": "\n\n".join(paragraphs)}
        )
    return made
