"""Words of English text as comparable terms: folded, stemmed, with spelling variants of names.

Everything here is a pure function of its input.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_WORD = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S., E.U.
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?"
)
_IRREGULAR = {
    "said": "say", "says": "say", "met": "meet", "won": "win", "lost": "lose", "held": "hold",
    "paid": "pay", "sold": "sell", "bought": "buy", "spent": "spend", "sent": "send",
    "built": "build", "made": "make", "took": "take", "taken": "take", "gave": "give",
    "given": "give", "went": "go", "gone": "go", "came": "come", "began": "begin",
    "begun": "begin", "became": "become", "rose": "rise", "risen": "rise", "fell": "fall",
    "fallen": "fall", "wrote": "write", "written": "write", "spoke": "speak",
    "spoken": "speak", "told": "tell", "led": "lead", "left": "leave", "felt": "feel",
    "kept": "keep", "brought": "bring", "thought": "think", "taught": "teach",
    "caught": "catch", "found": "find", "struck": "strike", "stricken": "strike",
    "chose": "choose", "chosen": "choose", "grew": "grow", "grown": "grow", "knew": "know",
    "known": "know", "flew": "fly", "shot": "shoot", "sought": "seek", "fought": "fight",
    "broke": "break", "broken": "break", "drove": "drive", "driven": "drive", "ran": "run",
    "men": "man", "women": "woman", "children": "child", "people": "person", "died": "die",
    "death": "die", "deaths": "die", "dead": "die",
}  # fmt: skip
_ALIASES = {
    "us": "america", "usa": "america", "american": "america", "americans": "america",
    "uk": "britain", "british": "britain", "french": "france", "polish": "poland",
    "poles": "poland", "irish": "ireland", "dutch": "netherlands", "spanish": "spain",
    "swedish": "sweden", "danish": "denmark", "finnish": "finland", "turkish": "turkey",
    "greek": "greece", "swiss": "switzerland", "chinese": "china", "welsh": "wales",
    "scottish": "scotland", "italian": "italy", "kiev": "kyiv", "eu": "europe",
    "european": "europe", "norwegian": "norway", "portuguese": "portugal",
}  # fmt: skip
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13",
    "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18",
    "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_STOP_WORDS = (
    "a about above according after again against all also am an and any are as at be because "
    "been before being below between both but by can could did do does doing down during each "
    "either else ever few for from further had has have having he her here hers herself him "
    "himself his how i if in into is it its itself just let many me might more most much must "
    "my myself near no nor not now of off on once only or other our ours out over own per "
    "please same shall she should so some such than that the their theirs them themselves "
    "then there these they this those through to too under until up upon us very was we were "
    "what when where which while who whom whose why will with within without would yes you "
    "your yours"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_NUMERAL = re.compile(r"\d")
_SHORTEST_STEM_OF_A_NAME = 5
_SHARED_PREFIX_OF_A_NAME = 0.75


class Term(NamedTuple):
    """A word of a text, and the key under which equal words meet."""

    text: str
    key: str
    start: int
    end: int

    @property
    def is_stop_word(self) -> bool:
        """Whether it carries no content. "US" and "IT" in capitals do."""
        if self.text.isupper() and len(self.text) > 1:
            return False
        return self.text.lower().replace("’", "'").removesuffix("'s") in STOP_WORDS

    @property
    def is_capitalised(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, in figures or spelled out."""
        return bool(_NUMERAL.match(self.key))


def fold(text: str) -> str:
    """`text` in lower case without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=65536)
def key_of(word: str) -> str:
    """The comparable form of one word: folded, number words as figures, countries and their
    peoples as one, otherwise the Snowball English stem (Porter2)."""
    if word.endswith(".") or (word.isupper() and len(word) > 1):
        short = fold(word.replace(".", ""))
        return _ALIASES.get(short, short)
    folded = fold(word).replace("’", "'")
    folded = folded.removesuffix("'s").removesuffix("'")
    if folded[:1].isdigit():
        return folded.replace(",", "")
    if folded in NUMBER_WORDS:
        return NUMBER_WORDS[folded]
    if folded != "us" and folded in _ALIASES:
        return _ALIASES[folded]
    folded = _IRREGULAR.get(folded, folded)
    # The stemmer object keeps a cursor, so one is made per call: shared, it would race.
    return str(snowballstemmer.stemmer("english").stemWord(folded))


def terms_of(text: str) -> tuple[Term, ...]:
    """All words of `text` in order, hyphenated words in their parts."""
    return tuple(
        Term(match.group(), key_of(match.group()), match.start(), match.end())
        for match in _WORD.finditer(text)
    )


def same_name(left: str, right: str) -> bool:
    """Whether two keys may be spellings of one name: Zelensky and Zelenskiy, Ukraine and
    Ukrainian, but not Austria and Australia."""
    if left == right:
        return True
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) < _SHORTEST_STEM_OF_A_NAME or shorter[0] != longer[0]:
        return False
    shared = 0
    for a, b in zip(shorter, longer, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= max(_SHORTEST_STEM_OF_A_NAME, _SHARED_PREFIX_OF_A_NAME * len(shorter))
