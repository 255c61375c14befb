"""What was registered after a report was counted: its figures beside the same figures now. Pure.

The words are the report's own. Nothing in the report is changed by it: whoever wants the new figures orders
a new report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sundbyberg_am.templatetags.swedish import number

from .reading import Cell, FigureRead, Line, read

MINUS = "−"
UNKNOWN = "–"
ALL = "Alla"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is not what it was. `group` is empty for a figure's whole."""

    figure: str
    group: str
    sex: str
    then: Cell
    now: Cell

    @property
    def is_whole(self) -> bool:
        """Whether it is the figure for all, undivided."""
        return not self.group and self.sex == ALL

    @property
    def difference(self) -> str:
        """What now is more or less: +3, −1,5 or +2 procentenheter; – where there is no number to compare."""
        then, now = self.then.value, self.now.value
        if then is None or now is None:
            return UNKNOWN
        change = now - then
        if self.now.unit == "share":
            return f"{_signed(change * 100, 1)} procentenheter"
        return _signed(change, 1 if self.now.unit in ("weeks", "days", "scale") else 0)


def with_values(content: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The content with its figures as `values` have them; one that is counted no more stands as it was."""
    now = {_key(value): value for value in values}
    return {**content, "figures": [now.get(_key(value), value) for value in content["figures"]]}


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents of the same report, in the order of the report.

    Of two public versions only what both show is compared as numbers.
    """
    return [
        Change(figure.label, group, before.heading, before, after)
        for figure, figure_now in zip(_figures(then), _figures(now), strict=True)
        for (group, line), (_, line_now) in zip(_lines(figure), _lines(figure_now), strict=True)
        for before, after in zip(line.cells, line_now.cells, strict=True)
        if _said(before) != _said(after)
    ]


def _key(value: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    return value["figure"], tuple(value["by"].items()), value["sex"]


def _figures(content: Mapping[str, Any]) -> Iterator[FigureRead]:
    for section in read(content).sections:
        yield from section.figures


def _lines(figure: FigureRead) -> Iterator[tuple[str, Line]]:
    yield "", figure.whole
    for division in figure.divisions:
        for line in division.lines:
            yield f"{division.label}: {line.label}", line


def _said(cell: Cell) -> tuple[object, ...]:
    return cell.hidden, cell.value, cell.numerator, cell.denominator


def _signed(change: float, decimals: int) -> str:
    sign = "+" if change > 0 else MINUS if change < 0 else "±"
    return f"{sign}{number(abs(change), decimals)}"
