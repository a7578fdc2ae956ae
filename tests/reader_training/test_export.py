"""Several models become one."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering

from reader_training.export import averaged
from tests.rag.tiny_models import tiny_reader


def weights(folder: Path) -> dict[str, torch.Tensor]:
    held: dict[str, torch.Tensor] = AutoModelForQuestionAnswering.from_pretrained(
        str(folder)
    ).state_dict()
    return held


def test_weights_are_the_means_of_those_given(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    tiny_reader(one)
    network = AutoModelForQuestionAnswering.from_pretrained(str(one))
    for weight in network.parameters():
        weight.data += 1.0
    network.save_pretrained(other)
    made = weights(averaged([one, other], tmp_path / "made"))
    for name, weight in weights(one).items():
        assert torch.allclose(made[name], weight + 0.5)


def test_one_model_stays_as_it_is(tmp_path: Path) -> None:
    assert averaged([tmp_path], tmp_path / "made") == tmp_path
