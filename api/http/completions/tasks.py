"""What chat front ends ask for themselves: a title, tags, follow-ups. These are no questions to an
archive, and get a short answer that is made of the user's own words.

The prompts that are recognised are the defaults of Open WebUI (`backend/open_webui/config.py`:
`### Task:`, a format in JSON and a `<chat_history>`; since 0.3 also its earlier ones) and of
LibreChat (`createTitleRunnable` and `createCompletionTitleRunnable` of `@librechat/agents`, and
`title.js` of its assistants).
"""

from __future__ import annotations

import json
import re

LONGEST_TITLE = 60
"""Characters."""
_WORDS = 6
_TASK = re.compile(r"\s*#{1,3}\s*Task:", re.IGNORECASE)
_ASKED_FOR = re.compile(r"\{\s*\"(title|tags|follow_ups|queries|text|prompt)\"\s*:")
_TITLES = re.compile(
    r"\s*(?:(?:Create|Generate) a concise, 3-5 word (?:title|phrase)\b"
    r"|Provide a concise, 5-word-or-less title for the conversation\b"
    r"|Analyze this conversation and provide:\s*1\. The detected language\b"
    r"|Please generate a concise title \(max \d+ characters\) for a conversation\b)",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"\s*Your task is to reflect the speaker's likely facial expression\b")
_SAID = re.compile(
    r"^[ \t]*(?:user|human)[ \t]*:[ \t]*(?P<said>\S.*?)\s*"
    r"(?=^[ \t]*(?:user|human|assistant|ai|title)[ \t]*:|^</chat_history>|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_HISTORY = re.compile(
    r"<chat_history>\s*(?P<tagged>.*?)\s*</chat_history>"
    r"|^[ \t]*(?:Conversation|User)[ \t]*:(?P<rest>.*)\Z",
    re.DOTALL | re.MULTILINE,
)
_OPENING = re.compile(
    r"(?:(?:what|which|who|whom|whose|when|where|why|how|much|many|long|often|far|is|are|was|were"
    r"|be|do|does|did|has|have|had|can|could|will|would|should|shall|may|might|must|please|tell"
    r"|give|show|explain|describe|me|us|about|there|the|a|an|of|i|you|we|to|and|so)\b['’]?s?\s*)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s+(?:the|a|an|of|to|in|on|at|for|by|with|and|or|is|are|was|were|that|from|about))+$",
    re.IGNORECASE,
)


def reply_to_task(prompt: str, *, wants_json: bool = False) -> str | None:
    """The reply to a front end's own request, or None for what is a question to the archive.

    `wants_json` says that the request itself asks for JSON.
    """
    if _EMOJI.match(prompt):
        return "💬"
    if _TASK.match(prompt):
        formats = _ASKED_FOR.search(prompt)
        if formats is None:
            return _title(prompt) if _HISTORY.search(prompt) and "title" in prompt else None
        return _in_json(formats[1], prompt)
    if _TITLES.match(prompt):
        title = _title(prompt)
        return json.dumps({"language": "English", "title": title}) if wants_json else title
    return None


def _in_json(asked_for: str, prompt: str) -> str:
    said = _said_by_user(prompt)
    replies: dict[str, object] = {
        "title": _title(prompt),
        "tags": ["General"],  # which its own prompt gives for what is short or diverse
        "follow_ups": [],
        "queries": said[-1:],
        "text": "",
        "prompt": said[-1] if said else "",
    }
    return json.dumps({asked_for: replies[asked_for]}, ensure_ascii=False)


def _title(prompt: str) -> str:
    """A few words of the user's first question."""
    said = _said_by_user(prompt)
    return title_of(said[0]) if said else "Conversation"


def title_of(question: str) -> str:
    """A few words of a question, beginning with what it is about."""
    line = " ".join(question.split()).strip(" ?!.…\"“”'`")
    subject = _OPENING.sub("", line, count=1) if _OPENING.match(line) else line
    words = " ".join((subject or line).split()[:_WORDS])[:LONGEST_TITLE]
    title = _TRAILING.sub("", words).strip(" ,;:-") or "Conversation"
    return title[0].upper() + title[1:]


def _said_by_user(prompt: str) -> list[str]:
    """What the user said, as the prompt repeats it."""
    found = _HISTORY.search(prompt)
    history = prompt if found is None else found[0]
    history = re.sub(r"^[ \t]*(?:<chat_history>|Conversation:)\s*", "", history)
    return [match["said"].strip().strip('"') for match in _SAID.finditer(history)]
