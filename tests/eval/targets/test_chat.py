"""The chat target against a real server on a loopback socket."""

from __future__ import annotations

import logging
import re
import socket
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from eval.asking import Pace, ask_all
from eval.endpoints import ChatEndpoint
from eval.gold import Turn
from eval.replies import Prices, Reply, Usage
from eval.targets.chat import SYSTEM_PROMPT, ChatTarget
from index.errors import (
    ConfigurationError,
    InputError,
    QuothError,
    StoreUnavailable,
)
from rag.records import Outcome
from tests.eval.fakes import evaluate, gold
from tests.llm_server import (
    MODEL,
    Asked,
    Breaks,
    Drop,
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


def endpoint(server: LlmServer, *, retries: int = 0, seconds: float = 10.0) -> ChatEndpoint:
    return ChatEndpoint(
        base_url=server.url,
        model=MODEL,
        api_key=KEY,
        timeout_seconds=seconds,
        max_retries=retries,
    )


def test_an_answer_is_words_and_nothing_else() -> None:
    with llm_server("It burned down in 1901. [1]") as server, ChatTarget(endpoint(server)) as chat:
        reply = chat.ask(gold())
    assert reply.outcome is Outcome.ANSWERED
    assert reply.answer == "It burned down in 1901. [1]"
    assert [sentence.text for sentence in reply.sentences] == ["It burned down in 1901."]
    assert (reply.citations, reply.retrieved, reply.short_answer) == (None, None, None)
    assert reply.milliseconds is not None
    assert reply.milliseconds > 0
    assert reply.usage == Usage(prompt_tokens=120, completion_tokens=8)
    [asked] = server.asked
    assert asked.messages == [("system", SYSTEM_PROMPT), ("user", "What about q1?")]
    assert {k: v for k, v in asked.body.items() if k != "messages"} == {
        "model": MODEL,
        "temperature": 0,
        "seed": 0,
    }
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_conversation_and_day_go_with_the_question() -> None:
    turns = (
        Turn(role="user", content="Tell me about the mill."),
        Turn(role="assistant", content="Gladly."),
    )
    question = gold().model_copy(update={"conversation": turns, "as_of": date(2026, 1, 6)})
    with llm_server("1901.") as server, ChatTarget(endpoint(server), system_prompt="Hm.") as chat:
        chat.ask(question)
    assert server.asked[0].messages == [
        ("system", "Hm. Today is 2026-01-06."),
        ("user", "Tell me about the mill."),
        ("assistant", "Gladly."),
        ("user", "What about q1?"),
    ]


def test_without_a_system_prompt_none_is_sent() -> None:
    with llm_server("1901.") as server, ChatTarget(endpoint(server), system_prompt="") as chat:
        chat.ask(gold())
    assert server.asked[0].messages == [("user", "What about q1?")]


@pytest.mark.parametrize(
    "said",
    [
        "I don't know.",
        "",
        {"content": None},
        {"content": None, "refusal": "I will not say."},
        "<think>1901? No.</think> The archive does not say.",
    ],
)
def test_saying_that_it_does_not_know_is_an_abstention(said: Said) -> None:
    with llm_server(lambda _: said) as server, ChatTarget(endpoint(server)) as chat:
        reply = chat.ask(gold(answers=()))
    assert (reply.outcome, reply.sentences) == (Outcome.NOT_FOUND, ())


def test_what_counts_as_a_refusal_can_be_said() -> None:
    with llm_server("No entry, 1901.") as server:
        with ChatTarget(endpoint(server), refusal="^no ENTRY") as chat:
            assert chat.ask(gold()).outcome is Outcome.NOT_FOUND
        with pytest.raises(InputError, match=r"'\(' is not a regular expression"):
            ChatTarget(endpoint(server), refusal="(")


def test_content_in_parts_is_joined_and_reasoning_left_out() -> None:
    parts = [{"type": "text", "text": "<think>Hm.</think>It "}, {"type": "text", "text": "burned."}]
    with llm_server(lambda _: {"content": parts}) as server, ChatTarget(endpoint(server)) as chat:
        assert chat.ask(gold()).answer == "It burned."


def test_tokens_cost_what_is_said_that_they_cost() -> None:
    prices = Prices(prompt=2.0, completion=10.0)
    with llm_server("1901.") as server, ChatTarget(endpoint(server)) as chat:
        [reply] = ask_all([gold()], chat, pace=Pace(prices=prices)).values()
    assert isinstance(reply, Reply)
    usage = reply.usage
    assert usage == Usage(prompt_tokens=120, completion_tokens=8, cost=(240 + 80) / 1e6)


def test_a_quoth_is_scored_by_its_words_alone() -> None:
    body = {
        "choices": [{"message": {"role": "assistant", "content": "1901. [1]"}}],
        "quoth": {"outcome": "not_found", "citations": [{"n": 1}]},
    }
    with llm_server(lambda _: as_json(body)) as server, ChatTarget(endpoint(server)) as chat:
        reply = chat.ask(gold())
    assert (reply.outcome, reply.citations, reply.usage) == (Outcome.ANSWERED, None, None)


def test_metrics_that_words_cannot_tell_have_no_data() -> None:
    def script(asked: Asked) -> Said:
        return "It burned down in 1901." if "q1" in asked.last else "The archive does not say."

    with llm_server(script) as server, ChatTarget.connect(endpoint(server)) as chat:
        found = evaluate([gold(), gold("q2"), gold("q3", answers=())], chat)
    assert found.value("accuracy") == 0.5
    assert found.value("overall_accuracy") == pytest.approx(2 / 3)
    assert found.value("Success@5") is None
    assert found.value("citation/precision") is None
    assert found.provenance.models == {"chat": MODEL}
    assert found.provenance.settings["system_prompt"] == SYSTEM_PROMPT
    assert found.target == f"{MODEL} at {server.url}"


UNREADABLE = [
    Sent(body=b"{"),
    Sent(body=b"<html>hello</html>", headers={"Content-Type": "text/html"}),
    as_json([]),
    as_json({"choices": []}),
    as_json({"choices": [{"text": "1901"}]}),
    as_json({"choices": [{"message": {"content": 7}}]}),
    Sent(body=b'{"choices": [{"message": {"content": "\\ud800"}}]}'),
]


@pytest.mark.parametrize("sent", UNREADABLE)
def test_nonsense_is_a_row_that_failed(sent: Sent) -> None:
    script = in_turn([sent, "It burned down in 1901."])
    with llm_server(script) as server, ChatTarget(endpoint(server)) as chat:
        failed, fine = evaluate([gold(), gold("q2")], chat).questions
    assert failed.error is not None
    assert failed.error.startswith(f"{server.url} sent what is no chat completion (")
    assert "\n" not in failed.error
    assert (fine.error, fine.correct) == (None, True)


FAILURES: list[tuple[Said, type[QuothError], str]] = [
    (
        failure(401, f"Incorrect API key provided: {KEY}"),
        ConfigurationError,
        r"refused the API key",
    ),
    (failure(403, f"key {KEY} is blocked"), ConfigurationError, r"\(403\): set QUOTH_LLM_API_KEY"),
    (
        failure(404, "no such model"),
        ConfigurationError,
        r"knows no model 'parrot-1'.*no such model",
    ),
    (failure(400, f"too\nlong {KEY}"), InputError, r"refused the request \(400: too long \*+\)"),
    (failure(429, "slow down"), StoreUnavailable, r"is too busy \(429: slow down\)"),
    (failure(500, f"oops {KEY}"), StoreUnavailable, r"failed \(500: oops \*+\)"),
    (Sent(body=b"<html>", status=502), StoreUnavailable, r"failed \(502\)"),
    (Drop(), StoreUnavailable, r"nothing answers at"),
    (Hang(), StoreUnavailable, r"did not answer within 0\.3 seconds"),
]


@pytest.mark.parametrize(("said", "kind", "message"), FAILURES)
def test_failures_are_one_line_without_the_key(
    said: Said, kind: type[QuothError], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with llm_server(lambda _: said) as server:
        with pytest.raises(kind, match=message) as caught:
            ChatTarget.connect(endpoint(server, seconds=0.3))
        text = str(caught.value)
    assert "\n" not in text
    assert KEY not in text + repr(endpoint(server))
    assert caught.value.retryable is (kind is StoreUnavailable)
    assert "Bearer" not in caplog.text


def test_it_is_asked_again_when_the_server_says(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    script = in_turn([failure(429, retry_after="0.01"), failure(503, retry_after="0.01"), "1901."])
    with llm_server(script) as server, ChatTarget(endpoint(server, retries=2)) as chat:
        assert chat.ask(gold()).answer == "1901."
    assert len(server.asked) == 3
    assert KEY not in caplog.text


def failed(server: LlmServer, *, retries: int, seconds: float = 10.0) -> tuple[str, float]:
    """Ask something; return what went wrong, and after how many seconds."""
    started = time.monotonic()
    with ChatTarget(endpoint(server, retries=retries, seconds=seconds)) as chat:
        with pytest.raises(StoreUnavailable) as caught:
            chat.ask(gold())
        return str(caught.value), time.monotonic() - started


@pytest.mark.parametrize("said", [Hang(), Breaks(said="It ", then="words")])
def test_who_does_not_answer_in_time_is_not_asked_again(said: Said) -> None:
    with llm_server(lambda _: said) as server:
        error, seconds = failed(server, retries=3, seconds=0.3)
    assert error == f"{server.url} did not answer within 0.3 seconds"
    assert seconds < 2
    assert len(server.asked) == 1


@pytest.mark.parametrize("dated", [False, True])
def test_nobody_waits_longer_than_there_is_time(dated: bool) -> None:
    then = datetime.now(UTC) + timedelta(seconds=30)
    busy = failure(429, "no", retry_after=format_datetime(then, usegmt=True) if dated else "30")
    with llm_server(lambda _: busy) as server:
        error, seconds = failed(server, retries=3)
    assert re.search(r"is too busy \(429: no\): it asks to wait \d\d seconds$", error)
    assert seconds < 5
    assert len(server.asked) == 1


def test_all_that_is_asked_again_shares_one_deadline() -> None:
    with llm_server(lambda _: failure(503, retry_after="0.2")) as server:
        error, _ = failed(server, retries=1000, seconds=0.7)
    assert "failed (503: no)" in error
    assert 2 <= len(server.asked) <= 4


def test_parameters_that_a_model_does_not_take_are_left_out() -> None:
    def script(asked: Asked) -> Said:
        if "temperature" in asked.body:
            return failure(400, "Unsupported value", param="temperature")
        if "seed" in asked.body:
            return as_json({"detail": [{"loc": ["body", "seed"], "msg": "extra"}]}, status=422)
        return "1901."

    with llm_server(script) as server, ChatTarget.connect(endpoint(server)) as chat:
        assert chat.ask(gold()).answer == "1901."
        assert set(chat.provenance().settings) == {"system_prompt"}


def test_nobody_there_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/"
    with pytest.raises(StoreUnavailable) as caught:
        ChatTarget.connect(ChatEndpoint(base_url=url, model=MODEL, max_retries=0))
    assert str(caught.value) == f"nothing answers at {url[:-1]}: start it, or correct it"
