from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answer_text import compile_refusal, read_answer, sentences_of
from index.errors import InputError
from rag.records import Outcome

REFUSALS = [
    "The archive does not say.",
    "I don't know.",
    "I do not have information about that.",
    "I'm sorry, but I cannot help.",
    "Unfortunately, the documents don't mention the price.",
    "The provided context does not contain information about the mill's owner.",
    "There is no information about this in the articles.",
    "I could not find any relevant articles.",
    "The price is not mentioned in the provided context.",
    "The price isn't specified.",
    "The question cannot be answered from the given documents.",
    "I can not answer that because of the insufficient information in the documents.",
    "None of the articles mention it.",
    "Nothing in the archive says who paid.",
    "It is not possible to determine the price.",
    "Unanswerable.",
    "N/A",
    "Unknown.",
    "Based on the provided documents, I was unable to find the answer.",
    "The text doesn’t specify when.",
    "No information was found.",
    "No relevant sources were found on this.",
    "The archive can't answer that.",
    "I found no mention of the price.",
    "Not found in the archive.",
    "The answer is not available in the context.",
    "The retrieved passages do not directly address the question.",
    "I am not aware of any such statement.",
    "THE ARCHIVE DOES NOT SAY.",
]
ANSWERS = [
    "The mill burned down in 1901.",
    "Nobody was hurt.",
    "The minister was not found in the building.",
    "The suspects were not named by police until Monday.",
    "He did not say when he would resign.",
    "No.",
    "No, the treaty was not signed.",
    "The company does not expect a profit.",
    "It is not known whether the bridge will hold.",
    "Ministers said no evidence was needed.",
    "Police found no evidence of arson.",
    "She said the text of the treaty was agreed.",
    "There was no deal on Tuesday.",
    "They found no survivors.",
    "He said he was sorry about the delay.",
    "The vote was cancelled because there were not enough members.",
    "None of the hostages survived.",
    "It burned down in 1901. The archive does not say who lit the fire.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_saying_that_one_does_not_know_is_a_refusal(text: str) -> None:
    said = read_answer(text)
    assert (said.outcome, said.sentences, said.text) == (Outcome.NOT_FOUND, (), text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_may_have_a_no_in_it(text: str) -> None:
    assert read_answer(text).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("text", ["", "  \n", "[1]", "<think>It was 1901."])
def test_saying_nothing_is_a_refusal(text: str) -> None:
    assert read_answer(text).outcome is Outcome.NOT_FOUND


def test_an_own_pattern_goes_in_the_place_of_the_known_ones() -> None:
    pattern = compile_refusal("no entry")
    assert read_answer("It burned. No Entry.", refusal=pattern).outcome is Outcome.NOT_FOUND
    assert read_answer("I don't know.", refusal=pattern).outcome is Outcome.ANSWERED
    assert compile_refusal(None) is None
    with pytest.raises(InputError, match=r"'\[' is not a regular expression"):
        compile_refusal("[")


@pytest.mark.parametrize("tag", ["think", "thinking"])
def test_reasoning_before_the_answer_is_left_out(tag: str) -> None:
    said = read_answer(f"<{tag}>I don't know.\n\nOr do I?</{tag}>\n\nIn 1901.")
    assert (said.outcome, said.text) == (Outcome.ANSWERED, "In 1901.")
    assert read_answer(f"Or do I?</{tag}>In 1901.").text == "In 1901."


def cited(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(sentence.text, sentence.citations) for sentence in sentences_of(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It burned. [1] It was rebuilt. [2]", [("It burned.", (1,)), ("It was rebuilt.", (2,))]),
        ("It burned [1]. It was rebuilt [2].", [("It burned.", (1,)), ("It was rebuilt.", (2,))]),
        ("It burned.[1][2] It spins.", [("It burned.", (1, 2)), ("It spins.", ())]),
        ("“It burned.” [1]\n\n[2] It spins.", [("“It burned.”", (1,)), ("It spins.", (2,))]),
        ("It burned [1, 3-5; 3].", [("It burned.", (1, 3, 4, 5))]),
        ("It burned [^2]【7】.", [("It burned.", (2, 7))]),
        ("It burned [5-3].", [("It burned.", (5, 3))]),
        ("In [1842] and [x](y) and [1](z).", [("In [1842] and [x](y) and [1](z).", ())]),
        ("It burned.[1]It spins.", [("It burned.", (1,)), ("It spins.", ())]),
        ("- It burned [1]\n- It spins [2]", [("It burned", (1,)), ("It spins", (2,))]),
        ("Two:\n1. It burned\n2. It spins", [("Two:", ()), ("It burned", ()), ("It spins", ())]),
    ],
)  # fmt: skip
def test_markers_belong_to_the_sentence_they_stand_behind(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert cited(text) == found


@given(st.text(alphabet="ab. !?[]123,-\n•*(【】^", max_size=60))
def test_any_text_can_be_read_and_no_sentence_is_blank(text: str) -> None:
    for sentence in read_answer(text).sentences:
        assert sentence.text.strip()
        assert all(n >= 0 for n in sentence.citations)
        assert len(set(sentence.citations)) == len(sentence.citations)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_no_sentence_gains_or_loses_words_by_its_markers(numbers: list[int]) -> None:
    texts = [f"Mill {n} burned down" for n in numbers]
    marked = " ".join(f"{text} [{n}]." for text, n in zip(texts, numbers, strict=True))
    assert cited(marked) == [(f"{t}.", (n,)) for t, n in zip(texts, numbers, strict=True)]
    assert not re.search(r"\[\d", " ".join(sentence for sentence, _ in cited(marked)))
