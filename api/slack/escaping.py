"""Words of others in Slack, where text can be markup: nothing in them may ping, link or format.

Slack has three kinds of text. `plain_text` and the text elements of `rich_text` hold no markup at
all; quotes and titles go there, through `plain`. `mrkdwn`, and the `text` of a message, are parsed:
words of others go there through `escape`. `markdown` is what messages grow from while they are
streamed: through `markdown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MOST_URL = 3_000
"""UTF-16 units that Slack takes as an address."""
_NOTHING = "\u2060"
"""Word joiner: no width, no line break, and no part of any markup."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LIKENESSES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
"""Bold, italic, struck and code: Slack has no way to write these signs as themselves."""
_NAMING = re.compile(r"[:@#]")
"""Emoji, and names of people and channels."""
_ADDRESS = re.compile(r"(?<=\S)(?=\.\w)")
"""Inside of what would be made a link, as `example.com`."""
_QUOTING = re.compile(r"^(?=&gt;)", re.MULTILINE)
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|~:@=]")
_STEERING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of what follows them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]-._"
_HOST = re.compile(r"[A-Za-z0-9._-]+")
_WEB = ("http", "https")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """An address that a browser opens, and whose it is."""

    url: str
    host: str
    """As it is looked up, in ASCII: letters of other scripts that look alike do not hide in it."""


def escape(text: str) -> str:
    """The text for `mrkdwn` and for a message's `text`: it reads the same, and is only text."""
    escaped = "".join(_ENTITIES.get(c) or _LIKENESSES.get(c) or c for c in text)
    unnamed = _NAMING.sub(rf"\g<0>{_NOTHING}", escaped)
    return _QUOTING.sub(_NOTHING, _ADDRESS.sub(_NOTHING, unnamed))


def markdown(text: str) -> str:
    """The text for Markdown, on one line: it reads the same, and is only text."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))
    entities = "".join(_ENTITIES.get(character, character) for character in escaped)
    return entities.replace("@", f"@{_NOTHING}")


def plain(text: str) -> str:
    """The text on one line, for names and titles: nothing in it turns the words around it."""
    return " ".join(_CONTROL.sub(" ", _STEERING.sub("", text)).split())


def closing(text: str) -> str:
    """What ends the changes of direction that the text begins, so that they end with it."""
    overrides = isolates = 0
    for character in text:
        if character in "\u202a\u202b\u202d\u202e":
            overrides += 1
        elif character == "\u202c":
            overrides = max(overrides - 1, 0)
        elif character in "\u2066\u2067\u2068":
            isolates += 1
        elif character == "\u2069":
            isolates = max(isolates - 1, 0)
        elif character == "\n":
            overrides = isolates = 0
    return "\u202c" * overrides + "\u2069" * isolates


def web_link(address: str | None) -> WebLink | None:
    """The address where it is one of the web, and says plainly where it leads; None otherwise."""
    if not address or _CONTROL.search(address) or re.search(r"[\s\\]", address):
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError, too
        return None
    if parts.scheme not in _WEB or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    rest = quote(address.partition("://")[2][len(parts.netloc) :], safe=_SAFE_IN_URL)
    url = f"{parts.scheme}://{host}{port}{rest}"
    return WebLink(url=url, host=host) if len(url) <= MOST_URL else None
