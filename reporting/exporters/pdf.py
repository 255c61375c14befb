"""A report as a PDF to read and to publish, with contents and charts."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sundbyberg_am.documents import compile_pdf

from ..goals.reading import CHAIN_HEADINGS, OUTLOOK_HEADINGS
from ..reading import FigureRead, Line, Report, Section, read

SOURCE = Path(__file__).with_name("report.typ")


def render(content: Mapping[str, Any]) -> bytes:
    """The PDF. The same content gives the same bytes."""
    report = read(content)
    counted_at = datetime.fromisoformat(f"{report.counted_on}T00:00+00:00")
    return compile_pdf(SOURCE, _said(report), at=counted_at)


def _said(report: Report) -> dict[str, Any]:
    """What the document says, for the template."""
    return {
        "title": report.label,
        "days": report.days,
        "public": report.public,
        "lead": [{"heading": part.heading, "sentences": part.sentences} for part in report.lead],
        "key": {
            "headings": [*report.sexes, report.previous_label, *report.tertial_labels],
            "rows": [_trended(figure) for figure in report.key_figures],
        },
        "headings": [*report.sexes, report.previous_label],
        "goals": _goals(report),
        "outlook": _outlook(report),
        "sections": [_section(section) for section in report.sections],
    }


def _goals(report: Report) -> dict[str, Any] | None:
    """The goal chain: a table for each goal, the rule and what is missing."""
    chain = report.chain
    if chain is None:
        return None
    return {
        "rule": chain.rule,
        "gaps": list(chain.gaps),
        "headings": list(CHAIN_HEADINGS),
        "goals": [
            {
                "title": goal.title,
                "responsible": goal.responsible,
                "rows": [list(one.row) for one in goal.indicators],
                "tones": [one.degree.tone for one in goal.indicators],
                "comments": [list(comment) for comment in goal.comments],
            }
            for goal in chain.goals
        ],
    }


def _outlook(report: Report) -> dict[str, Any] | None:
    outlook = report.outlook
    if outlook is None:
        return None
    return {
        "method": outlook.method,
        "headings": list(OUTLOOK_HEADINGS),
        "rows": [list(one.row) for one in outlook.forecasts],
    }


def _section(section: Section) -> dict[str, Any]:
    chart = section.chart
    drawn = chart and {"svg": chart.svg, "words": chart.described}
    divisions = [
        {
            "title": division.title,
            "of": division.label,
            "rows": [_row(line.label, line) for line in division.lines],
        }
        for figure in section.figures
        for division in figure.divisions
    ]
    return {
        "title": section.label,
        "figures": [_row(figure.label, figure.whole) for figure in section.figures],
        "divisions": [
            {**division, "chart": drawn if number == 0 else None}
            for number, division in enumerate(divisions)
        ],
        "definitions": [
            {"label": figure.label, "unit": figure.unit_label, "text": figure.definition}
            for figure in section.figures
        ],
    }


def _row(label: str, line: Line) -> list[str]:
    return [label, *(cell.text for cell in line.compared)]


def _trended(figure: FigureRead) -> list[str]:
    return [*_row(figure.label, figure.whole), *(cell.text for cell in figure.whole.trend)]
