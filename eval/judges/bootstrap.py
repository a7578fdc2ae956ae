"""Where settings become a judge."""

from __future__ import annotations

from collections.abc import Sequence

from eval.endpoints import ChatClient, ChatEndpoint, endpoint_of, rejected_parameter
from eval.judges.base import JudgeKind, JudgeModel
from index.errors import InputError, QuothError
from rag.settings import RagSettings

_PROBE = ({"role": "user", "content": "Say OK."},)


def open_judge(settings: RagSettings) -> JudgeModel:
    """Return the model that the settings name as a judge, once it has said something.

    Raises: ConfigurationError where the settings name none, or it knows no such key or model;
    StoreUnavailable where it does not answer.
    """
    endpoint = endpoint_of(settings)
    temperature = _temperature(endpoint)
    from eval.judges.evaluators import LlamaIndexJudge  # takes seconds

    return LlamaIndexJudge.at(endpoint, temperature=temperature)


def judge_kinds(names: str | None) -> Sequence[JudgeKind]:
    """Return the judges in a list such as `faithfulness,correctness`; all where there is none.

    Raises: InputError where one is unknown.
    """
    if names is None:
        return tuple(JudgeKind)
    known = ", ".join(JudgeKind)
    found = []
    for name in names.split(","):
        try:
            found.append(JudgeKind(name.strip().lower()))
        except ValueError as error:
            raise InputError(
                f"there is no judge {name.strip()!r}", hint=f"known: {known}"
            ) from error
    return tuple(found)


def _temperature(endpoint: ChatEndpoint) -> float:
    """Ask the model something, and return the lowest temperature that it takes: 0, or else 1."""
    client = ChatClient(endpoint)
    try:
        client.complete(_PROBE, {"temperature": 0})
    except QuothError as error:
        if rejected_parameter(error, ["temperature"]) is None:
            raise
        return 1.0
    finally:
        client.close()
    return 0.0
