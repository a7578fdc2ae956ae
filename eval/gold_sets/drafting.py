"""Drafting gold questions from an archive: sentences with figures, names and dates, the telling
words taken out, for a person to turn into questions."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eval.gold_sets.articles import KnownArticles
from eval.gold_sets.drafts import Draft
from eval.normalise import contains_answer, normalise_answer
from index.records import ArticleSummary, Span
from index.sentences import iterate_sentences
from rag.reading.answer_types import find_spans, is_figure
from rag.reading.gazetteer import ORGANISATION_WORDS
from rag.reading.question import AnswerType
from rag.reading.terms import Term, key_of, terms_of

BLANK = "___"
UNANSWERABLE_SHARE = 4
"""One draft in so many asks for what the archive does not say."""

_ASKED: dict[AnswerType, str] = {
    AnswerType.MONEY: "how much money",
    AnswerType.PERCENT: "what share",
    AnswerType.DURATION: "how long",
    AnswerType.AGE: "how old",
    AnswerType.QUANTITY: "how much",
    AnswerType.DATE: "when",
    AnswerType.COUNT: "how many",
    AnswerType.PLACE: "where",
    AnswerType.PERSON: "who",
    AnswerType.ORGANISATION: "which organisation",
}
"""Kinds of answer that can be taken out, and the words that ask for them. A span that could be of
several kinds is of the first: $5 is no count."""
_FEWEST_WORDS, _MOST_WORDS = 8, 40
_LONGEST_ANSWER = 60
"""In code points."""
_POOL = 2
"""How many articles are read for each draft wanted, at most."""
_CHOICE = 6
"""How many sentences each draft is chosen from, about."""
_PER_ARTICLE = 16
"""How many sentences of an article are considered, at most."""
_LEANING = (
    "he she it they we you i his her its their our your my this that these those there here such "
    "but and or so yet then however meanwhile instead also still moreover both another others "
    "nor thus hence therefore besides either neither"
)
_LEANS_ON_OTHERS = frozenset(_LEANING.split())
"""First words of sentences that say little alone."""
_FURNITURE = re.compile(
    r"https?://|www\.|@\w|©|\||\b(?:subscribe|newsletter|advert)"
    r"|^(?:Follow|Read|Watch|Listen|Sign|Download|Join|Share|Click|Tap|Support)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[\"“‘']?[A-Z0-9À-Þ].*[.!][\"”’']?", re.DOTALL)
_VAGUE = frozenset(
    {"one", "once", "twice", "half", "several", "dozens", "hundreds", "thousands", "millions"}
)
_TIME_UNIT = re.compile(
    r"(?:second|minute|hour|day|night|week|weekend|month|year|decade|centur(?:y|ie))s?\b"
)
_AT_A_PLACE = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|[Aa]cross) $")
_OF_A_PEOPLE = ("ian", "ean", "ese", "ish", "ans", "’s", "'s")
"""Ends of words that are no places: Ukrainian, Spanish, Norway's."""
_FIXED_DAY = re.compile(
    r"\d|\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
"""What a date needs that is to be understood without its article: no bare weekday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence, and the words in it that would answer a question."""

    article: ArticleSummary
    text: str
    kind: AnswerType
    answer: Span
    """Into `text`."""

    @property
    def answer_text(self) -> str:
        """The words that answer."""
        return self.text[self.answer.start : self.answer.end]


def draft_gold(articles: KnownArticles, *, n: int, seed: int) -> list[Draft]:
    """Return at most `n` drafts: sentences to ask about, and a quarter that asks for what is not
    said. The same for the same archive and seed.

    Sentences are taken so that articles, publishers, kinds of answer and months come up evenly;
    of the copies of one story only one article is used.
    """
    chance = random.Random(f"gold-{seed}")  # noqa: S311 - a choice of examples, not a secret
    chosen = _one_of_each_story(articles.summaries.values(), chance)
    unanswerable = n // UNANSWERABLE_SHARE
    read = chosen[: n * _POOL]
    each = math.ceil(_CHOICE * n / len(read)) if read else 0
    pool = [
        sentence
        for summary in read
        for sentence in _sentences_of(summary, articles.text(summary.article_id), chance)[:each]
    ]
    picked = _spread(pool, n - unanswerable)
    drafts = [_cloze(sentence, articles) for sentence in picked]
    topics = itertools.islice(chosen, unanswerable)
    return drafts + [_unanswerable(summary, articles) for summary in topics]


def _one_of_each_story(
    summaries: Iterable[ArticleSummary], chance: random.Random
) -> list[ArticleSummary]:
    """Return articles in an order of chance, publishers taking turns."""
    shuffled = list(summaries)
    chance.shuffle(shuffled)
    stories = {summary.story_id: summary for summary in shuffled}
    turns: Counter[str | None] = Counter()
    ordered = []
    for place, summary in enumerate(stories.values()):
        ordered.append((turns[summary.publisher], place, summary))
        turns[summary.publisher] += 1
    return [summary for *_, summary in sorted(ordered, key=lambda item: item[:2])]


def _sentences_of(summary: ArticleSummary, text: str, chance: random.Random) -> list[_Sentence]:
    """Return sentences of one article that can be asked about, of as many kinds as there are."""
    spans = list(iterate_sentences(text))
    chance.shuffle(spans)
    found: list[_Sentence] = []
    kinds: Counter[AnswerType] = Counter()
    standing_alone = (span for span in spans if _stands_alone(text[span.start : span.end]))
    for span in itertools.islice(standing_alone, _PER_ARTICLE):
        sentence = text[span.start : span.end]
        answers = list(_answers_in(sentence))
        if answers:
            kind, answer = min(answers, key=lambda pair: kinds[pair[0]])
            kinds[kind] += 1
            found.append(_Sentence(article=summary, text=sentence, kind=kind, answer=answer))
    return found


def _stands_alone(sentence: str) -> bool:
    """Whether it is a whole statement that can be understood without the ones before it."""
    words = sentence.split()
    return (
        _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and _SENTENCE.fullmatch(sentence) is not None
        and re.sub(r"\W", "", words[0]).lower() not in _LEANS_ON_OTHERS
        and sentence.count("“") == sentence.count("”")
        and sentence.count('"') % 2 == 0
        and BLANK not in sentence
        and _FURNITURE.search(sentence) is None
    )


def _answers_in(sentence: str) -> Iterator[tuple[AnswerType, Span]]:
    """Yield words that could be taken out and leave something to ask about, by kind."""
    terms = terms_of(sentence)
    taken: list[Span] = []
    for kind in _ASKED:
        for span in find_spans(sentence, kind):
            if any(span.start < other.end and other.start < span.end for other in taken):
                continue
            told = _tells(sentence, kind, span)
            if told or is_figure(kind):  # part of a figure is none: $5 in "$5 million"
                taken.append(span)
            if told and _names_besides(terms, span):
                yield kind, span


def _tells(sentence: str, kind: AnswerType, span: Span) -> bool:
    answer = sentence[span.start : span.end]
    words = normalise_answer(answer).split()
    if not words or span.end - span.start > _LONGEST_ANSWER or answer != answer.strip():
        return False
    if contains_answer(f"{sentence[: span.start]} {sentence[span.end :]}", answer):
        return False  # it would be said twice
    match kind:
        case AnswerType.DATE:
            return _FIXED_DAY.search(answer) is not None
        case AnswerType.COUNT:
            return words[0] not in _VAGUE
        case AnswerType.DURATION:
            return _TIME_UNIT.search(answer) is not None
        case AnswerType.PLACE:
            located = _AT_A_PLACE.search(sentence[: span.start])
            return located is not None and not answer.endswith(_OF_A_PEOPLE)
        case AnswerType.PERSON:
            named = len(words) > 1 and words[0] != "united" and not answer.endswith(_OF_A_PEOPLE)
            return named and not sentence[: span.start].lower().endswith("the ")
        case AnswerType.ORGANISATION:
            known = not ORGANISATION_WORDS.isdisjoint(words) or (answer.isupper() and answer[1:])
            return bool(known) and " and " not in answer
        case _:
            return True


def _names_besides(terms: Sequence[Term], span: Span) -> bool:
    """Whether a name is left that says what the sentence is about."""
    return any(
        term.is_capitalised and not term.is_stop_word and len(term.text) > 1
        for term in terms[1:]
        if term.end <= span.start or term.start >= span.end
    )


def _spread(pool: Sequence[_Sentence], n: int) -> list[_Sentence]:
    """Return `n` sentences, each time one of what came up least; earlier ones where equal."""
    used: Counter[object] = Counter()
    said: set[frozenset[str]] = set()
    left = list(pool)
    picked: list[_Sentence] = []
    while left and len(picked) < n:
        best = min(left, key=lambda sentence: [used[each] for each in _sides(sentence)])
        left.remove(best)
        words = frozenset(key_of(term.text) for term in terms_of(best.text))
        if words not in said:
            said.add(words)
            used.update(_sides(best))
            picked.append(best)
    return picked


def _sides(sentence: _Sentence) -> tuple[object, ...]:
    """Return what a draft should differ in from others, the most important first."""
    summary = sentence.article
    day = summary.published_at
    month = ("month", day.year, day.month) if day else ("month",)
    return (
        ("article", summary.article_id),
        ("kind", sentence.kind),
        ("publisher", summary.publisher),
        month,
    )


def _cloze(sentence: _Sentence, articles: KnownArticles) -> Draft:
    before, after = sentence.text[: sentence.answer.start], sentence.text[sentence.answer.end :]
    return Draft(
        question=f"{_ASKED[sentence.kind]}? {' '.join(f'{before}{BLANK}{after}'.split())}",
        answerable=True,
        answers=(sentence.answer_text,),
        evidence=((articles.reference(sentence.article.article_id), sentence.text),),
        tags=("draft", sentence.kind.value),
    )


def _unanswerable(summary: ArticleSummary, articles: KnownArticles) -> Draft:
    return Draft(
        question=f"ask something near this that the archive does not say: {summary.title}",
        answerable=False,
        tags=("draft", "unanswerable-near"),
        note=f"drafted from {articles.reference(summary.article_id)}",
    )
