"""What one of the bot's messages says, read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from api.slack.blocks.notices import READING
from api.slack.escaping import unescape

_PART = re.compile(r"\(\d+ of \d+\)")
_NUMBER = re.compile(r"\s*\[\d+\]")


def spoken_of(message: Mapping[str, Any]) -> str:
    """The answer in the message, without numbers; empty where it is not the first message of
    one."""
    said = unescape(str(message.get("text") or ""))
    return "" if said == READING or _PART.fullmatch(said) else _NUMBER.sub("", said).strip()
