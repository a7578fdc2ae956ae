"""Text from elsewhere, made fit for a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text with a space for each run of line breaks and control characters."""
    return _CONTROL.sub(" ", text).strip()
