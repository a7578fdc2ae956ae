"""Logs go to standard error, so that standard output holds results and nothing else."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

NOISY = (
    "transformers",
    "optimum",
    "sentence_transformers",
    "chromadb",
    "trafilatura",
    "htmldate",
    "llama_index",
    "mcp",
    "urllib3",
)
"""Libraries whose warnings are about their own affairs, or about what Quoth refuses anyway."""

SECRETS = re.compile(
    r"xox[a-z](?:\.[a-z]+)?-[\w-]{4,}|xapp-[\w-]{4,}|(?<=ticket=)[\w.%-]+"
    r"|(?<=Bearer )[\w.~+/=-]{8,}|(?<=hooks\.slack\.com/)[\w/.%-]+"
)
"""Tokens of Slack, tickets of its sockets, keys in headers, and addresses that let anybody post."""
MASK = "********"

ACCESS_EVENT = "request"
"""What the line of a request is named."""


def configure_logs(level: str, style: str, *, access: bool = True) -> None:
    """Send Quoth's and its libraries' log lines to standard error, as text or as JSON. `access`:
    with a line for each request, which has its path, but no query string and no question."""
    threshold = getattr(logging, level.upper())
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*([] if access else [_without_requests]), *steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[*steps, structlog.stdlib.add_logger_name],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries' chatter is nobody's business unless it is a warning.
    root.setLevel(max(threshold, logging.WARNING))
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # It calls a page without text an error; here that is a refusal with its own line.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def _without_secrets(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Masks what opens anything, whoever wrote it into a line: libraries quote what they sent."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = SECRETS.sub(MASK, value)
    return line


def _without_requests(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Drops the lines that tell of a request; those that tell of a failure stay."""
    if line["event"] == ACCESS_EVENT:
        raise structlog.DropEvent
    return line
