"""Charts drawn as SVG: the only module that knows matplotlib.

The colours are variables of the page's style sheet, each with a value of its own for an SVG that
stands alone, so that one drawing is legible on light and on dark. Styles become attributes,
because a strict content security policy allows no style attributes. The same chart gives the same
text, to the last byte.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, cast

from eval.report.charts import Chart, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_INCHES = (5.0, 3.3)
_POINTS = 10
_INK, _MUTED, _RULE, _FIRST, _SECOND, _BARS = (f"#00000{n}" for n in range(1, 7))
_COLOURS = {
    _INK: "var(--ink, #221f1b)",
    _MUTED: "var(--muted, #665f55)",
    _RULE: "var(--rule, #e0d9cb)",
    _FIRST: "var(--accent, #1d5a7d)",
    _SECOND: "var(--second, #a85a12)",
    _BARS: "var(--bars, #c9d8e1)",
}
"""What is drawn with, and what it is replaced by."""
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": _POINTS,
    "text.color": _INK,
    "axes.edgecolor": _MUTED,
    "axes.labelcolor": _MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _RULE,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "legend.frameon": False,
    "legend.labelcolor": _INK,
    "path.simplify_threshold": 0.2,
}


def draw(chart: Chart) -> str:
    """Return the chart as an `<svg>` element without colours, fonts or sizes of its own."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a matplotlibrc says
        mpl.rcParams.update(cast("Any", _SETTINGS | {"svg.hashsalt": chart.key}))
        figure = Figure(figsize=_INCHES, layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        _plot(axes, chart)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return _fit_for_pages(written.getvalue(), chart)


def _plot(axes: Axes, chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    colours = iter([_FIRST, _SECOND, _INK])
    for series in chart.series:
        _add(axes, series, colours)
    for place, name in chart.marks:
        axes.axvline(place, color=_MUTED, linewidth=1, linestyle=(0, (3, 2)))
        axes.annotate(
            name, (place, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -8),
            textcoords="offset points", color=_MUTED, fontsize=_POINTS - 1,
        )  # fmt: skip
    axes.set_xlabel(_literal(chart.x_label))
    axes.set_ylabel(_literal(chart.y_label))
    if chart.log_x:
        _scale_logarithmically(axes, chart)
    if chart.whole_x:
        axes.xaxis.set_major_locator(MultipleLocator(1))
    if chart.whole_y:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if chart.x_limits:
        axes.set_xlim(*chart.x_limits)
    axes.set_ylim(*(chart.y_limits or (0, None)))
    if any(series.style == "line" for series in chart.series) and len(chart.series) > 1:
        axes.legend(loc="best")


def _add(axes: Axes, series: Series, colours: Any) -> None:
    label = _literal(series.label)
    if series.style == "bars":
        axes.stairs(series.y, series.x, fill=True, color=_BARS, label=label)
    elif series.style == "guide":
        axes.plot(series.x, series.y, color=_MUTED, linewidth=1, linestyle=(0, (4, 3)), label=label)
    elif series.style == "dots":
        axes.plot(
            series.x, series.y, color=next(colours), linewidth=1.4, marker="o", markersize=6,
            clip_on=False, zorder=3, label=label,
        )  # fmt: skip
    else:
        few = len(series.x) <= 30
        axes.plot(
            series.x, series.y, color=next(colours), linewidth=2, marker="o" if few else "",
            markersize=4, clip_on=False, zorder=3, label=label,
        )  # fmt: skip
    for x, y, name in zip(series.x, series.y, series.names, strict=False):
        axes.annotate(_literal(name), (x, y), xytext=(5, 4), textcoords="offset points",
                      fontsize=_POINTS - 2)  # fmt: skip


def _scale_logarithmically(axes: Axes, chart: Chart) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    low, high = chart.x_limits or axes.get_xlim()
    few = high / low > 200  # else the labels run into one another
    steps = (1.0,) if few else (1.0, 2.0, 5.0)
    axes.xaxis.set_major_locator(LogLocator(subs=steps, numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_locator(NullLocator())


def _literal(text: str) -> str:
    """Return the text so that nothing in it is taken for mathematics."""
    return text.replace("$", r"\$")


def _fit_for_pages(svg: bytes, chart: Chart) -> str:
    from lxml import etree

    root = etree.fromstring(svg, etree.XMLParser(remove_comments=True, remove_pis=True))
    for name in ("metadata", "style"):
        for element in root.findall(f".//{_SVG}{name}"):
            element.getparent().remove(element)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in _declarations(element.attrib.pop("style", "")):
            element.set(name, value)
    _rename_ids(root, chart.key)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", f"{chart.title}. {chart.summary}")
    root.set("font-family", "system-ui, sans-serif")
    root.set("stroke-linejoin", "round")
    text = etree.tostring(root, encoding="unicode")
    for drawn, wanted in _COLOURS.items():
        text = text.replace(drawn, wanted)
    return re.sub(r">\s+<", "><", text).strip()


def _declarations(style: str) -> list[tuple[str, str]]:
    """Return property and value of each declaration that pages want; fonts are theirs."""
    pairs = [part.split(":", 1) for part in style.split(";") if ":" in part]
    found = []
    for name, value in ((name.strip(), value.strip()) for name, value in pairs):
        if name == "font":  # size and family in one
            size = re.search(r"[\d.]+px", value)
            found += [("font-size", size.group())] if size else []
        elif name != "font-family":
            found.append((name, value))
    return found


def _rename_ids(root: Any, key: str) -> None:
    """Keep the ids that something refers to, made unique on a page of several charts."""
    text = " ".join(
        value for element in root.iter() for value in element.attrib.values() if "#" in value
    )
    used = set(re.findall(r"#([\w-]+)", text))
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        own = element.attrib.pop("id", None)
        if own in used:
            element.set("id", f"{key}-{own}")
        for name in (_XLINK_HREF, "clip-path"):
            if name in element.attrib:
                element.set(name, element.get(name).replace("#", f"#{key}-"))
