"""What changes the goal chain. A year that is closed stays as it was."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sundbyberg_am.conflicts import check_seen
from sundbyberg_am.models import User, Versioned
from sundbyberg_am.templatetags.swedish import in_text

from ..figure import Figure, Unit
from ..figures import CATALOGUE, SEXES, all_dimensions
from .models import OPEN_UNTIL, BoardGoal, Indicator, is_open

K = TypeVar("K", bound=Versioned)

CHANGED_MEANWHILE = (
    "Någon annan har ändrat samtidigt, så det här sparades inte. Jämför och välj vad som ska stå."
)
GONE = "Någon annan har tagit bort det, så det här sparades inte."
_FIGURES = {figure.code: figure for figure in CATALOGUE}


@transaction.atomic
def add_board_goal(year: int, *, text: str, responsible: str, today: date, by: User) -> BoardGoal:
    """Add a goal, last of the year's. Raises ValidationError, also for a year that is closed."""
    _check_open(year, today)
    number = BoardGoal.objects.last_number(year) + 1
    return _added(BoardGoal(year=year, number=number, text=text, responsible=responsible), by)


@transaction.atomic
def change_board_goal(
    goal: BoardGoal, *, seen_version: int, text: str, responsible: str, today: date, by: User
) -> BoardGoal:
    """Say the goal in other words, or let somebody else answer for it. Raises ValidationError."""
    given = {"text": text, "responsible": responsible}
    goal = _lock(goal, seen_version, given)
    _check_open(goal.year, today)
    goal.text, goal.responsible = text, responsible
    return _changed(goal, by)


@transaction.atomic
def remove_board_goal(goal: BoardGoal, *, today: date, by: User) -> None:
    """Take away a goal that nothing measures. Raises ValidationError."""
    goal = _lock(goal, None, {})
    _check_open(goal.year, today)
    if goal.indicators.exists():
        raise ValidationError("Målet har indikatorer. Ta bort dem först.")
    goal.delete()


@transaction.atomic
def copy_goals(year: int, *, today: date, by: User) -> list[BoardGoal]:
    """Begin the year with copies of the goals of the year before, without outcomes and comments.

    The targets come along: those that differ are changed afterwards. Raises ValidationError.
    """
    _check_open(year, today)
    # Locked, so that two who copy at once do not both find the year empty and the goals whole.
    before = list(BoardGoal.objects.select_for_update().of_year(year - 1))
    if not before:
        raise ValidationError(f"Det finns inga mål för {year - 1} att kopiera.")
    if BoardGoal.objects.of_year(year).exists():
        raise ValidationError(f"Det finns redan mål för {year}.")
    copies = []
    for goal in before:
        copy = _added(
            BoardGoal(year=year, number=goal.number, text=goal.text, responsible=goal.responsible),
            by,
        )
        for one in goal.indicators.all():
            kept = {name: getattr(one, name) for name in _COPIED}
            _added(Indicator(goal=copy, **kept), by)
        copies.append(copy)
    return copies


_COPIED = (
    "number",
    "label",
    "figure",
    "dimension",
    "member",
    "sex",
    "direction",
    "target",
    "hand_unit",
)


@transaction.atomic
def add_indicator(
    goal: BoardGoal,
    *,
    label: str,
    figure: str,
    dimension: str,
    member: str,
    sex: str,
    direction: str,
    target: Decimal | None,
    hand_unit: str,
    hand_outcome: Decimal | None,
    hand_until: date | None,
    comment: str,
    today: date,
    by: User,
) -> Indicator:
    """Measure a goal by a figure, or by hand when `figure` is empty; without a label by the figure's own.

    Raises ValidationError.
    """
    goal = _lock(goal, None, {})
    _check_open(goal.year, today)
    given = _checked(
        goal.year,
        {
            "label": label,
            "figure": figure,
            "dimension": dimension,
            "member": member,
            "sex": sex,
            "direction": direction,
            "target": target,
            "hand_unit": hand_unit,
            "hand_outcome": hand_outcome,
            "hand_until": hand_until,
            "comment": comment,
        },
    )
    last = goal.indicators.last()
    return _added(Indicator(goal=goal, number=last.number + 1 if last else 1, **given), by)


