"""Logs go to standard error, so that standard output holds results and nothing else."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

NOISY = (
    "transformers",
    "optimum",
    "sentence_transformers",
    "chromadb",
    "trafilatura",
    "htmldate",
    "llama_index",
    "urllib3",
)
"""Libraries whose warnings are about their own affairs, or about what Quoth refuses anyway."""


def configure_logs(level: str, style: str) -> None:
    """Send Quoth's and its libraries' log lines to standard error, as text or as JSON."""
    threshold = getattr(logging, level.upper())
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*steps, renderer],
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
