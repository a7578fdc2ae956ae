"""A real uvicorn on a real socket, for as long as a test needs it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from api.http.access.rules import AccessRules
from api.http.app import create_app
from api.http.routes.slack import MakeSlackEndpoint
from api.http.server import server_config
from api.service import Service


@contextmanager
def serving(
    service: Service,
    rules: AccessRules | None = None,
    *,
    trusted_proxies: Sequence[str] = (),
    make_slack: MakeSlackEndpoint | None = None,
) -> Iterator[str]:
    """The base URL of an app that serves on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_app(service, rules, make_slack)
        config = server_config(app, host="127.0.0.1", port=port, trusted_proxies=trusted_proxies)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        _wait_until_started(server, thread)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=15)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 15
    while not server.started:
        assert thread.is_alive(), "the server ended before it served"
        assert time.monotonic() < deadline, "the server did not start in 15 seconds"
        time.sleep(0.01)