@transaction.atomic
def change_indicator(
    indicator: Indicator,
    *,
    seen_version: int,
    label: str,
    figure: str,
    dimension: str,
    member: str,
    sex: str,
    direction: str,
    target: Decimal | None,
    hand_unit: str,
    hand_outcome: Decimal | None,
    hand_until: date | None,
    comment: str,
    today: date,
    by: User,
) -> Indicator:
    """Change what is measured, the target, what is counted by hand or the comment.

    Raises ValidationError.
    """
    given = {
        "label": label,
        "figure": figure,
        "dimension": dimension,
        "member": member,
        "sex": sex,
        "direction": direction,
        "target": target,
        "hand_unit": hand_unit,
        "hand_outcome": hand_outcome,
        "hand_until": hand_until,
        "comment": comment,
    }
    indicator = _lock(indicator, seen_version, given)
    _check_open(indicator.goal.year, today)
    for field, value in _checked(indicator.goal.year, given).items():
        setattr(indicator, field, value)
    return _changed(indicator, by)


@transaction.atomic
def remove_indicator(indicator: Indicator, *, today: date, by: User) -> None:
    """Measure the goal no longer by this. Raises ValidationError."""
    indicator = _lock(indicator, None, {})
    _check_open(indicator.goal.year, today)
    indicator.delete()


def _check_open(year: int, today: date) -> None:
    if not is_open(year, today):
        last = date(year + 1, *OPEN_UNTIL)
        raise ValidationError(
            f"Målen för {year} gick att ändra till och med {last} och står nu som de är."
        )


def _checked(year: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with the figure's own name where none is given."""
    values = dict(given)
    figure = _FIGURES.get(values["figure"])
    if values["figure"] and figure is None:
        raise ValidationError({"figure": "Siffran finns inte. Välj en i listan."})
    if figure is None:
        _check_by_hand(year, values)
    else:
        _check_of_figure(figure, values)
        values["label"] = values["label"] or _named(figure, values)
    return values


def _check_by_hand(year: int, values: Mapping[str, Any]) -> None:
    errors: dict[str, str] = {}
    if not values["label"]:
        errors["label"] = "Skriv vad som räknas."
    if not values["hand_unit"]:
        errors["hand_unit"] = "Välj vad som räknas, eller välj en siffra som systemet räknar."
    if values["dimension"] or values["sex"] != "all":
        errors["figure"] = "Grupp och kön hör till en siffra. Välj siffran, eller ta bort dem."
    if (values["hand_outcome"] is None) != (values["hand_until"] is None):
        missing = "hand_outcome" if values["hand_outcome"] is None else "hand_until"
        errors[missing] = "Ange både utfallet och vilken dag det gäller till."
    elif values["hand_until"] and values["hand_until"].year != year:
        errors["hand_until"] = f"Målen gäller {year}. Ange en dag det året."
    if errors:
        raise ValidationError(errors)


def _check_of_figure(figure: Figure, values: Mapping[str, Any]) -> None:
    errors: dict[str, str] = {}
    if any(values[name] not in ("", None) for name in ("hand_unit", "hand_outcome", "hand_until")):
        errors["hand_unit"] = "Systemet räknar siffran. Lämna det som räknas för hand tomt."
    dimensions = all_dimensions()
    dimension = values["dimension"]
    if dimension and dimension not in figure.by:
        known = ", ".join(in_text(dimensions[key].label) for key in figure.by) or "inget"
        errors["member"] = f"Siffran delas inte in så. Den delas in efter: {known}."
    elif dimension and not any(
        one.code == values["member"] for one in dimensions[dimension].members
    ):
        errors["member"] = "Gruppen finns inte. Välj en i listan."
    target = values["target"]
    if target is not None and not _decimals(figure.unit) and target != int(target):
        errors["target"] = "Skriv målvärdet i hela tal. Siffran visas utan decimaler."
    if errors:
        raise ValidationError(errors)


def _decimals(unit: str) -> int:
    """How many decimals a figure is shown with."""
    return 1 if unit not in (Unit.SHARE, Unit.PERSONS, Unit.ENROLMENTS, Unit.REFERRALS) else 0


def _named(figure: Figure, values: Mapping[str, Any]) -> str:
    """What an indicator is called when nobody has named it: the figure, the group and the sex."""
    words = [figure.label]
    if values["dimension"]:
        members = all_dimensions()[values["dimension"]].members
        words.append(next(one.label for one in members if one.code == values["member"]))
    if values["sex"] != "all":
        words.append(next(sex.label for sex in SEXES if sex.code == values["sex"]).lower())
    return ", ".join(words)


def _lock(row: K, seen_version: int | None, given: Mapping[str, Any]) -> K:
    """The row as it stands, locked. Raises Conflict when it is not the one that was seen."""
    found: K | None = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise ValidationError(GONE)
    check_seen(found, seen_version, CHANGED_MEANWHILE, given)
    return found


def _changed(row: K, by: User) -> K:
    row.touch(by)
    row.full_clean()
    row.save()
    return row


def _added(row: K, by: User) -> K:
    row.changed_at, row.changed_by = timezone.now(), by
    row.full_clean()
    row.save()
    return row
