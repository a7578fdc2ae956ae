"""An archive in memory, as the service's own tests have it."""

from tests.api.http.conftest import archive, engine, service

__all__ = ["archive", "engine", "service"]
