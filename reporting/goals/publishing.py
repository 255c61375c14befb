"""The goal chain and the forecasts of the public version. Pure.

A forecast tells of what it stands on: the earlier years' numbers, which are in no table of the report. So
one is published only for all – not by group or sex, where the rest could be worked out from the whole – and
only when its value is shown in this report wherever it stands, and no earlier year added a small number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..values import Key, Value, key_of
from .degrees import Degree

BESIDE = "dold"


def hide_forecasts(
    forecasts: Iterable[Value], shown: Iterable[Iterable[Value]], *, below: int, base: int
) -> list[dict[str, Any]]:
    """The forecasts that may be published, the others hidden; none says what it stands on.

    `shown` are the values of the period, of the year before and of each tertial, as they are published.
    """
    hidden = {key_of(value) for layer in shown for value in layer if value.get("hidden")}
    return [_forecast(one, hidden, below, base) for one in forecasts]


def _forecast(one: Value, hidden: set[Key], below: int, base: int) -> dict[str, Any]:
    kept = {key: value for key, value in one.items() if key != "added"}
    is_whole = not one["by"] and one["sex"] == "all"
    added = one["added"].values()
    if is_whole and key_of(one) not in hidden and all(_tells_little(x, below, base) for x in added):
        return kept
    return {**kept, "value": None, "low": None, "high": None, "hidden": BESIDE}


def _tells_little(added: Any, below: int, base: int) -> bool:
    """Whether what an earlier year's rest added is none, or enough not to tell of anybody."""
    if isinstance(added, int):
        return added <= 0 or added >= below
    part, whole = added
    return (part <= 0 or part >= below) and (whole <= 0 or whole >= base)


def hide_in_chain(
    said: Mapping[str, Any], figures: Iterable[Value], forecasts: Iterable[Value], *, below: int
) -> dict[str, Any]:
    """The chain of the public version: no degree tells of an outcome, or a forecast, that is hidden."""
    hidden = {key_of(value) for value in figures if value.get("hidden")}
    unforeseen = {key_of(value) for value in forecasts if value.get("hidden")}
    return {
        **said,
        "goals": [
            {
                **goal,
                "indicators": [
                    _published(one, hidden, unforeseen, below) for one in goal["indicators"]
                ],
            }
            for goal in said["goals"]
        ],
    }


def _published(
    one: Mapping[str, Any], hidden: set[Key], unforeseen: set[Key], below: int
) -> dict[str, Any]:
    if "by_hand" in one:
        value = one["by_hand"]["value"]
        is_small = one["unit"] in ("persons", "number") and value and 0 < value < below
        if not is_small:
            return dict(one)
        by_hand = {**one["by_hand"], "value": None, "hidden": f"<{below}"}
        return {**one, "by_hand": by_hand, "degree": Degree.HIDDEN.code}
    key = key_of(one)
    if key in hidden or (one["judged_by"] == "forecast" and key in unforeseen):
        return {**one, "degree": Degree.HIDDEN.code}
    return dict(one)
