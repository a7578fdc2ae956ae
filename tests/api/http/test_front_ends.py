"""What Open WebUI and LibreChat send, and what they read of the reply; both by their source.

Open WebUI: `routers/openai.py` (models), `utils/middleware.py` (streams, annotations) and
`config.py` (prompts of its tasks, of which the lines that tell them apart stand here). LibreChat:
its `@librechat/agents` (titles) over the client for Node, and `fetchModels`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.completions.tasks import LONGEST_TITLE, reply_to_task, title_of
from tests.api.http.conftest import QUESTION, QUOTE
from tests.api.http.in_memory import MemoryEngine

HISTORY = f"<chat_history>\nUSER: {QUESTION}\nASSISTANT: {QUOTE} [1]\n</chat_history>"
TITLE = f"""### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: {{ "title": "your concise title here" }}
### Chat History:
{HISTORY}"""
TAGS = f"""### Task:
Generate 1-3 broad tags categorizing the main themes of the chat history, along with others.

### Output:
JSON format: {{ "tags": ["tag1", "tag2", "tag3"] }}

### Chat History:
{HISTORY}"""
FOLLOW_UPS = f"""### Task:
Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.
### Output:
JSON format: {{ "follow_ups": ["Question 1?", "Question 2?", "Question 3?"] }}
### Chat History:
{HISTORY}"""
QUERIES = f"""### Task:
Analyze the chat history to determine the necessity of generating search queries.
### Output:
Strictly return in JSON format:
{{
  "queries": ["query1", "query2"]
}}
### Chat History:
{HISTORY}"""
AUTOCOMPLETION = """### Task:
You are an autocompletion system. Continue the text in `<text>`.
### Output:
JSON format: { "text": "<your_completion>" }
<text>When does the</text>"""
EARLIER_TITLE = f"""Create a concise, 3-5 word title with an emoji as a title for the chat history.

{HISTORY}"""
EMOJI = "Your task is to reflect the speaker's likely facial expression through a fitting emoji.\n"
LIBRECHAT_TITLE = f"""Provide a concise, 5-word-or-less title for the conversation, using its same \
language, with no punctuation.

Conversation:
User: {QUESTION}
AI: {QUOTE}"""
LIBRECHAT_STRUCTURED = f"""Analyze this conversation and provide:
1. The detected language of the conversation
2. A concise title in the detected language

User: {QUESTION}
AI: {QUOTE}"""
LIBRECHAT_ASSISTANTS = f"""Please generate a concise title (max 40 characters) for a conversation \
that starts with:
User: {QUESTION}
Assistant: {QUOTE}

Title:"""
ABOUT = "Ferry to Osk run again"


def completed(client: httpx.Client, content: object, **more: Any) -> dict[str, Any]:
    """The reply to one message, as their back ends send it."""
    body = {"model": "quoth", "messages": [{"role": "user", "content": content}]} | more
    headers = {"Authorization": "Bearer none", "X-OpenWebUI-User-Name": "una"}
    response = client.post("/v1/chat/completions", json=body, headers=headers)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


def chunks(client: httpx.Client, content: object, **more: Any) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed reply, read line by line as Open WebUI does."""
    body = {"model": "quoth", "messages": [{"role": "user", "content": content}], "stream": True}
    with client.stream("POST", "/v1/chat/completions", json=body | more) as response:
        lines = [line for line in response.iter_lines() if line.startswith("data:")]
    assert lines.pop() == "data: [DONE]"
    return (json.loads(line.removeprefix("data:")) for line in lines)


