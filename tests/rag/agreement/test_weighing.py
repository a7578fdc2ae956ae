"""Which readings agree, which differ, and which are of different things."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.agreement.positions import Grouped
from rag.agreement.telling import agreement_of, carried, disagreements_of, spoken
from rag.agreement.weighing import confidence, lead, quoted, weigh
from rag.reading.base import Reading
from rag.reading.question import analyse
from rag.records import CarriedBy, Citation
from tests.rag.agreement.readings import Told, cite, read

HURT = "How many people were hurt in the fire?"
NINE = Told(text="Nine people were hurt in the fire.", answer="Nine", day="2026-03-02", score=0.9)
NINE_AGAIN = Told(
    text="The fire, in which 9 people were hurt, is out.", answer="9", day="2026-03-02", score=0.7
)
TEN = Told(text="Ten people were hurt, doctors said.", answer="Ten", day="2026-03-02")
LATER = replace(TEN, day="2026-03-06")


def weighed(question: str, *told: Told) -> Grouped:
    return weigh(*read(*told), analyse(question))


def answers(found: Grouped) -> list[list[str]]:
    return [[claim.words for claim in stand.claims] for stand in found.stands]


def answered(question: str, *told: Told) -> tuple[Grouped, list[Citation]]:
    reading, candidates = read(*told)
    found = weigh(reading, candidates, analyse(question))
    return found, cite(quoted(reading.sentences[:1], found), candidates)


def test_the_same_figure_in_other_words_agrees_and_is_cited_and_raises_confidence() -> None:
    found, citations = answered(HURT, NINE, NINE_AGAIN)
    assert (found.kind, answers(found)) == ("agreed", [["Nine", "9"]])
    agreement = agreement_of(found, citations)
    assert agreement.independent_publishers == 2
    assert (agreement.publishers, agreement.citations) == (("Paper 0", "Paper 1"), (1, 2))
    assert disagreements_of(found, citations) == ()
    assert confidence(0.8, found) == pytest.approx(1 - 0.2 * (1 - 0.5 * 0.7))


@pytest.mark.parametrize(
    "copy", [replace(NINE_AGAIN, publisher="Paper 0"), replace(NINE_AGAIN, story="a0")]
)
def test_a_publisher_or_a_story_counts_once(copy: Told) -> None:
    found, citations = answered(HURT, NINE, copy)
    assert agreement_of(found, citations).independent_publishers == 1
    assert len(citations) == 1
    assert confidence(0.8, found) == pytest.approx(0.8)


def test_another_figure_of_the_same_day_differs_and_the_better_supported_is_told_first() -> None:
    found, citations = answered(HURT, replace(TEN, score=0.95), NINE, NINE_AGAIN)
    assert (found.kind, answers(found)) == ("differ", [["Nine", "9"], ["Ten"]])
    (one,) = disagreements_of(found, citations)
    assert one.kind == "differ"
    assert [p.answer for p in one.positions] == ["Nine", "Ten"]
    assert [p.citations for p in one.positions] == [(1, 2), (3,)]
    assert [p.publishers for p in one.positions] == [("Paper 1", "Paper 2"), ("Paper 0",)]
    assert one.citations == (1, 2, 3)
    told = spoken([one], citations, lambda citation: citation.quote)
    assert told == (
        "Sources differ. Paper 1 and Paper 2: Nine people were hurt in the fire. [1] "
        "The fire, in which 9 people were hurt, is out. [2] "
        "Paper 0: Ten people were hurt, doctors said. [3]"
    )


def test_a_figure_of_clearly_later_updates_and_is_told_first() -> None:
    found, citations = answered(HURT, NINE, LATER)
    assert found.kind == "updated"
    (one,) = disagreements_of(found, citations)
    assert [(p.answer, str(p.published_at)) for p in one.positions] == [
        ("Ten", "2026-03-06"),
        ("Nine", "2026-03-02"),
    ]
    told = spoken([one], citations, lambda citation: citation.quote)
    assert told == (
        "This has been updated. Paper 1, 6 March 2026: Ten people were hurt, doctors said. [1] "
        "Earlier, Paper 0, 2 March 2026: Nine people were hurt in the fire. [2]"
    )
    reading, _ = read(NINE, LATER)
    assert lead(reading.sentences, found) == reading.sentences[1]


@pytest.mark.parametrize("day", ["2026-03-03", None])
def test_the_next_day_or_an_unknown_one_is_not_clearly_later(day: str | None) -> None:
    assert weighed(HURT, NINE, replace(TEN, day=day)).kind == "differ"


def test_a_publisher_can_update_itself_but_not_differ_from_itself() -> None:
    assert weighed(HURT, NINE, replace(LATER, publisher="Paper 0", story="a0")).kind == "updated"
    assert weighed(HURT, NINE, replace(TEN, publisher="Paper 0")).kind == "agreed"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (HURT, NINE, Told(text="Two people were killed by smoke.", answer="Two")),
        (HURT, NINE, Told(text="The fire hurt 4 horses.", answer="4")),
        (HURT, NINE, Told(text="At least ten people were hurt in the fire.", answer="ten")),
        (HURT, NINE, replace(TEN, score=0.1)),
        (
            HURT,
            Told(text="Nine people were hurt in the fire, ten people in all.", answer="Nine"),
            TEN,
        ),
        (
            "Who paid for the bridge?",
            Told(text="Ada Brook paid for the bridge.", answer="Ada Brook"),
            Told(text="The bridge was drawn by Ilse Varn.", answer="Ilse Varn"),
        ),
        (
            "Who paid for the bridge?",
            Told(text="Ada Brook paid for the bridge.", answer="Ada Brook"),
            Told(text="The bridge was paid by Ada Brook and Ilse Varn.", answer="Ilse Varn"),
        ),
        (
            "Why was the bridge closed?",
            Told(text="The bridge was closed because of frost.", answer="because of frost"),
            Told(text="The bridge was closed because of rust.", answer="because of rust"),
        ),
    ],
    ids=[
        "other verb",
        "other unit",
        "bound",
        "hardly an answer",
        "one sentence has both",
        "other verb, names",
        "list that holds both",
        "reasons",
    ],
)
def test_what_may_be_of_different_things_is_not_a_disagreement(
    question: str, one: Told, other: Told
) -> None:
    assert weighed(question, replace(one, score=0.9), other).kind == "agreed"


def test_an_article_with_both_figures_for_one_unit_shows_that_they_count_different_things() -> None:
    both = replace(NINE, text=f"{NINE.text} Of the crew, ten people were unharmed.")
    assert weighed(HURT, both, TEN).kind == "agreed"
    other_unit = replace(NINE, text=f"{NINE.text} It burnt for ten hours.")
    assert weighed(HURT, other_unit, TEN).kind == "differ"


def test_yes_and_no_differ() -> None:
    question = "Was a pilot on board the ship?"
    yes = Told(text="A pilot was on board, the harbour said.", answer="A pilot")
    no = Told(text="No pilot was on board.", answer="No pilot")
    assert weighed(question, yes, no).kind == "differ"
    assert weighed(question, yes, replace(yes)).kind == "agreed"
    refused = Told(text="A pilot on board refused to talk.", answer="A pilot")
    assert weighed(question, yes, refused).kind == "agreed"


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("Is the bridge safe?", "The bridge is safe.", "The bridge is old."),
        ("Did Osk win the cup?", "Osk did win the cup.", "The cup was won by young Ternby."),
    ],
    ids=["another thing of it", "another name"],
)
def test_what_holds_too_little_of_a_question_says_neither_yes_nor_no(
    question: str, sentence: str, other: str
) -> None:
    told = [Told(text=text, answer=text, score=0.8) for text in (sentence, other)]
    found = weighed(question, *told)
    assert [stand.sources for stand in found.stands] == [1]


def test_a_part_of_a_figure_does_not_update_it() -> None:
    part = replace(LATER, text="Two of the people who were hurt in the fire died.", answer="Two")
    assert weighed(HURT, NINE, part).kind == "agreed"


def test_what_a_number_counts_may_stand_before_it() -> None:
    risen = Told(text="The number of people hurt rose to 19.", answer="19", day="2026-03-09")
    assert weighed(HURT, NINE, risen).kind == "updated"


def test_the_past_is_not_updated_by_another_publisher() -> None:
    built = Told(text="The pier was built in 1901.", answer="1901", day="2026-03-02", score=0.9)
    other = Told(text="The pier was built in 1911.", answer="1911", day="2026-03-09")
    asked = "When was the pier built?"
    assert weighed(asked, built, other).kind == "differ"
    assert weighed(asked, built, replace(other, publisher="Paper 0")).kind == "updated"


def test_a_copy_counts_for_whoever_else_carries_it() -> None:
    reading, candidates = read(NINE, NINE_AGAIN)
    copy = CarriedBy(article_id="a7", publisher="Paper 1", title="The same")
    copied = [replace(candidates[0], also_carried_by=(copy,)), candidates[1]]
    assert weigh(reading, copied, analyse(HURT)).stands[0].sources == 1
    reading, candidates = read(NINE, TEN)
    copied = [replace(candidates[0], also_carried_by=(copy,)), candidates[1]]
    assert weigh(reading, copied, analyse(HURT)).kind == "agreed"


def test_a_figure_in_a_later_article_that_recalls_the_old_one_is_an_update() -> None:
    recalls = Told(
        text="Ten people were hurt in the fire, not nine people as first said.",
        answer="Ten",
        day="2026-03-09",
    )
    assert weighed(HURT, NINE, recalls).kind == "updated"
    assert weighed(HURT, NINE, replace(recalls, day="2026-03-02")).kind == "agreed"


def test_without_words_to_compare_the_first_citation_speaks_for_itself() -> None:
    reading, candidates = read(NINE, NINE_AGAIN)
    mute = Reading(
        sentences=tuple(replace(s, answer=None) for s in reading.sentences), answerability=0.9
    )
    found = weigh(mute, candidates, analyse(HURT))
    assert found.stands == ()
    citations = cite(quoted(mute.sentences[:2], found), candidates)
    agreement = agreement_of(found, citations)
    assert (agreement.independent_publishers, agreement.citations) == (1, (1,))
    assert agreement_of(found, []).independent_publishers == 0
    assert confidence(0.8, found) == pytest.approx(0.8)


def test_a_position_whose_quote_is_gone_is_not_told() -> None:
    found, citations = answered(HURT, NINE, TEN)
    assert disagreements_of(found, citations[:1]) == ()


def test_a_disagreement_is_carried_into_an_answer_with_other_citations() -> None:
    found, citations = answered(HURT, NINE, TEN)
    told = disagreements_of(found, citations)
    other = replace(citations[0], n=1, article_id="other")
    own, (one,) = carried(told, citations, [other, replace(citations[1], n=2)])
    assert [(c.n, c.article_id) for c in own] == [(1, "other"), (2, "a1"), (3, "a0")]
    assert [p.citations for p in one.positions] == [(3,), (2,)]
    assert one.citations == (3, 2)
    assert carried((), citations, [other]) == ([other], ())


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from([NINE, NINE_AGAIN, TEN, LATER]), st.floats(0.01, 1.0)),
        min_size=1,
        max_size=5,
    ),
    st.floats(0.0, 1.0),
)
def test_confidence_is_a_probability_and_never_falls(
    told: list[tuple[Told, float]], answerability: float
) -> None:
    found = weighed(HURT, *(replace(one, score=score) for one, score in told))
    raised = confidence(answerability, found)
    assert answerability - 1e-12 <= raised <= 1.0


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        pytest.param(
            "Who is the governor?",
            Told(text="Governor Ada Brook vetoed the bill.", answer="Ada Brook"),
            Told(text="Governor Lars Orme opened the plant.", answer="Lars Orme"),
            id="one word of the question is too little for two names",
        ),
        pytest.param(
            "Who coaches the Osk Rovers?",
            Told(text="Ada Brook coaches the Osk Rovers.", answer="Ada Brook"),
            Told(text="Lars Orme, who coaches Ternby, was calm.", answer="Lars Orme"),
            id="another club's",
        ),
        pytest.param(
            "Who scored in the cup final?",
            Told(text="Captain Ada Brook scored twice in the cup final.", answer="Ada Brook"),
            Told(text="Ada Brook scored as Ternby won the cup final.", answer="Ternby"),
            id="the other sentence names both",
        ),
        pytest.param(
            "Who won the Lakes Tour in 2024?",
            Told(text="Lars Orme won the Lakes Tour of 2024.", answer="Lars Orme"),
            Told(text="The Dane, who won the Lakes Tour in 2024, fell.", answer="The Dane"),
            id="described, not named",
        ),
        pytest.param(
            "How many people will fit into the stadium?",
            Told(text="The stadium will hold 56,000 people.", answer="56,000"),
            Told(text="There were 48,300 people at the match.", answer="48,300"),
            id="only what is counted is common",
        ),
    ],
)
def test_what_is_of_different_things_does_not_differ(question: str, one: Told, other: Told) -> None:
    assert len(weighed(question, replace(one, score=0.9), other).stands) < 2


def test_shares_that_define_a_thing_differ() -> None:
    one = Told(text="Turnout was 41 per cent, the highest yet.", answer="41 per cent", score=0.9)
    other = Told(text="Turnout was 38 per cent, the officer said.", answer="38 per cent")
    found = weighed("What was the turnout in the elections?", one, other)
    assert (found.kind, len(found.stands)) == ("differ", 2)
