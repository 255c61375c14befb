"""Small plots: what is drawn is what was given, and nothing in it runs or is styled inline."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sundbyberg_am.plots import HEAD, ROW, Bar, BarChart, Series, dot_plot, line_plot

NAMES = ["Hälsa", "Boende", "Ekonomi"]
values = some.lists(some.none() | some.integers(1, 5), min_size=3, max_size=3)


def drawn(plot: str) -> ET.Element:
    return ET.fromstring(plot)  # noqa: S314 -- our own


def places(plot: str, mark: str) -> dict[int, float]:
    """Where on the scale a kind of mark is, by the row it is in; without that of the legend."""
    found = {}
    for circle in drawn(plot).findall("circle"):
        y = float(circle.attrib["cy"])
        if circle.attrib["class"] == f"plot__{mark}" and y > HEAD:
            found[round((y - HEAD) / ROW - 0.5)] = float(circle.attrib["cx"])
    return found


def scale(plot: str) -> dict[float, int]:
    """The number at each line of the scale."""
    return {
        float(text.attrib["x"]): int(text.text or "")
        for text in drawn(plot).findall("text")
        if text.attrib.get("text-anchor") == "middle"
    }


@given(before=values, after=values)
def test_every_value_is_a_mark_at_its_number_and_no_value_is_none(before, after):
    plot = dot_plot(
        NAMES, [Series("då", before), Series("nu", after)], first=1, last=5, label="Steg"
    )
    numbers = scale(plot)
    for given_values, mark in ((before, "ring"), (after, "dot")):
        read = {row: numbers[x] for row, x in places(plot, mark).items()}
        assert read == {row: value for row, value in enumerate(given_values) if value is not None}
    lines = plot.count('class="plot__change"')
    assert lines == sum(None not in pair for pair in zip(before, after, strict=True))
    assert plot.count(">–<") == sum(
        pair == (None, None) for pair in zip(before, after, strict=True)
    )


def test_a_single_series_is_dots_without_lines():
    plot = dot_plot(NAMES, [Series("nu", [1, None, 5])], first=1, last=5, label="Steg")
    assert places(plot, "ring") == {}
    assert set(places(plot, "dot")) == {0, 2}
    assert "plot__change" not in plot


def test_a_plot_has_a_name_and_is_safe_under_the_strict_policy():
    plot = dot_plot(
        ["<b>A & B</b>"],
        [Series('"x"', [2])],
        first=1,
        last=5,
        label='"><script>x</script>',
        missing="inte bedömd",
    )
    root = drawn(plot)
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", '"><script>x</script>')
    assert "<b>A & B</b>" in [text.text for text in root.findall("text")]
    assert not re.search(r"<script|<b>|style=|\son\w+=", plot)


amounts = some.lists(some.none() | some.integers(0, 5000), min_size=12, max_size=12)
MONTHS = [f"m{number}" for number in range(12)]


@given(first=amounts, second=amounts)
def test_a_line_goes_through_its_values_and_is_broken_where_there_is_none(first, second):
    root = drawn(line_plot(MONTHS, [Series("in", first), Series("ut", second)], label="Flöden"))
    scale = {
        float(text.attrib["y"]) - 4.5: int(text.text or "")
        for text in root.findall("text")
        if text.attrib.get("text-anchor") == "end"
    }
    bottom, top = max(scale), min(scale)
    most = scale[top]
    assert scale[bottom] == 0
    assert 2 <= len(scale) <= 6
    for place, values in enumerate((first, second), start=1):
        marks = [
            one for one in root.findall("circle") if one.attrib["class"].endswith(f"--{place}")
        ]
        read = [
            round((bottom - float(one.attrib["cy"])) * most / (bottom - top)) for one in marks[1:]
        ]
        known = [value for value in values if value is not None]
        # Within a tenth of a unit of the drawing.
        assert read == [
            pytest.approx(value, abs=most / (bottom - top) / 5 + 0.5) for value in known
        ]
        lines = [
            one for one in root.findall("polyline") if one.attrib["class"].endswith(f"--{place}")
        ]
        runs = "".join("-" if value is None else "x" for value in values).split("-")
        assert [len(one.attrib["points"].split()) for one in lines] == [
            len(run) for run in runs if len(run) > 1
        ]


def test_a_single_line_has_no_legend():
    plot = line_plot(["jan", "feb"], [Series("Antal", [1, 2])], label="Öppna ärenden")
    assert "Antal" not in plot
    assert len(drawn(plot).findall("circle")) == 2


def test_four_lines_differ_in_their_marks():
    series = [Series(name, [1, 2]) for name in ("AM1", "AM2", "AM3", "Saknas")]
    root = drawn(line_plot(["jan", "feb"], series, label="Nivåer"))
    marks = [one for one in root if "plot__mark" in one.attrib.get("class", "")]
    shapes = {(one.tag, one.attrib["class"]) for one in marks}
    assert len(shapes) == 4
    assert {tag for tag, _ in shapes} == {"circle", "rect", "polygon"}


def test_bars_have_their_values_beside_them_and_are_safe():
    chart = BarChart(
        "<i>",
        ("2026", "2025"),
        (("A & B", Bar(4, "4"), Bar(None, "–")), ("C", Bar(2, "2"), Bar(1, "1"))),
    )
    root = drawn(chart.svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    widths = [float(one.attrib["width"]) for one in root.findall("rect")][2:]
    assert widths == [250.0, 125.0, 62.5]
    assert root.attrib["aria-label"] == ("<i>, 2026 och inom parentes 2025: A & B 4 (–); C 2 (1).")
    assert not re.search(r"<i>|style=", chart.svg)
