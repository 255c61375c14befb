"""What a report says: the figures of its period, what to compare them with, and what they mean."""

import hashlib
import json
from datetime import date
from typing import Any

from . import counting
from .figures import CATALOGUE, SECTIONS, SEXES, all_dimensions, sums_across
from .figures_of_supply import at_most, parts_across
from .goals.chain import chain, keys_of
from .goals.models import BoardGoal
from .lead import lead
from .outlook import outlook
from .periods import Period

Content = dict[str, Any]


def build_content(period: Period, *, counted_on: date) -> Content:
    """Count a report, all of it in one snapshot of the database.

    Nothing but what JSON can hold, and everything that a page or a file of the report needs, so that an
    approved report keeps its words when the office renames a reason or a definition is rewritten.
    """
    with counting.one_snapshot():
        figures, figures_before = _values(period), _values(period.previous)
        content = {
            "period": _period(period),
            "counted_on": counted_on.isoformat(),
            "figures": figures,
            "previous": {
                "period": _period(period.previous),
                "figures": figures_before,
            },
            "tertials": [
                {"period": _period(tertial), "figures": _values(tertial)}
                for tertial in period.tertials
            ],
            **_goals_and_forecasts(period, figures, figures_before, counted_on),
            "definitions": _definitions(),
        }
    return {**content, "lead": lead(content)}


def values_now(period: Period) -> list[dict[str, Any]]:
    """The figures of the period as a content has them, counted now."""
    return _values(period)


def _goals_and_forecasts(
    period: Period,
    figures: list[dict[str, Any]],
    figures_before: list[dict[str, Any]],
    counted_on: date,
) -> dict[str, Any]:
    goals = list(BoardGoal.objects.of_year(period.first_day.year))
    forecasts = outlook(period, figures, figures_before, keys_of(goals), counted_on=counted_on)
    is_over = period.is_year and counted_on > period.last_day
    return {
        "goals": chain(goals, figures, forecasts, last_day=period.last_day, is_over=is_over),
        "forecasts": forecasts,
    }


def fingerprint(content: Content) -> str:
    """SHA-256 of the content, in hexadecimal: the same for the same figures and words."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _period(period: Period) -> dict[str, str]:
    return {
        "code": period.code,
        "label": period.label,
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
    }


def machine_values(period: Period) -> list[dict[str, Any]]:
    """The values in the machine form: a share carries its numerator and denominator."""
    return [_machine_value(found) for found in counting.count(period)]


def _machine_value(found: counting.FigureValue) -> dict[str, Any]:
    value = {"figure": found.figure, "by": found.by, "sex": found.sex, "value": found.value}
    if found.denominator is None:
        return value
    return value | {"numerator": found.numerator, "denominator": found.denominator}


def _values(period: Period) -> list[dict[str, Any]]:
    """The machine form, and how many a median or a mean is of: the public version hides those of few."""
    return [
        _machine_value(found) | ({} if found.n is None else {"n": found.n})
        for found in counting.count(period)
    ]


def _definitions() -> dict[str, Any]:
    """The sections, the figures in each and the dimensions, with the words a reader sees."""
    return {
        "sections": [
            {
                "label": section,
                "figures": [
                    {
                        "code": figure.code,
                        "label": figure.label,
                        "unit": figure.unit,
                        "measure": figure.measure,
                        "of": figure.of,
                        "by": list(figure.by),
                        "definition": figure.definition,
                    }
                    for figure in CATALOGUE
                    if figure.section == section
                ],
            }
            for section in SECTIONS
        ],
        "dimensions": {
            key: {
                "label": dimension.label,
                "members": [
                    {"code": member.code, "label": member.label} for member in dimension.members
                ],
            }
            for key, dimension in all_dimensions().items()
        },
        "sums": sums_across(),
        "parts": parts_across(),
        "at_most": at_most(),
        "sexes": [{"code": sex.code, "label": sex.label} for sex in SEXES],
    }
