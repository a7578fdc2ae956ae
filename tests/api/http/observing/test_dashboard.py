"""The dashboard in `deploy/` asks for figures, labels and values that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.http.observing.metrics import Metrics
from index.records import IngestReport, Readiness
from rag.records import Query
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, two_articles

DASHBOARD = Path(__file__).parents[4] / "deploy" / "grafana-dashboard.json"
METRIC = re.compile(r"\b(?:quoth|process)_[a-z_]+\b")
SELECTED = re.compile(r"([a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)(?:=~|=)")
GROUPED = re.compile(r"by \(([^)]*)\)")
FROM_PROMETHEUS = {"job", "instance", "le"}


@pytest.fixture(scope="module")
def labels() -> dict[str, set[str]]:
    """Sample name to the names of its labels, of an app that has done everything."""
    metrics = Metrics("1")
    archive = MemoryArchive.of(two_articles())
    metrics.answered(MemoryEngine(archive=archive, quotes={}).ask(Query(question="?")))
    metrics.request_answered("GET", "/", 200, 0.1)
    metrics.engine_failed()
    metrics.searched(0.1)
    metrics.ingested(IngestReport(items=[], seconds=1.0))
    metrics.deleted(1)
    metrics.show_queue("engine", working=0, waiting=0)
    metrics.refused("engine")
    readiness = Readiness(ready=True, reasons=(), articles=0, passages=0)
    metrics.show_archive(readiness, {"dense": 0})
    families = text_string_to_metric_families(metrics.exposed().decode())
    return {s.name: set(s.labels) for family in families for s in family.samples}


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return document


def expressions(dashboard: dict[str, Any]) -> Iterator[str]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]


def test_every_figure_is_one_that_there_is(
    dashboard: dict[str, Any], labels: dict[str, set[str]]
) -> None:
    asked = {name for each in expressions(dashboard) for name in METRIC.findall(each)}
    assert asked <= set(labels)
    own = {name for name in labels if name.startswith("quoth_") and not name.endswith("_created")}
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in own} == {
        name for name in shown if name.startswith("quoth_")
    }, "each of ours is on it"


def test_every_label_is_one_that_its_figure_has(
    dashboard: dict[str, Any], labels: dict[str, set[str]]
) -> None:
    for expression in expressions(dashboard):
        (*_, name) = METRIC.findall(expression)
        known = labels[name] | FROM_PROMETHEUS
        for metric, selectors in SELECTED.findall(expression):
            assert set(LABEL.findall(selectors)) <= labels[metric] | FROM_PROMETHEUS, expression
        for grouped in GROUPED.findall(expression):
            assert {each.strip() for each in grouped.split(",")} <= known, expression


def test_panels_have_ids_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (place["x"] + dx, place["y"] + dy)
            for dx in range(place["w"])
            for dy in range(place["h"])
        }
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells
