from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.public.squad import load_na_probs, load_predictions, load_squad, sampled
from index.errors import InputError
from tests.eval.public.squad_files import FERRY, NA_PROBS, PREDICTIONS, squad_file


def written(folder: Path, content: Any, name: str = "small.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_questions_come_with_their_answers_and_places(tmp_path: Path) -> None:
    squad = load_squad(written(tmp_path, squad_file()))
    assert [p.title for p in squad.paragraphs] == ["Eastmoor mill", "Ferries"]
    assert len(squad.questions) == 10
    assert sum(question.answerable for question in squad.questions) == 7
    first = squad.paragraphs[1].questions[0]
    assert (first.id, first.answers) == ("f1", ("twice a day",))
    assert FERRY[slice(*first.spans[0])] == "twice a day"
    assert squad.misplaced == 0


def test_a_gzipped_file_is_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path, squad_file())
    packed = tmp_path / "small.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert load_squad(packed).paragraphs == load_squad(plain).paragraphs


def test_squad_1_has_neither_impossible_questions_nor_version(tmp_path: Path) -> None:
    content = squad_file()
    del content["version"]
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            paragraph["qas"] = [qa for qa in paragraph["qas"] if qa["answers"]]
            for qa in paragraph["qas"]:
                del qa["is_impossible"]
    squad = load_squad(written(tmp_path, content))
    assert len(squad.questions) == 7
    assert all(question.answerable for question in squad.questions)


def test_answers_that_stand_elsewhere_are_counted(tmp_path: Path) -> None:
    content = squad_file()
    content["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] += 1
    assert load_squad(written(tmp_path, content)).misplaced == 1


def test_a_sample_is_drawn_by_seed_and_keeps_the_order(tmp_path: Path) -> None:
    squad = load_squad(written(tmp_path, squad_file()))
    ids = [question.id for question in squad.questions]
    drawn = [question.id for question in sampled(squad, 4, 0).questions]
    assert len(drawn) == 4
    assert drawn == [name for name in ids if name in drawn]
    assert drawn == [question.id for question in sampled(squad, 4, 0).questions]
    assert any(sampled(squad, 4, seed).questions != sampled(squad, 4, 0).questions
               for seed in range(1, 5))  # fmt: skip
    assert sampled(squad, 99, 0) == squad
    assert len(sampled(squad, 1, 0).paragraphs) == len(squad.paragraphs)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"questions": []}, "small.json: data: .*SQuAD is"),
        ([1, 2], "small.json: .*SQuAD is"),
        ({"data": [{"paragraphs": [{"context": "x"}]}]}, r"data\.0\.paragraphs\.0\.qas"),
        (
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": 3, "question": "?"}]}]}]},
            r"data\.0\.paragraphs\.0\.qas\.0\.id",
        ),
        ({"data": []}, "holds no questions"),
    ],
)
def test_what_is_no_squad_is_told_with_its_place(
    tmp_path: Path, content: Any, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        load_squad(written(tmp_path, content))


def test_an_id_used_twice_is_told(tmp_path: Path) -> None:
    content = squad_file()
    content["data"].append(content["data"][0])
    with pytest.raises(InputError, match="two questions have the id 'm1'"):
        load_squad(written(tmp_path, content))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_squad(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        load_squad(tmp_path)
    damaged = tmp_path / "small.json.gz"
    damaged.write_bytes(gzip.compress(json.dumps(squad_file()).encode())[:100])
    with pytest.raises(InputError, match="gzip"):
        load_squad(damaged)
    damaged.write_bytes(b"{")
    with pytest.raises(InputError, match="Invalid JSON"):
        load_squad(damaged)


def test_predictions_are_maps(tmp_path: Path) -> None:
    assert load_predictions(written(tmp_path, PREDICTIONS)) == PREDICTIONS
    probabilities = load_na_probs(written(tmp_path, NA_PROBS | {"odds": -3}))
    assert list(probabilities.items()) == [*NA_PROBS.items(), ("odds", -3.0)]
    with pytest.raises(InputError, match=r"m1: .*predictions are"):
        load_predictions(written(tmp_path, {"m1": None}))
    with pytest.raises(InputError, match="predictions are"):
        load_predictions(written(tmp_path, ["m1"]))
    for wrong in ("high", None, float("nan")):
        with pytest.raises(InputError, match=r"m1: .*probabilities are"):
            load_na_probs(written(tmp_path, {"m1": wrong}))
