"""`quoth mcp`."""

from __future__ import annotations

from api.cli.options import DataDir, Debug


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
        serve_stdio(build_service(configuration, archive, engine))
