"""What an engine says of itself: enough to tell runs apart, and no secret."""

from __future__ import annotations

from eval.targets.bootstrap import _telling
from rag.settings import RagSettings


def test_settings_of_answering_are_told() -> None:
    told = _telling(RagSettings(fusion_weight=0.25))
    assert told["fusion_weight"] == 0.25
    assert not any(name.startswith("llm_") for name in told)


def test_of_a_language_model_its_name_is_told_and_nothing_else() -> None:
    settings = RagSettings(
        llm_base_url="http://someone:password@10.0.0.7/v1",
        llm_model="parrot-1",
        llm_api_key="sk-very-secret",
    )
    told = _telling(settings)
    assert told["llm_model"] == "parrot-1"
    assert "secret" not in str(told)
    assert "password" not in str(told)
