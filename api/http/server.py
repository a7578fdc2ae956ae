"""How uvicorn runs the app."""

from __future__ import annotations

from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI


def server_config(
    app: FastAPI, *, host: str, port: int, trusted_proxies: Sequence[str] = ()
) -> uvicorn.Config:
    """One process, no sockets but HTTP's, and no log lines but the app's own (uvicorn's would
    write out query strings, which may hold questions). Of the addresses and networks in
    `trusted_proxies` it believes whom they ask for (`X-Forwarded-For`) and whether over TLS
    (`X-Forwarded-Proto`); of nobody else, not even on this machine."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=10,
    )
