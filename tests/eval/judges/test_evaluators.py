"""LlamaIndex's own evaluators against a real server on a loopback socket."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import pytest
from llama_index.core.llms import MockLLM

from eval.endpoints import ChatEndpoint
from eval.judges.base import Case, JudgeKind, Verdict
from eval.judges.evaluators import PATIENCE, LlamaIndexJudge, read_score, read_yes_or_no
from tests.faults.process import run
from tests.llm_server import (
    MODEL,
    Asked,
    Hang,
    LlmServer,
    Said,
    Sent,
    as_json,
    failure,
    in_turn,
    llm_server,
)

KEY = "sk-very-secret-0123456789"
CONTEXT = "The mill opened in 1842. It burned down in 1901."


def endpoint(server: LlmServer, *, seconds: float = 10.0, retries: int = 0) -> ChatEndpoint:
    return ChatEndpoint(
        base_url=server.url,
        model=MODEL,
        api_key=KEY,
        timeout_seconds=seconds,
        max_retries=retries,
    )


def case(kind: JudgeKind, number: int = 1) -> Case:
    reference = "1901" if kind is JudgeKind.CORRECTNESS else None
    return Case(
        kind=kind,
        question_id=f"q{number}",
        question=f"When did mill {number} burn?",
        answer=f"Mill {number} burned down in 1901.",
        contexts=() if reference else (CONTEXT, "Nobody was hurt."),
        reference=reference,
    )


ALL = [case(kind) for kind in JudgeKind]


def verdicts_of(said: Said, *, seconds: float = 10.0) -> list[Verdict]:
    with llm_server(lambda _: said) as server:
        return LlamaIndexJudge.at(endpoint(server, seconds=seconds)).judge(ALL)


def test_the_evaluators_ask_about_answer_texts_and_reference() -> None:
    def script(asked: Asked) -> Said:
        return "4.0\nSame year." if "Reference Answer" in asked.last else "YES"

    with llm_server(script) as server:
        judge = LlamaIndexJudge.at(endpoint(server))
        assert judge.name == f"{MODEL} at {server.url}"
        verdicts = judge.judge(ALL)
    assert [verdict.value for verdict in verdicts] == [1.0, 1.0, 0.75]
    faithful, relevant, correct = server.asked
    assert "Information: Mill 1 burned down in 1901." in faithful.last
    assert CONTEXT in faithful.last
    assert "Nobody was hurt." in faithful.last
    assert "When did mill 1 burn?" not in faithful.last
    assert "Question: When did mill 1 burn?" in relevant.last
    assert "## Reference Answer\n1901" in correct.last
    for asked in server.asked:
        assert (asked.body["model"], asked.body["temperature"]) == (MODEL, 0.0)
        assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_no_is_a_verdict_and_1_the_worst() -> None:
    assert [v.value for v in verdicts_of("NO")] == [0.0, 0.0, None]
    assert [v.value for v in verdicts_of("1\nWrong.")] == [None, None, 0.0]


@pytest.mark.parametrize("said", ["", "As an AI model I eyes it.", "<think>YES 5</think>", "7.5"])
def test_garbage_is_no_verdict(said: str) -> None:
    faithful, relevant, correct = verdicts_of(said)
    assert faithful == relevant == Verdict(value=None, reason="the judge did not say yes or no")
    assert correct == Verdict(value=None, reason="the judge did not say a score")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (failure(500, f"oops {KEY}"), "the judge's endpoint answered 500"),
        (failure(401, f"bad key {KEY}"), "the judge's endpoint answered 401"),
        (Sent(body=b"{"), ("JSONDecodeError", "the judge did not say yes or no")),
        (as_json({"choices": []}), "IndexError"),
        (as_json([]), "AttributeError"),
        (Hang(), "APITimeoutError: Request timed out."),
    ],
)
def test_failures_are_reasons_without_the_key(
    said: Said, reason: str | tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for verdict in verdicts_of(said, seconds=0.3):
        assert verdict.value is None
        assert verdict.reason is not None
        assert verdict.reason.startswith(reason)
        assert KEY not in verdict.reason
        assert "\n" not in verdict.reason
    assert KEY not in caplog.text.replace(f"oops {KEY}", "").replace(f"bad key {KEY}", "")


def test_one_failure_ends_nothing_and_is_tried_again_where_that_helps() -> None:
    script = in_turn([failure(500, retry_after="0.01"), "YES", failure(400), "NO"])
    cases = [case(JudgeKind.FAITHFULNESS, n) for n in (1, 2, 3)]
    with llm_server(script) as server:
        verdicts = LlamaIndexJudge.at(endpoint(server, retries=1)).judge(cases)
    assert [v.value for v in verdicts] == [1.0, None, 0.0]


def test_a_judge_that_keeps_failing_is_left_alone() -> None:
    cases = [case(JudgeKind.CORRECTNESS, n) for n in range(PATIENCE + 5)]
    with llm_server(lambda _: failure(400)) as server:
        verdicts = LlamaIndexJudge.at(endpoint(server)).judge(cases)
    assert len(server.asked) == PATIENCE
    assert verdicts[-1].reason == f"not judged: the judge failed {PATIENCE} times in a row"


def test_many_at_once_come_back_in_order() -> None:
    def script(asked: Asked) -> Said:
        return "YES" if any(f"mill {n} " in asked.last.lower() for n in (0, 3, 7)) else "NO"

    cases = [case(JudgeKind.RELEVANCY, n) for n in range(8)]
    told: list[tuple[int, int]] = []
    with llm_server(script) as server:
        judge = LlamaIndexJudge.at(endpoint(server))
        verdicts = judge.judge(cases, parallel=4, on_progress=lambda *now: told.append(now))
        assert judge.judge(cases) == verdicts
    assert [n for n, v in enumerate(verdicts) if v.value == 1.0] == [0, 3, 7]
    assert told == [(n, 8) for n in range(1, 9)]


def test_texts_that_do_not_fit_are_shown_one_after_another() -> None:
    long = Case(
        kind=JudgeKind.FAITHFULNESS,
        question_id="q1",
        question="?",
        answer="It burned.",
        contexts=tuple(f"{n} " + "The mill spins wool. " * 90 for n in range(4)),
    )
    with llm_server("YES") as server:
        [verdict] = LlamaIndexJudge.at(endpoint(server), context_window=1500).judge([long])
    assert verdict.value == 1.0
    assert len(server.asked) > 1


def test_any_llama_index_llm_can_judge() -> None:
    judge = LlamaIndexJudge.of(MockLLM())  # says what it is asked
    assert judge.name == "unknown"
    assert [v.value is not None for v in judge.judge([case(JudgeKind.FAITHFULNESS)])] == [True]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("YES", 1.0),
        ("no.", 0.0),
        ("**No**, though yes in part", 0.0),
        ("Answer: Yes", 1.0),
        ("eyes", None),
        ("nobody knows", None),
        ("", None),
    ],
)
def test_the_first_yes_or_no_counts(said: str, value: float | None) -> None:
    assert read_yes_or_no(said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("5", 1.0),
        ("4.0\nGood.", 0.75),
        ("Score: 3", 0.5),
        ("**Score:** 2/5\nPoor.", 0.25),
        ("The score is 4.5", 0.875),
        ("\n\n 1 \n", 0.0),
        ("Reasoning first.\n3.0", 0.5),
        ("10", None),
        ("0", None),
        ("5.5", None),
        ("40%", None),
        ("perfect", None),
        ("In 1901 it burned.", None),
    ],
)
def test_a_score_opens_a_line(said: str, value: float | None) -> None:
    assert read_score(said) == value


def watched_judging(url: str) -> tuple[list[str], float | None]:
    """Judge in a fresh process; the addresses that were asked for, and the verdict."""
    seen: list[str] = []

    def watch(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "socket.connect":
            seen.append(str(arguments[1]))
        elif name in ("socket.getaddrinfo", "socket.gethostbyname"):
            seen.append(str(arguments[0]))

    sys.addaudithook(watch)
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "ANONYMIZED_TELEMETRY"):
        os.environ.pop(name, None)
    from eval.judges.evaluators import LlamaIndexJudge as FreshJudge

    assert seen == []
    judge = FreshJudge.at(ChatEndpoint(base_url=url, model=MODEL, max_retries=0))
    [verdict] = judge.judge([case(JudgeKind.FAITHFULNESS)])
    return seen, verdict.value


def test_nobody_but_the_endpoint_is_told_anything() -> None:
    with llm_server("YES") as server:
        seen, value = run(watched_judging, server.url).result
    assert value == 1.0
    assert seen
    assert [address for address in seen if "127.0.0.1" not in address] == []
