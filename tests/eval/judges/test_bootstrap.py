from __future__ import annotations

import pytest

from eval.judges.base import JudgeKind
from eval.judges.bootstrap import judge_kinds, open_judge
from eval.judges.report import judge_rows
from index.errors import ConfigurationError, InputError
from rag.settings import RagSettings
from tests.eval.fakes import FakeTarget, evaluate, gold, right_answer
from tests.llm_server import MODEL, Asked, LlmServer, Said, failure, llm_server


def settings(server: LlmServer) -> RagSettings:
    return RagSettings(llm_base_url=server.url, llm_model=MODEL, llm_api_key="sk-0123456789")


def test_settings_become_a_judge_of_an_evaluation() -> None:
    def script(asked: Asked) -> Said:
        return "5\nGood." if "Reference Answer" in asked.last else "YES"

    questions = [gold(), gold("q2", answers=())]
    with llm_server(script) as server:
        found = evaluate(questions, FakeTarget(right_answer))
        judge = open_judge(settings(server))
        rows, report = judge_rows(found.questions, questions, judge)
    assert rows[0].judgements == {"faithfulness": 1.0, "relevancy": 1.0, "correctness": 1.0}
    assert rows[1].judgements == {}
    assert report.model == f"{MODEL} at {server.url}"
    assert [summary.n for summary in report.judges] == [1, 1, 1]


def test_a_model_that_takes_no_temperature_of_0_is_given_1() -> None:
    def script(asked: Asked) -> Said:
        if asked.body["temperature"] == 0:
            return failure(400, "Only 1 is supported", param="temperature")
        return "YES"

    questions = [gold()]
    with llm_server(script) as server:
        found = evaluate(questions, FakeTarget(right_answer))
        judge = open_judge(settings(server))
        _, report = judge_rows(found.questions, questions, judge, kinds=[JudgeKind.RELEVANCY])
    assert (report.judges[0].n, report.judges[0].failures) == (1, 0)


def test_a_judge_that_refuses_the_key_is_not_asked_anything_else() -> None:
    with llm_server(lambda _: failure(401)) as server:
        with pytest.raises(ConfigurationError, match="refused the API key"):
            open_judge(settings(server))
        assert len(server.asked) == 1


def test_without_a_model_there_is_no_judge() -> None:
    with pytest.raises(ConfigurationError, match="no language model is named"):
        open_judge(RagSettings())


def test_judges_are_named_in_a_list() -> None:
    assert judge_kinds(None) == tuple(JudgeKind)
    assert judge_kinds("Correctness, faithfulness") == ("correctness", "faithfulness")
    with pytest.raises(InputError, match=r"there is no judge 'luck': known: faithfulness, relev"):
        judge_kinds("luck")
