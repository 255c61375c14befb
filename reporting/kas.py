"""What is sent to Kolada each year: Kommunal arbetsmarknadsstatistik (KAS), from a report's figures. Pure.

Source: the indicators that RKA publishes, by their ids in Kolada. A value is given for all (T), and for women
(K) and men (M) where Kolada has it by sex.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SEXES = (("T", "all"), ("K", "women"), ("M", "men"))


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of Kolada's: members of a figure's dimension, as a number or as a share of the figure's whole."""

    id: str
    label: str
    figure: str
    key: str = ""
    members: tuple[str, ...] = ()
    is_share: bool = False
    by_sex: bool = False


def _classes() -> list[Indicator]:
    """The five results at the exit, as shares and as numbers."""
    labels = {
        "A": "Avslutade, A. Börjat arbeta",
        "B": "Avslutade, B. Börjat studera",
        "C": "Avslutade, C. Överförts till annan myndighet",
        "D": "Avslutade, D. Slutförda uppdrag",
        "E": "Avslutade, E. Övrigt",
    }
    counts = zip(("U40450", "U40451", "U40452", "U40453", "U40454"), labels, strict=True)
    shares = zip(("U40406", "U40409", "U40412", "U40415", "U40418"), labels, strict=True)
    return [
        Indicator(
            code, f"{labels[of]}, {said}", "kas_exits", "kas_class", (of,), is_share, by_sex=True
        )
        for found, said, is_share in ((counts, "antal", False), (shares, "andel", True))
        for code, of in found
    ]


def _share(code: str, label: str, figure: str, key: str, *members: str) -> Indicator:
    return Indicator(code, label, figure, key, members, is_share=True)


INDICATORS = (
    Indicator("U40800", "Deltagare, antal", "participants", by_sex=True),
    _share("U40811", "Deltagare, 24 år eller yngre", "participants", "age", "16-24"),
    _share(
        *("U40812", "Deltagare, 25 år eller äldre", "participants", "age"),
        *("25-34", "35-44", "45-54", "55-65", "other"),
    ),
    _share("U40813", "Deltagare, eftergymnasial", "participants", "education", "post_secondary"),
    _share("U40814", "Deltagare, gymnasial", "participants", "education", "secondary"),
    _share("U40815", "Deltagare, högst grundskola", "participants", "education", "primary"),
    _share(
        *("U40816", "Deltagare, ej fullgjord grundskola", "participants", "education"),
        "primary_incomplete",
    ),
    _share(
        *("U40827", "Deltagare, ej validerad utbildning eller uppgift saknas", "participants"),
        *("education", "unvalidated", "unknown"),
    ),
    _share(
        "U40806", "Anvisade av Arbetsförmedlingen", "referrals", "initiator", "employment_service"
    ),
    _share("U40807", "Anvisade av Försäkringskassan", "referrals", "initiator", "insurance_agency"),
    _share("U40808", "Anvisade av individen själv", "referrals", "initiator", "self"),
    _share("U40809", "Anvisade av socialtjänst", "referrals", "initiator", "social_services"),
    _share("U40810", "Anvisade av annan", "referrals", "initiator", "other"),
    Indicator("N40450", "Avslutade, antal", "kas_exits", by_sex=True),
    *_classes(),
    Indicator(
        *("U40455", "Avslutade, börjat arbeta eller studera, andel", "kas_exits", "kas_class"),
        ("A", "B"),
        is_share=True,
        by_sex=True,
    ),
    _share("N40828", "Avslutade inom 6 månader", "kas_exits_by_length", "length", "up-to-6"),
    _share(
        "N40829",
        "Avslutade efter mer än 6 till 12 månader",
        "kas_exits_by_length",
        "length",
        "6-12",
    ),
    _share(
        "N40830",
        "Avslutade efter mer än 12 till 24 månader",
        "kas_exits_by_length",
        "length",
        "12-24",
    ),
    _share(
        "U40822",
        "Avslutade efter mer än 6 till 24 månader",
        "kas_exits_by_length",
        "length",
        "6-12",
        "12-24",
    ),
    _share(
        "U40823", "Avslutade efter mer än 24 månader", "kas_exits_by_length", "length", "over-24"
    ),
)

# What Kolada asks for that the cases do not hold, so that nobody believes the list to be complete.
BY_HAND = (
    ("U40000, U40403", "Årsarbetare och kommunala arbetsmarknadsanställningar"),
    ("U40803", "Anvisade personer, var och en en gång"),
    ("U40817–U40819, U40835, N40826, N40827", "Tid utan arbete före inskrivningen"),
    ("N40471–N40475", "Feriejobb och feriepraktik"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A value to send: of a share per cent, with how many of how many."""

    indicator: Indicator
    gender: str  # T, K or M
    value: float | None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A condition for sending: in words, and whether it is met. `member` leads to what stops it."""

    text: str
    is_met: bool
    member: str = ""


def told(content: Mapping[str, Any]) -> list[list[Told]]:
    """Every indicator with its values: for all, and for women and men where Kolada has it so."""
    values = {
        (value["figure"], *(next(iter(value["by"].items()), ("", ""))), value["sex"]): value[
            "value"
        ]
        for value in content["figures"]
    }
    return [
        [_told(values, one, gender, sex) for gender, sex in (SEXES if one.by_sex else SEXES[:1])]
        for one in INDICATORS
    ]


def _told(values: Mapping[tuple[str, ...], Any], one: Indicator, gender: str, sex: str) -> Told:
    whole = values.get((one.figure, "", "", sex), 0) or 0
    found = [values.get((one.figure, one.key, member, sex), 0) or 0 for member in one.members]
    part = sum(found) if one.members else whole
    if not one.is_share:
        return Told(one, gender, part)
    return Told(one, gender, 100 * part / whole if whole else None, part, whole)


def checks(content: Mapping[str, Any], *, is_approved: bool) -> list[Check]:
    """What must hold before the figures are sent."""
    exits = {
        value["by"]["kas_class"]: value["value"]
        for value in content["figures"]
        if value["figure"] == "kas_exits" and value["sex"] == "all" and "kas_class" in value["by"]
    }
    unknown, unconfirmed = exits.get("unknown", 0), exits.get("unconfirmed", 0)
    counted_on = date.fromisoformat(content["counted_on"])
    is_over = counted_on > date.fromisoformat(content["period"]["last_day"])
    return [
        Check(f"Året var {'' if is_over else 'inte '}slut när siffrorna räknades.", is_over),
        Check(f"Rapporten är {'' if is_approved else 'inte '}fastställd.", is_approved),
        Check(
            f"{unknown} avslut saknar orsak." if unknown else "Alla avslut har en känd orsak.",
            not unknown,
            "unknown" if unknown else "",
        ),
        Check(
            f"{unconfirmed} avslut till arbete eller studier har inte fått svar på om de är bekräftade."
            if unconfirmed
            else "Alla avslut till arbete och studier har fått svar på om de är bekräftade.",
            not unconfirmed,
            "unconfirmed" if unconfirmed else "",
        ),
    ]
