"""What handlers ask for is had without a thread."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import iscoroutinefunction

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.http.app import create_app
from api.service import Service
from tests.api.http.in_memory import MemoryArchive, MemoryEngine


def asked_for(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from asked_for(each)


def test_no_dependency_is_sent_to_a_thread_and_back() -> None:
    archive = MemoryArchive()
    app = create_app(Service(engine=MemoryEngine(archive=archive, quotes={}), archive=archive))
    routers = [route.original_router for route in app.routes if hasattr(route, "original_router")]
    routes = [route for router in routers for route in router.routes]
    handled = [route for route in routes if isinstance(route, APIRoute)]
    assert len(handled) > 20
    for route in handled:
        for each in asked_for(route.dependant):
            assert iscoroutinefunction(each.call), f"{route.path}: {each.call}"
