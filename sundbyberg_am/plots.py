"""Every plot, drawn on the server as SVG. Pure: values in, markup out.

Colours are classes of static/css/plots.css: they follow light and dark mode, and the policy that lets in
no inline style. Bars are in files too, where there are no classes, so they carry their colours with them.
A plot never stands alone: a table beside it has the same values. Nothing is said by colour alone: marks have
shapes, lines have dashes, and bars have their value beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, NAMES, MARGIN = 380, 212, 14  # the names end and the scale begins at NAMES
HEAD, ROW = 48, 26  # above the first row are the legend and the numbers of the scale
LEGEND, BESIDE = 130, 15  # from one entry of the legend to the next, and from a mark to its words

# Lines: where the scale ends on the left, how high they are, and where the legend's next row begins.
LEFT, HIGH, LEGEND_ROW = 34, 150, 22
STEPS = 5  # of the scale, at most

# Bars.
BAR_WIDTH, BARS, BAR_ROW, BAR_HEAD = 360, 250, 44, 26
ACCENT, OTHER, INK, MUTED = "#0c5463", "#b5761c", "#1b2527", "#566163"


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each name, None where there is none."""

    label: str
    values: Sequence[float | None]


def dot_plot(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    first: int,
    last: int,
    label: str,
    missing: str = "–",
) -> SafeString:
    """A row for each name with a mark for each of one or two series, on a scale of whole numbers.

    Of two series the earlier is a ring, the later a dot, and a line goes from one to the other; where
    they meet both are seen. `label` is read aloud in place of the picture, `missing` stands in a row
    without marks.
    """
    bottom = HEAD + ROW * len(names)
    scale = format_html_join(
        "",
        '<line class="plot__grid" x1="{0}" y1="{1}" x2="{0}" y2="{2}" />'
        '<text class="plot__number" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        (
            (_x(number, first, last), HEAD, bottom, HEAD - 6, number)
            for number in range(first, last + 1)
        ),
    )
    legend = format_html_join(
        "",
        '{}<text class="plot__number" x="{}" y="16">{}</text>',
        (
            (
                _mark(place, len(series), MARGIN + place * LEGEND, 11.5),
                MARGIN + place * LEGEND + BESIDE,
                one.label,
            )
            for place, one in enumerate(series)
        ),
    )
    rows = format_html_join(
        "",
        '<text class="plot__name" x="0" y="{}">{}</text>{}',
        (
            (
                HEAD + ROW * (place + 0.5) + 5,
                name,
                _marks(
                    [
                        None if (value := one.values[place]) is None else _x(value, first, last)
                        for one in series
                    ],
                    HEAD + ROW * (place + 0.5),
                    missing,
                ),
            )
            for place, name in enumerate(names)
        ),
    )
    return _svg(WIDTH, bottom + MARGIN // 2, label, legend + scale + rows)


def _x(value: float, first: int, last: int) -> float:
    """Where on the scale the value is."""
    start, end = NAMES + MARGIN, WIDTH - MARGIN
    return round(start + (value - first) * (end - start) / (last - first), 1)


def _marks(places: Sequence[float | None], y: float, missing: str) -> SafeString:
    """The marks of a row, with a line between the first and the last when both are there."""
    if all(x is None for x in places):
        return format_html(
            '<text class="plot__number" x="{}" y="{}">{}</text>', NAMES + MARGIN, y + 5, missing
        )
    line = SafeString("")
    if len(places) > 1 and None not in (places[0], places[-1]):
        line = format_html(
            '<line class="plot__change" x1="{}" y1="{}" x2="{}" y2="{}" />',
            places[0],
            y,
            places[-1],
            y,
        )
    marks = format_html_join(
        "",
        "{}",
        ((_mark(place, len(places), x, y),) for place, x in enumerate(places) if x is not None),
    )
    return line + marks


def _svg(width: int, height: float, label: str, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        label,
        inside,
    )


def _mark(place: int, of: int, x: float, y: float) -> SafeString:
    """A ring for the earlier of two, a dot for the later or the only one."""
    is_last = place == of - 1
    return format_html(
        '<circle class="plot__{}" cx="{}" cy="{}" r="{}" />',
        "dot" if is_last else "ring",
        x,
        y,
        4.5 if is_last else 8,
    )


def line_plot(names: Sequence[str], series: Sequence[Series], *, label: str) -> SafeString:
    """A line for each of up to four series over the names, from nought up.

    Where there is no value the line is broken. `label` is read aloud in place of the picture.
    """
    highest = max((value or 0 for one in series for value in one.values), default=0)
    step = _step(highest)
    most = step * max(1, ceil(highest / step))
    has_legend = len(series) > 1  # what one line is, the heading says
    top = LEGEND_ROW * ((len(series) + 1) // 2) * has_legend + 16
    bottom = top + HIGH

    def place(number: int) -> float:
        return round(
            LEFT + MARGIN + number * (WIDTH - LEFT - 2 * MARGIN) / max(len(names) - 1, 1), 1
        )

    def height(value: float) -> float:
        return round(bottom - HIGH * value / most, 1)

    scale = format_html_join(
        "",
        '<line class="plot__grid" x1="{0}" y1="{1}" x2="{2}" y2="{1}" />'
        '<text class="plot__number" x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (LEFT, height(at), WIDTH, LEFT - 6, height(at) + 4.5, at)
            for at in range(0, most + 1, step)
        ),
    )
    # Every other name where they are many, and always the last one.
    every = 1 if len(names) <= 7 else 2
    below = format_html_join(
        "",
        '<text class="plot__number" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (place(number), bottom + 19, name)
            for number, name in enumerate(names)
            if (len(names) - 1 - number) % every == 0
        ),
    )
    lines = SafeString("")
    for of, one in enumerate(series):
        x, y = MARGIN + of % 2 * (WIDTH // 2), LEGEND_ROW * (of // 2) + 12
        points = [
            None if value is None else (place(number), height(value))
            for number, value in enumerate(one.values)
        ]
        if has_legend:
            lines += _shape(of, x, y) + format_html(
                '<text class="plot__number" x="{}" y="{}">{}</text>', x + BESIDE, y + 4.5, one.label
            )
        lines += format_html_join(
            "",
            '<polyline class="plot__line plot__line--{}" points="{}" />',
            (
                (of + 1, " ".join(f"{x},{y}" for x, y in run))
                for run in _unbroken(points)
                if len(run) > 1
            ),
        )
        lines += format_html_join(
            "", "{}", ((_shape(of, *point),) for point in points if point is not None)
        )
    return _svg(WIDTH, bottom + 28, label, scale + below + lines)


def _unbroken(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The stretches of points between those that are missing."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return runs


def _step(most: float) -> int:
    """How far apart the lines of a scale are that has room for the value: 1, 2, 5, 10, 20 …"""
    step, ten = 1, 1
    while True:
        for step in (ten, 2 * ten, 5 * ten):
            if step * STEPS >= most:
                return step
        ten *= 10


def _shape(of: int, x: float, y: float) -> SafeString:
    """The mark of a series: dot, ring, square or triangle."""
    name = f"plot__mark plot__mark--{of + 1}"
    if of < 2:
        return format_html('<circle class="{}" cx="{}" cy="{}" r="3.5" />', name, x, y)
    if of == 2:
        return format_html(
            '<rect class="{}" x="{}" y="{}" width="7" height="7" />', name, x - 3.5, y - 3.5
        )
    points = f"{x},{y - 4.5} {x + 4.5},{y + 3.5} {x - 4.5},{y + 3.5}"
    return format_html('<polygon class="{}" points="{}" />', name, points)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and how it is written; without a value there is no bar, only what is written."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Groups with a bar for the period and a thinner one below it for the year before."""

    title: str
    series: tuple[str, str]
    groups: tuple[tuple[str, Bar, Bar], ...]

    @property
    def described(self) -> str:
        """The chart in words, for those who do not see it."""
        groups = "; ".join(
            f"{label} {now.text} ({before.text})" for label, now, before in self.groups
        )
        return f"{self.title}, {self.series[0]} och inom parentes {self.series[1]}: {groups}."

    @property
    def svg(self) -> SafeString:
        """The drawing, without the title."""
        most = max((bar.value or 0 for _, *bars in self.groups for bar in bars), default=0) or 1
        parts = _bar_legend(self.series)
        for number, (label, now, before) in enumerate(self.groups):
            top = BAR_HEAD + number * BAR_ROW
            parts += _bar_text(0, top + 13, label, INK, "chart__label")
            parts += _bar(top + 18, 12, now, most, ACCENT, "chart__now")
            parts += _bar(top + 31, 6, before, most, OTHER, "chart__before", small=True)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}" '
            'class="chart" font-family="Source Sans 3, sans-serif" font-size="13">{}</svg>',
            BAR_WIDTH,
            BAR_HEAD + BAR_ROW * len(self.groups),
            self.described,
            parts,
        )


def _bar_legend(series: tuple[str, str]) -> SafeString:
    now, before = series
    second = 30 + 8 * len(now)
    return (
        _rect("chart__now", 3, 12, 12, ACCENT)
        + _bar_text(17, 13, now, MUTED, "chart__note")
        + _rect("chart__before", 6, 12, 6, OTHER, x=second)
        + _bar_text(second + 17, 13, before, MUTED, "chart__note")
    )


def _bar(
    top: int, height: int, bar: Bar, most: float, colour: str, name: str, *, small: bool = False
) -> SafeString:
    width = round(BARS * (bar.value or 0) / most, 1)
    middle = top + height / 2 + (3.5 if small else 4.5)
    ink = MUTED if small else INK
    text = _bar_text(width + 6 if width else 0, middle, bar.text, ink, "chart__value", small=small)
    return _rect(name, top, width, height, colour) + text if width else text


def _rect(
    name: str, y: float, width: float, height: float, colour: str, x: float = 0
) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        name,
        x,
        y,
        width,
        height,
        colour,
    )


def _bar_text(
    x: float, y: float, text: str, colour: str, name: str, *, small: bool = False
) -> SafeString:
    size = SafeString(' font-size="10"' if small else "")
    return format_html(
        '<text class="{}" x="{}" y="{}" fill="{}"{}>{}</text>', name, x, y, colour, size, text
    )
