from __future__ import annotations

import re

import matplotlib as mpl
from lxml import etree

from eval.report.charts import Chart, Series, charts_of
from eval.report.plots import draw
from tests.eval.report.evaluations import varied

CHART = Chart(
    key="cost-benefit",
    title="A <b> & $x^2$",
    note="",
    summary='so "they" say',
    x_label="$1 to $2 a question",
    y_label="share",
    series=(
        Series(label="one", x=(1.0, 2.0), y=(0.5, 0.7), names=("a$b$", "<i>")),
        Series(label="two", x=(1.0, 3.0), y=(0.1, 0.2)),
    ),
    marks=((1.5, "here"),),
)


def test_a_chart_is_drawn_alike_whatever_the_settings_are() -> None:
    first = draw(CHART)
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert draw(CHART) == first
    assert mpl.rcParams["svg.fonttype"] == "path"  # the library's own setting is left alone


def test_text_is_text() -> None:
    root = etree.fromstring(draw(CHART))
    words = ["".join(text.itertext()) for text in root.iter("{*}text")]
    for wanted in ("$1 to $2 a question", "a$b$", "<i>", "here", "one", "two"):
        assert wanted in words
    assert root.get("aria-label") == 'A <b> & $x^2$. so "they" say'


def test_pages_colour_and_size_it() -> None:
    for chart in charts_of(varied()):
        svg = draw(chart)
        root = etree.fromstring(svg)
        assert root.get("role") == "img"
        assert (root.get("width"), root.get("viewBox")) == (None, "0 0 360 237.6")
        assert "style" not in {name for element in root.iter() for name in element.attrib}
        colours = {
            element.get(name)
            for element in root.iter()
            for name in ("fill", "stroke")
            if element.get(name) is not None
        }
        assert all(colour == "none" or colour.startswith("var(--") for colour in colours), colours


def test_references_lead_somewhere_and_are_the_charts_own() -> None:
    for chart in charts_of(varied()):
        svg = draw(chart)
        ids = set(re.findall(r' id="([^"]+)"', svg))
        used = set(re.findall(r"#([\w-]+)", re.sub(r"var\([^)]*\)", "", svg)))
        assert used == ids
        assert all(name.startswith(f"{chart.key}-") for name in ids)
