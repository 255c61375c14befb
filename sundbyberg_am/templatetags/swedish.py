"""Numbers, dates and weeks as a Swedish reader expects them. Built in: no template loads it."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import timezone

register = template.Library()

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]


@register.filter
def number(value: Decimal | float | int | None, decimals: int = 0) -> str:
    """1 234,5 with a no-break space between thousands; – when there is no value."""
    if value is None:
        return "–"
    rounded: Decimal | int
    if isinstance(value, int) and not decimals:
        rounded = value
    else:
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212")


@register.filter
def in_text(label: str) -> str:
    """A label within a sentence: nivå, but KAS-klass."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


@register.filter
def percent(value: Decimal | float | None) -> str:
    """A share as whole per cent, half rounded up: 29 %; – when there is no value."""
    return "–" if value is None else number(Decimal(str(value)) * 100) + "\u00a0%"


@register.filter
def day(value: date | None) -> str:
    """2026-11-23; – when there is none."""
    return "–" if value is None else value.isoformat()


@register.filter
def long_day(value: date | None) -> str:
    """23 november 2026; – when there is none."""
    return "–" if value is None else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """2026-11-23 14:05, in Swedish time; – when there is none."""
    return "–" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ 3|plural:"vecka,veckor" }}` gives 3 veckor."""
    one, many = words.split(",")
    return f"{number(count)}\u00a0{one if count == 1 else many}"
