"""Quoth's own chat endpoint under `quoth eval run --chat`, as any other one."""

from __future__ import annotations

from api.service import Service
from eval.endpoints import ChatEndpoint
from eval.gold import Evidence, GoldQuestion
from eval.targets.chat import ChatTarget
from rag.records import Outcome
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.serving import serving


def test_its_answers_are_read_as_they_were_meant(service: Service) -> None:
    answered = GoldQuestion(
        id="q1",
        question=QUESTION,
        answerable=True,
        answers=("Monday",),
        evidence=(Evidence(article="art-ferry.txt", quote=QUOTE),),
    )
    nowhere = GoldQuestion(id="q2", question="Who won the regatta?", answerable=False)
    with serving(service) as url:
        endpoint = ChatEndpoint(base_url=f"{url}/v1", model="quoth")
        with ChatTarget.connect(endpoint) as target:
            reply, none = target.ask(answered), target.ask(nowhere)
    assert reply.outcome is Outcome.ANSWERED
    assert reply.sentences is not None
    assert (reply.sentences[0].text, reply.sentences[0].citations) == (QUOTE, (1,))
    assert reply.usage is not None
    assert none.outcome is Outcome.NOT_FOUND
