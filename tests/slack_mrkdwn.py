"""Slack's `mrkdwn`, read as Slack's documentation says that it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARKUP = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"(?:https?|mailto|tel|slack|ftp):[^|]*(?:\|.*)?", re.DOTALL)
_FOUND = re.compile(
    r"(?P<url>(?:https?|ftp)://\S|mailto:\S)"
    r"|(?P<host>\b[\w-]+\.(?:com|org|net|example|[a-z]{2})\b)"
    r"|(?<!\w)@(?P<name>\w)|(?<!\w)#(?P<channel>\w)",
    re.IGNORECASE,
)
_STYLED = re.compile(r"(?<!\w)(?P<sign>[*_~`])(?=\S).+?(?<=\S)(?P=sign)(?!\w)", re.DOTALL)
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_QUOTED = re.compile(r"^(?:>|&gt;)", re.MULTILINE)


def active_parts(text: str, *, verbatim: bool = False) -> Iterator[str]:
    """What in the text would ping, link or name: `<…>`, and where it is not `verbatim` also what
    Slack finds by itself."""
    for markup in _MARKUP.findall(text):
        if markup.startswith(("!", "@", "#")):
            yield f"mention <{markup}>"
        elif _LINK.fullmatch(markup):
            yield f"link {markup.replace('|', ' ', 1)}"
        else:
            yield f"markup <{markup}>"
    if verbatim:
        return
    for found in _FOUND.finditer(_MARKUP.sub("", text)):
        yield f"automatic {found[0]}"


def formatted_parts(text: str) -> list[str]:
    """What in the text would be shown in another way than it stands there."""
    plain = _MARKUP.sub("", text)
    return [found[0] for pattern in (_STYLED, _EMOJI, _QUOTED) for found in pattern.finditer(plain)]
