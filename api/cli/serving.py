"""`quoth serve`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import DataDir, Debug

if TYPE_CHECKING:
    from api.settings import ApiSettings
    from index.archive import Archive


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535)] = None,
    workers: Annotated[
        int, typer.Option("--workers", help="Must be 1: one process holds the archive.")
    ] = 1,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Ask nobody for an API key, whoever can reach it.")
    ] = False,
    seed: Annotated[
        str | None, typer.Option("--seed", help="Ingest this folder first if nothing is held.")
    ] = None,
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Serve HTTP and the web page."""
    from api.bootstrap import (
        build_access,
        build_engine,
        build_service,
        build_slack,
        configure,
        open_archive,
        require_key,
    )
    from api.settings import ApiSettings

    if workers != 1:
        raise typer.BadParameter("one process holds the archive; give --workers 1")
    configuration = configure({"data_dir": data_dir, "host": host, "port": port})
    settings = configuration.build(ApiSettings)
    keyed = require_key(configuration, insecure=insecure)
    with _ended_by_signals(), open_archive(configuration) as archive:
        if seed is not None:
            _plant(archive, seed)
        engine = build_engine(configuration, archive)
        archive.embedder.embed_query("warm")  # the first question should not pay for loading

        import uvicorn

        from api.http.app import create_app
        from api.http.server import server_config

        app = create_app(
            build_service(configuration, archive, engine, keyed=keyed),
            build_access(configuration, archive, keyed=keyed),
            build_slack(configuration, archive),
        )
        config = server_config(
            app,
            host=settings.host,
            port=settings.port,
            trusted_proxies=settings.api_trusted_proxies,
        )
        _run(uvicorn.Server(config), settings)


def export_models(
    data_dir: DataDir = None,
    debug: Debug = False,  # noqa: ARG001 - read by main, which prints the traceback
) -> None:
    """Export the embedding model now, so that the first start is a quick one."""
    from api.bootstrap import configure
    from index.bootstrap import build_embedder
    from index.settings import IndexSettings

    embedder = build_embedder(configure({"data_dir": data_dir}).build(IndexSettings))
    typer.echo(f"{embedder.model_id} is ready", err=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Make Ctrl-C and `kill` an ordinary exit, so that the archive is closed on the way out.
    While uvicorn runs it ends its requests first, and then raises the signal once more."""

    def leave(*_signal: object) -> None:
        sys.exit(0)

    before = {each: signal.signal(each, leave) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _plant(archive: Archive, seed: str) -> None:
    import structlog

    if archive.status().articles:
        return
    log = structlog.get_logger(__name__)
    log.info("ingesting_seeds", folder=seed)
    report = archive.ingest([seed])
    for item in report.items:
        if item.reason:
            log.warning("refused", origin=item.origin, reason=item.reason)


def _tell_address(url: str, settings: ApiSettings) -> None:
    """On standard error, in a form that whoever reads the log there expects."""
    if settings.log_format == "json":
        import structlog

        structlog.get_logger(__name__).info("serving", url=url)
    else:
        typer.echo(f"Quoth is at {url}", err=True)


def _run(server: object, settings: ApiSettings) -> None:
    import socket

    import uvicorn

    from index.errors import ConfigurationError

    assert isinstance(server, uvicorn.Server)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.host, settings.port))
            listener.listen(server.config.backlog)  # who reads the address below may come at once
        except OSError as error:
            raise ConfigurationError(
                f"port {settings.port} of {settings.host} cannot be listened on ({error.strerror})",
                hint="stop what uses it, or give another --port",
            ) from None
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        _tell_address(f"http://{shown}:{listener.getsockname()[1]}/", settings)
        server.run(sockets=[listener])
