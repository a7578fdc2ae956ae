"""A small SQuAD file of our own, and predictions for it."""

from __future__ import annotations

from typing import Any

MILL = (
    "The Eastmoor mill was built by Anna Brandt in 1842. A fire took its roof in 1901, "
    "and the owners' heirs — two brothers — sold it for £3,500."
)
FERRY = "The ferry to Holm runs twice a day. It doesn’t run on Sundays."


def answer(context: str, text: str) -> dict[str, Any]:
    """A gold answer at the place where it first stands."""
    return {"text": text, "answer_start": context.index(text)}


def squad_file() -> dict[str, Any]:
    """Two articles: seven answerable questions, three that are not."""
    mill = [
        ("m1", "Who built the mill?", ["Anna Brandt", "by Anna Brandt"]),
        ("m2", "When did it burn?", ["1901", "in 1901"]),
        ("m3", "Who sold the mill?", ["the owners' heirs", "two brothers"]),
        ("m4", "For how much was it sold?", ["£3,500"]),
        ("m5", "Who rebuilt the mill?", []),
        ("m6", "What did the fire take?", ["its roof", "roof"]),
    ]
    ferry = [
        ("f1", "How often does the ferry run?", ["twice a day"]),
        ("f2", "When does it not run?", ["Sundays", "on Sundays"]),
        ("f3", "Who owns the ferry?", []),
        ("f4", "What does a ticket cost?", []),
    ]
    return {
        "version": "v2.0",
        "data": [
            {"title": "Eastmoor_mill", "paragraphs": [_paragraph(MILL, mill)]},
            {"title": "Ferries", "paragraphs": [_paragraph(FERRY, ferry)]},
        ],
    }


PREDICTIONS = {
    "m1": "the Anna Brandt mill",
    "m2": "In 1901.",
    "m3": "heirs — two brothers",
    "m4": "3500",
    "m5": "",
    "m6": "",
    "f1": "Twice a day",
    "f2": "The",
    "f3": "Holm",
    "f4": " the ",
}
NA_PROBS = {
    "f4": 0.9,
    "f3": 0.55,
    "f2": 0.7,
    "f1": 0.1,
    "m6": 0.8,
    "m5": 0.95,
    "m4": 0.3,
    "m3": 0.3,
    "m2": 0.05,
    "m1": 0.6,
}


def _paragraph(context: str, questions: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    return {
        "context": context,
        "qas": [
            {
                "id": name,
                "question": question,
                "answers": [answer(context, text) for text in answers],
                "is_impossible": not answers,
            }
            for name, question, answers in questions
        ],
    }
