"""What the assistant's pane suggests to ask."""

from __future__ import annotations

from collections.abc import Sequence

from api.slack.blocks.limits import MOST_PROMPTS, shortened
from api.slack.escaping import plain

MOST_PROMPT_TITLE = 60
MOST_PROMPT_TOPIC = 300
PROMPTS_TITLE = "Ask about the latest articles"
_WITHOUT_ARTICLES = ("What is the archive about?", "What can I ask you?")


def suggested_prompts(titles: Sequence[str]) -> list[dict[str, str]]:
    """`prompts` for `assistant.threads.setSuggestedPrompts`, from titles of articles."""
    topics = [topic for topic in dict.fromkeys(map(plain, titles)) if topic]
    prompts = [
        {
            "title": shortened(topic, MOST_PROMPT_TITLE),
            "message": f"What is reported about “{shortened(topic, MOST_PROMPT_TOPIC)}”?",
        }
        for topic in topics[:MOST_PROMPTS]
    ]
    return prompts or [{"title": asked, "message": asked} for asked in _WITHOUT_ARTICLES]
