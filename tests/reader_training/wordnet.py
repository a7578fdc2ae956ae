"""A tiny WordNet in the published layout (wndb(5WN)), for tests."""

from __future__ import annotations

from pathlib import Path

LICENCE = "  1 This line stands where the licence does.\n"
NOUNS = (("00000100", ("boat", "vessel")), ("00000200", ("vessel", "bowl")))
VERBS = (("00000300", ("purchase", "buy")),)
COUNTS = (("boat%1:06:00::", 9), ("vessel%1:06:00::", 3), ("purchase%2:40:00::", 8))


def write_wordnet(folder: Path) -> Path:
    """The folder, with the files that a rephraser reads."""
    for part, letter, synsets in (("noun", "n", NOUNS), ("verb", "v", VERBS), ("adj", "a", ())):
        data: list[str] = [LICENCE]
        senses: dict[str, list[str]] = {}
        for offset, words in synsets:
            spelled = " ".join(f"{word} 0" for word in words)
            data.append(f"{offset} 04 {letter} {len(words):02x} {spelled} 000 | a gloss\n")
            for word in words:
                senses.setdefault(word, []).append(offset)
        index = [LICENCE]
        for word, offsets in sorted(senses.items()):
            index.append(f"{word} {letter} {len(offsets)} 0 {len(offsets)} 0 {' '.join(offsets)}\n")
        (folder / f"data.{part}").write_text("".join(data), encoding="utf-8")
        (folder / f"index.{part}").write_text("".join(index), encoding="utf-8")
    counts = "".join(f"{key} 1 {times}\n" for key, times in COUNTS)
    (folder / "cntlist.rev").write_text(counts, encoding="utf-8")
    return folder