class TestTasks:
    @pytest.mark.parametrize(
        ("prompt", "reply"),
        [
            (TITLE, {"title": ABOUT}),
            (TAGS, {"tags": ["General"]}),
            (FOLLOW_UPS, {"follow_ups": []}),
            (QUERIES, {"queries": [QUESTION]}),
            (AUTOCOMPLETION, {"text": ""}),
        ],
    )
    def test_tasks_of_open_webui_are_answered_in_their_format(
        self, client: httpx.Client, engine: MemoryEngine, prompt: str, reply: dict[str, Any]
    ) -> None:
        document = completed(client, prompt, stream=False, metadata={"task": "some"})
        assert json.loads(document["choices"][0]["message"]["content"]) == reply
        assert "quoth" not in document
        assert engine.asked == []

    @pytest.mark.parametrize(
        ("prompt", "reply"),
        [
            (EARLIER_TITLE, ABOUT),
            (EMOJI, "💬"),
            (LIBRECHAT_TITLE, ABOUT),
            (LIBRECHAT_STRUCTURED, ABOUT),
            (LIBRECHAT_ASSISTANTS, ABOUT),
        ],
    )
    def test_other_tasks_are_answered_in_words(
        self, client: httpx.Client, engine: MemoryEngine, prompt: str, reply: str
    ) -> None:
        assert completed(client, prompt)["choices"][0]["message"]["content"] == reply
        said = [chunk["choices"][0]["delta"].get("content") for chunk in chunks(client, prompt)]
        assert "".join(piece or "" for piece in said) == reply
        assert engine.asked == []

    def test_a_title_is_json_where_the_request_says_so(self, client: httpx.Client) -> None:
        formatted = {"type": "json_schema", "json_schema": {"name": "title", "schema": {}}}
        document = completed(client, LIBRECHAT_STRUCTURED, response_format=formatted)
        content = json.loads(document["choices"][0]["message"]["content"])
        assert content == {"language": "English", "title": ABOUT}

    @pytest.mark.parametrize(
        "question",
        [
            QUESTION,
            "Provide a list of titles for the conversation partners.",
            "What is the title of the harbour master?",
            "# Task force: who leads it?",
            "Generate a title",
        ],
    )
    def test_questions_are_asked_of_the_archive(
        self, client: httpx.Client, engine: MemoryEngine, question: str
    ) -> None:
        assert "quoth" in completed(client, question)
        assert [query.question for query in engine.asked] == [question]

    @pytest.mark.parametrize(
        "wrapped",
        [
            f"### Task:\nRespond to the user query.\n<context>\n…\n</context>\n\n{QUESTION}",
            f"### Task:\nRespond.\n<context>…</context>\n<user_query>\n{QUESTION}\n</user_query>",
            f'### Task:\nRespond.\n<context>{{"title": "A", "text": "b"}}</context>\n{QUESTION}',
            f"### Task:\nRespond.\n<context>\nThe title.\nUser: hello\n</context>\n{QUESTION}",
        ],
    )
    def test_a_question_is_taken_out_of_what_a_front_end_found_itself(
        self, client: httpx.Client, engine: MemoryEngine, wrapped: str
    ) -> None:
        completed(client, wrapped)
        assert [query.question for query in engine.asked] == [QUESTION]


class TestTitles:
    @pytest.mark.parametrize(
        ("question", "title"),
        [
            ("Who is Ilse Varn?", "Ilse Varn"),
            ("Tell me about the ferry to Osk.", "Ferry to Osk"),
            ("And in Germany?", "In Germany"),
            ("渡𠮷はいつ?", "渡𠮷はいつ"),
            ("Why?", "Why"),
            ("?!", "Conversation"),
        ],
    )
    def test_a_title_is_what_the_question_is_about(self, question: str, title: str) -> None:
        assert title_of(question) == title

    @given(st.text())
    def test_any_text_has_a_title_in_one_short_line(self, text: str) -> None:
        title = title_of(text)
        assert 0 < len(title) <= LONGEST_TITLE + 2
        assert title == " ".join(title.split())

    @given(st.text(), st.booleans())
    def test_any_history_has_a_title(self, text: str, wants_json: bool) -> None:
        assert reply_to_task(f"{TITLE}{text}", wants_json=wants_json)
        assert reply_to_task(TITLE.replace(QUESTION, text), wants_json=wants_json)


class TestStreams:
    def test_open_webui_shows_sources_and_usage(self, client: httpx.Client) -> None:
        told = list(chunks(client, QUESTION, stream_options={"include_usage": True}))
        assert told[0]["choices"][0]["delta"]["role"] == "assistant"
        (linked,) = [
            annotation
            for chunk in told
            for choice in chunk["choices"]
            for annotation in choice["delta"].get("annotations", ())
        ]
        assert linked["type"] == "url_citation"
        assert linked["url_citation"]["url"].startswith("https://skerry.example/ferry")
        assert linked["url_citation"]["title"].startswith("Ferry to Osk")
        assert told[-1]["choices"] == []
        assert told[-1]["usage"]["total_tokens"] > 0

    def test_librechat_sends_parts_and_parameters(
        self, client: httpx.Client, engine: MemoryEngine
    ) -> None:
        parts = [{"type": "text", "text": QUESTION}]
        more = {"user": "66f0", "temperature": 1, "top_p": 1, "presence_penalty": 0}
        told = list(chunks(client, parts, **more))
        assert told[-1]["choices"][0]["finish_reason"] == "stop"
        assert [query.question for query in engine.asked] == [QUESTION]
