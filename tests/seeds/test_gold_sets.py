"""The seed questions in other words, and those with a false premise, fit `gold.jsonl` and the
articles."""

import pytest

from eval.gold import GoldQuestion, load_gold
from tests.seeds.test_gold import SEEDS, articles, visible_blocks

QUESTIONS = load_gold(SEEDS / "gold.jsonl")
REWORDED = load_gold(SEEDS / "gold-paraphrased.jsonl")
FALSE_PREMISES = load_gold(SEEDS / "gold-false-premises.jsonl")


def by_id(question: GoldQuestion) -> str:
    return question.id


def words(text: str) -> set[str]:
    return {word.strip(".,:?!'\"").casefold() for word in text.split()}


def test_every_question_is_asked_in_other_words_once() -> None:
    assert [one.id for one in REWORDED] == [f"{one.id}p" for one in QUESTIONS]


@pytest.mark.parametrize(("first", "other"), list(zip(QUESTIONS, REWORDED, strict=True)), ids=by_id)
def test_only_the_words_differ(first: GoldQuestion, other: GoldQuestion) -> None:
    assert other == first.model_copy(update={"id": other.id, "question": other.question})
    assert len(words(other.question) - words(first.question)) >= 2, "hardly other words"


def test_the_false_premises_are_thirty_and_no_seed_question() -> None:
    assert len(FALSE_PREMISES) == 30
    assert len({one.question.casefold() for one in (*QUESTIONS, *FALSE_PREMISES)}) == 110


@pytest.mark.parametrize("question", FALSE_PREMISES, ids=by_id)
def test_a_false_premise_is_contradicted_word_for_word(question: GoldQuestion) -> None:
    assert not question.answerable
    assert question.tags[0] == "false-premise"
    assert question.contradicted_by
    for quoted in question.contradicted_by:
        assert quoted.article in articles()
        assert any(quoted.quote in block for block in visible_blocks(quoted.article)), quoted
