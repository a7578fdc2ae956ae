"""How uvicorn runs the app."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI


def server_config(app: FastAPI, *, host: str, port: int) -> uvicorn.Config:
    """One process, no sockets but HTTP's, and no log lines but the app's own (uvicorn's would
    write out query strings, which may hold questions)."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=10,
    )
