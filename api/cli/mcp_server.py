"""`quoth mcp`."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from api.cli.options import DataDir, Debug

if TYPE_CHECKING:
    from index.archive import Archive


def mcp(
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Serve one assistant over standard input and output (Model Context Protocol)."""
    from api.bootstrap import (
        build_engine,
        build_service,
        configure,
        open_archive,
        require_archive,
    )

    configuration = configure({"data_dir": data_dir})
    require_archive(configuration)
    with open_archive(configuration) as archive:
        from api.mcp.transports import serve_stdio

        engine = build_engine(configuration, archive)
        archive.embedder.embed_query("warm")  # the first question should not pay for loading
        _end_at_signals(archive)
        serve_stdio(build_service(configuration, archive, engine))


def _end_at_signals(archive: Archive) -> None:
    """Make Ctrl-C and `kill` close the archive and end the process at once: a thread waits for
    standard input, and nothing but input would wake it for an ordinary exit."""

    def leave(*_signal: object) -> None:
        archive.close()
        os._exit(0)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, leave)
