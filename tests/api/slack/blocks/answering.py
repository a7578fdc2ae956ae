"""Answers for the tests of what Slack is shown: any that there can be, and worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from api.slack.blocks.messages import MessageContext
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    CarriedBy,
    Citation,
    Disagreement,
    Gloss,
    Mark,
    Outcome,
    Position,
    RetrievedPassage,
)

PAGE = "https://quoth.example/archive"
HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S1>",
    "<@U1>",
    "<#C1|general>",
    "<http://evil.example|https://good.example>",
    "[https://good.example](http://evil.example)",
    "http://evil.example/a_b?c=*d*",
    "@channel @here @everyone",
    "*bold* _italic_ ~struck~ `code` ```\ncode\n```",
    "> quoted\n>>> all of it",
    ":tada: :+1::skin-tone-2:",
    "&lt;!channel&gt; &amp;",
    "عُقد الاجتماع في المدينة القديمة",
    "\u202eesrever\u202c \u2066isolated",
    "👩‍👩‍👧‍👦🏽 🇺🇦 渡𠮷 é\u0301",
    '\\ "quoted" \t\x01\x1f',
    "\ufeff\u200b\u2060",
)
WORDS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), st.just("a word "))
LONG = st.builds(
    lambda words, times: " ".join(words) * times,
    st.lists(WORDS, min_size=1, max_size=4),
    st.sampled_from((1, 1, 2, 40, 400)),
).map(lambda text: text[:10_000])
ADDRESSES = st.one_of(
    st.none(),
    st.sampled_from(
        (
            "https://www.harbour-ledger.example/world/accord?a=1&b=2",
            "http://good.example@evil.example/",
            "javascript:alert(1)",
            "https://evil.example/|https://good.example>",
            "https://bücher.example/ä",
            "https://a.example/" + "x" * 4_000,
        )
    ),
    WORDS.map(lambda words: f"https://a.example/{words}"),
)
DAYS = st.one_of(st.none(), st.dates(min_value=date(1800, 1, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """An article, as far as windows show it."""

    text: str


def context_of(answer: Answer, **more: Any) -> MessageContext:
    """Where the answer is shown."""
    fields = {"event_key": "T1:C1:1700000000.000100", "asker": "U1", "is_private": False}
    return MessageContext(answer_id=answer.id, **{**fields, **more})


@st.composite
def citations(draw: st.DrawFn, n: int, article_id: str) -> Citation:
    """A quote with marks and glosses in it."""
    quote = draw(LONG.filter(bool))
    start = draw(st.integers(0, 5_000))
    places = st.integers(start, start + len(quote))
    marks = draw(st.lists(st.tuples(places, places).map(sorted), max_size=3))
    glosses = draw(st.lists(st.builds(Gloss, at=places, text=WORDS.filter(bool)), max_size=2))
    return Citation(
        n=n,
        article_id=article_id,
        passage_id=f"{article_id}-p",
        title=draw(LONG),
        publisher=draw(st.none() | WORDS),
        url=draw(ADDRESSES),
        published_at=draw(DAYS),
        published_at_source=None,
        quote=quote,
        start=start,
        end=start + len(quote),
        score=0.9,
        also_carried_by=tuple(draw(st.lists(carriers, max_size=9))),
        marks=tuple(Mark(start=low, end=high) for low, high in marks),
        glosses=tuple(sorted(glosses, key=lambda gloss: gloss.at)),
    )


carriers = st.builds(
    CarriedBy, article_id=st.just("other"), publisher=st.none() | WORDS, title=WORDS
)
passages = st.builds(
    RetrievedPassage,
    passage_id=st.just("p"),
    article_id=st.just("a"),
    title=WORDS,
    publisher=st.none() | WORDS,
    url=ADDRESSES,
    published_at=DAYS,
    text=LONG,
    start=st.just(0),
    end=st.just(9),
    score=st.just(0.1),
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer that the engines may give, in their own words or in a language model's."""
    count = draw(st.integers(0, 12))
    articles = draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count))
    cited = [draw(citations(n, article)) for n, article in enumerate(articles, start=1)]
    found = bool(cited) or draw(st.booleans())
    numbers = [citation.n for citation in cited]
    some = st.lists(st.sampled_from(numbers), max_size=3).map(tuple) if numbers else st.just(())
    if draw(st.booleans()):
        said = [AnswerSentence(text=each.quote, citations=(each.n,)) for each in cited]
    else:
        said = draw(st.lists(st.builds(AnswerSentence, text=LONG, citations=some), max_size=5))
    return Answer(
        id="ans_1",
        question=draw(WORDS),
        standalone_question=draw(WORDS),
        outcome=Outcome.ANSWERED if found else Outcome.NOT_FOUND,
        answer=draw(LONG),
        short_answer=draw(st.none() | WORDS),
        confidence=draw(st.floats(0, 1)),
        sentences=said if found else (),
        citations=cited,
        agreement=Agreement(
            independent_publishers=draw(st.integers(0, 30)),
            publishers=tuple(draw(st.lists(WORDS, max_size=9))),
        ),
        disagreements=draw(st.lists(differences(some), max_size=2)) if found else (),
        retrieved=draw(st.lists(passages, max_size=5)),
        mode="extractive",
        timings_ms={},
        notice=draw(st.none() | LONG),
    )


def differences(some: st.SearchStrategy[tuple[int, ...]]) -> st.SearchStrategy[Disagreement]:
    """Disagreements of some of the quotes; a quote may be in several positions, or in none."""
    positions = st.builds(
        Position,
        answer=LONG,
        citations=some,
        publishers=st.lists(WORDS, max_size=9).map(tuple),
        published_at=DAYS,
    )
    return st.builds(
        Disagreement,
        kind=st.sampled_from(("differ", "updated")),
        positions=st.lists(positions, min_size=2, max_size=4).map(tuple),
        citations=st.just(()),
    )


def rich_texts(shown: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The text elements of a message or window, in the order in which they are read."""
    for block in shown["blocks"]:
        for part in block.get("elements", ()) if block["type"] == "rich_text" else ():
            yield from part["elements"]


def words_in(shown: Sequence[Mapping[str, Any]]) -> str:
    """What stands in messages in full size, less what is in italics: glosses and numbers."""
    return "".join(
        element["text"]
        for each in shown
        for element in rich_texts(each)
        if not element.get("style", {}).get("italic")
    )


def small_in(shown: Sequence[Mapping[str, Any]]) -> str:
    """What stands in messages in small type, line by line."""
    return "\n".join(
        element["text"]
        for each in shown
        for block in each["blocks"]
        if block["type"] == "context"
        for element in block["elements"]
    )
