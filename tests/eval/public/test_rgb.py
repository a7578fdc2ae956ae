"""RGB, on invented documents in its four layouts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.public.base import OpenScratch, PublicOptions
from eval.public.rgb import check_answer, conditions_of, evaluate
from eval.public.rgb_documents import Condition, RgbQuestion, choose_documents
from index.errors import GoldInvalid, InputError
from tests.eval.public.writing import write_lines

NOISE = [
    "A pair of wolves has settled in the Granmoor forest.",
    "Rye bread needs a sour dough that has stood for sixteen hours.",
    "The clinic on Brae Hill will have a second doctor from April.",
    "The county expects the bridge works to cost 4.2 million crowns.",
    "Two trawlers carried the post by the northern route.",
    "The librarian had collected 2,300 signatures.",
]
FERRY: dict[str, Any] = {
    "id": 0,
    "query": "From which day does the ferry to Osk run again?",
    "answer": [["Monday", "Mon."]],
    "positive": [
        "The ferry to Osk runs again from Monday, the harbour office said.",
        "From Monday the ferry to Osk will run again, its captain told the paper.",
    ],
    "negative": NOISE,
}
MAYOR: dict[str, Any] = {
    "id": 1,
    "query": "Who is the mayor of Harrowmouth?",
    "answer": "Una Brae",
    "positive": ["Una Brae, the mayor of Harrowmouth, opened the bridge."],
    "negative": NOISE,
}
FALSE: dict[str, Any] = MAYOR | {
    "fakeanswer": "Tomas Eld",
    "positive": [
        "Una Brae, the mayor of Harrowmouth, opened the bridge.",
        "The mayor of Harrowmouth, Una Brae, wore a red coat.",
        "Una Brae is the mayor of Harrowmouth.",
    ],
    "positive_wrong": [
        "Tomas Eld, the mayor of Harrowmouth, opened the bridge.",
        "The mayor of Harrowmouth, Tomas Eld, wore a red coat.",
        "Tomas Eld is the mayor of Harrowmouth.",
    ],
}
BOTH: dict[str, Any] = {
    "id": 7,
    "query": "When do the ferry and the bus to Osk run again?",
    "answer": ["Monday", ["Friday", "Fri."]],
    "positive": [
        ["The ferry runs again from Monday.", "Monday is the day the ferry runs again."],
        ["The bus runs again from Friday."],
    ],
    "negative": NOISE,
}


def chosen(record: dict[str, Any], **condition: float) -> list[tuple[str, int]]:
    question = RgbQuestion.model_validate_json(json.dumps(record))
    return list(choose_documents(question, Condition(label="", **condition)))


def kinds(keys: list[tuple[str, int]]) -> dict[str, int]:
    return {kind: sum(k == kind for k, _ in keys) for kind in dict(keys)}


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.0, {"positive": 2, "negative": 3}),  # no more positive ones: noise fills up
        (0.4, {"positive": 2, "negative": 3}),
        (0.6, {"positive": 2, "negative": 3}),
        (0.8, {"positive": 1, "negative": 4}),
        (0.9, {"negative": 5}),  # ceil(4.5)
        (1.0, {"negative": 5}),
    ],
)
def test_noise_documents_are_those_of_the_script(rate: float, expected: dict[str, int]) -> None:
    assert kinds(chosen(FERRY, noise_rate=rate)) == expected


def test_too_little_noise_is_made_up_for_by_answers() -> None:
    record = FERRY | {"negative": NOISE[:1], "positive": [f"{n} Monday again." for n in range(6)]}
    assert kinds(chosen(record, noise_rate=0.6)) == {"positive": 4, "negative": 1}
    assert kinds(chosen(record, noise_rate=1.0)) == {"negative": 1}


def test_integration_takes_each_part_first() -> None:
    keys = chosen(BOTH, noise_rate=0.4)
    assert kinds(keys) == {"positive": 3, "negative": 2}
    assert {place for kind, place in keys[:2] if kind == "positive"} in ({0, 2}, {1, 2})
    crowded = BOTH | {"positive": [[f"Part {n} is Monday."] for n in range(4)]}
    assert kinds(chosen(crowded, noise_rate=0.8)) == {"positive": 4, "negative": 1}


def test_counterfactual_documents_mix_as_asked() -> None:
    assert kinds(chosen(FALSE)) == {"positive_wrong": 3}
    mixed = chosen(FALSE, correct_rate=0.6)
    assert kinds(mixed) == {"positive_wrong": 2, "positive": 1}
    assert len({place for _, place in mixed}) == 3  # never both forms of one document
    assert chosen(FALSE, correct_rate=0.6) == mixed


@pytest.mark.parametrize(
    ("response", "answer", "right"),
    [
        ("on MONDAY next", ("Monday",), True),
        ("", ("Monday",), False),
        ("Mondays", ("monday",), True),  # substrings count, as in the script
        ("from Mon. on", (("Monday", "Mon."),), True),
        ("Monday", ("Monday", ("Friday", "Fri.")), False),
        ("Monday and fri. too", ("Monday", ("Friday", "Fri.")), True),
    ],
)
def test_every_part_must_be_said_in_one_way(response: str, answer: Any, right: bool) -> None:
    assert check_answer(response, answer) is right


def test_noise_and_rejection_are_run_from_one_file(tmp_path: Path, by_meaning: OpenScratch) -> None:
    path = write_lines(tmp_path / "en.json", [FERRY, MAYOR])
    result = evaluate(path, PublicOptions(), by_meaning)
    rows = {row.label: row for row in result.rows}
    assert list(rows) == [
        *(f"noise rate {rate}" for rate in ("0", "0.2", "0.4", "0.6", "0.8")),
        "noise alone (rejection)",
    ]
    clean = rows["noise rate 0"].values
    assert clean["accuracy"] == 1.0
    assert clean["abstained"] == 0.0
    assert rows["noise alone (rejection)"].values == {"rejection rate": 1.0}
    assert {row.n for row in result.rows} == {2}
    assert result.published


def test_a_question_sees_its_own_documents_only(tmp_path: Path, by_words: OpenScratch) -> None:
    stranger = MAYOR | {"id": "other", "positive": NOISE[:1], "negative": NOISE[1:]}
    path = write_lines(tmp_path / "en.json", [MAYOR, stranger])
    result = evaluate(path, PublicOptions(noise_rates=(0.0,)), by_words)
    assert result.rows[0].values["accuracy"] == 0.5


def test_counterfactual_figures_are_named_for_what_they_are(
    tmp_path: Path, by_meaning: OpenScratch
) -> None:
    path = write_lines(tmp_path / "en_fact.json", [FALSE])
    false_only, mixed = evaluate(path, PublicOptions(), by_meaning).rows
    assert false_only.values["says the false answer"] == 1.0
    assert false_only.values["accuracy"] == 0.0
    assert mixed.values["right where shown (error correction)"] in {None, 0.0, 1.0}
    assert (mixed.values["right where shown (error correction)"] is None) == (
        mixed.values["shows a disagreement (error detection)"] == 0.0
    )


def test_integration_needs_both_parts(tmp_path: Path, by_meaning: OpenScratch) -> None:
    path = write_lines(tmp_path / "en_int.json.gz", [BOTH])
    result = evaluate(path, PublicOptions(), by_meaning)
    assert [row.label for row in result.rows] == [
        f"integration, noise rate {rate}" for rate in ("0", "0.2", "0.4")
    ]


def test_noise_rates_can_be_chosen() -> None:
    labels = [one.label for one in conditions_of("noise", (0.25, 1.0))]
    assert labels == ["noise rate 0.25", "noise alone (rejection)"]
    with pytest.raises(InputError, match="takes no noise rates"):
        conditions_of("counterfactual", (0.25,))


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([FERRY, FALSE | {"id": 3}], "mixes counterfactual and noise"),
        ([FERRY, FERRY], r"en\.json:2: it has the id of"),
        ([FALSE | {"positive": ["One."]}], "differ in length"),
        ([FERRY | {"positive": []}], "'positive': a list of texts"),
        ([{k: v for k, v in FERRY.items() if k != "negative"}], "'negative' is missing"),
        ([BOTH | {"positive": [[]]}], "'positive': a list of texts"),
        ([BOTH | {"positive": [["One."], "Two."]}], "'positive': texts and lists of texts"),
        ([FERRY | {"answer": []}], "'answer': a list of texts"),
        ([FERRY | {"answer": 7}], r"en\.json:1: 'answer"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, by_words: OpenScratch, records: list[Any], complaint: str
) -> None:
    path = write_lines(tmp_path / "en.json", records)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(path, PublicOptions(), by_words)
