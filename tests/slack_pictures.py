"""Pictures of what the bot shows, of the seeds: `python -m tests.slack_pictures FOLDER`.

For looking at; no test depends on them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from api.slack.blocks.messages import (
    MessageContext,
    answer_message,
    failure_message,
    rate_limited_message,
    rated,
    reading_message,
    streaming_message,
    withdrawn_message,
)
from api.slack.blocks.modals import ask_modal, comment_modal, context_modal, follow_up_modal
from index.bootstrap import open_archive
from index.records import Rating
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.records import Answer, AnswerSentence, Query
from rag.settings import RagSettings
from tests.e2e.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES, SEEDS
from tests.slack_rendering import heading, message, page, view

QUESTIONS = (
    "how long would the guarantees last?",
    "How many people were on board the Grey Heron?",
    "How much did the owners of the ferry offer?",
    "Who leads the American delegation and how many countries came to Paris?",
    "Who wrote Pride and Prejudice?",
    "How many cars were on the Grey Heron?",
)


def shown(answer: Answer, *, is_private: bool = False) -> str:
    """An answer's messages."""
    context = MessageContext(
        event_key="T1:C1:1.1",
        answer_id=answer.id,
        asker="U1",
        is_private=is_private,
        archive_url="https://quoth.example",
    )
    return "".join(message(each) for each in answer_message(answer, context=context))


def parts() -> Iterator[tuple[str, str]]:
    """Names and HTML of the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = IndexSettings(data_dir=Path(folder))
        with open_archive(settings) as archive:
            archive.ingest([str(SEEDS)])
            engine = build_engine(archive, RagSettings())
            answers = [engine.ask(Query(question=question)) for question in QUESTIONS]
            articles = {
                each.article_id: archive.article(each.article_id)
                for answer in answers
                for each in answer.citations
            }
    for number, answer in enumerate(answers):
        yield f"answer-{number}", heading(answer.question) + shown(answer, is_private=not number)
        yield f"context-{number}", view(context_modal(answer, articles))
    yield "states", states(answers[0])
    windows = (comment_modal("a", Rating.DOWN), follow_up_modal("C1", "1.1", "k"), ask_modal("Hm."))
    yield "windows", "".join(view(each) for each in windows)


def states(answer: Answer) -> str:
    """The messages that are no answers, and an answer worded by a language model."""
    context = MessageContext(event_key="k", answer_id="a", asker="U1", is_private=False)
    (last,) = answer_message(answer, context=context)[-1:]
    worded = replace(
        answer,
        mode="generative",
        notice="The language model took too long, so this is quoted.",
        sentences=[AnswerSentence(text="The drafts foresee a 15-year term.", citations=(1, 2))],
    )
    named = {
        "reading": reading_message(),
        "streaming": streaming_message(answer.sentences[:1]),
        "failed": failure_message("busy", "The queue is full."),
        "rate limited": rate_limited_message(40),
        "withdrawn": withdrawn_message(),
        "rated": {**last, "blocks": rated(last["blocks"], Rating.DOWN)},
    }
    body = "".join(heading(name) + message(each) for name, each in named.items())
    return body + heading("worded by a language model") + shown(worded)


def main(folder: Path) -> None:
    """Write the pictures."""
    found = [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=CHROMIUM_FLAGS)
        shot = browser.new_page(viewport={"width": 800, "height": 300})
        for name, body in parts():
            shot.set_content(page([body]))
            shot.screenshot(path=folder / f"{name}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
