"""The public version: what is hidden, how it is shown, and that it cannot be worked out."""

from collections import Counter
from copy import deepcopy
from datetime import date
from random import Random
from typing import Any

import pytest

from reporting.content import build_content
from reporting.periods import Period
from reporting.suppression import suppress

from .attack import Attack
from .populations import a_population

LEVELS = ["AM1", "AM2", "AM3", "unknown"]
REASONS = ["work", "studies", "goal", "moved", "other"]
SEXES = ["all", "women", "men", "unknown"]
TABLES = 200


def a_definition(code: str, unit: str, measure: str, by: list[str], of: str = "") -> dict[str, Any]:
    return {"code": code, "unit": unit, "measure": measure, "by": by, "of": of}


DEFINITIONS = {
    "sections": [
        {
            "figures": [
                a_definition("participants", "persons", "count", ["level"]),
                a_definition("exits", "enrolments", "count", ["reason", "level"]),
                a_definition("exit_share", "share", "share_of_all", ["reason"], "exits"),
                a_definition("work_or_studies_share", "share", "share", ["level"], "exits"),
                a_definition("weeks_enrolled_median", "weeks", "median", ["level"], "exits"),
                a_definition("weeks_enrolled_mean", "weeks", "mean", ["level"], "exits"),
            ]
        }
    ],
    "sums": [
        {
            "figure": "work_or_studies_share",
            "of": "exits",
            "dimension": "reason",
            "members": ["work", "studies"],
        }
    ],
}
MEMBERS = {"level": LEVELS, "reason": REASONS}
PERIODS = [
    ("2024", "2024-01-01", "2024-12-31"),
    ("2023", "2023-01-01", "2023-12-31"),
    ("2024-jan–apr", "2024-01-01", "2024-04-30"),
    ("2024-maj–aug", "2024-05-01", "2024-08-31"),
    ("2024-sep–dec", "2024-09-01", "2024-12-31"),
]


def a_table(seed: int) -> dict[str, Any]:
    """The content of a report on random people: few or many, one sex or several, some members empty."""
    random = Random(seed)
    weights = [random.choice((0.0, 0.3, 1.0, 4.0)) for _ in range(12)]
    people = [
        {
            "sex": random.choices(SEXES[1:], [*(w + 0.1 for w in weights[:2]), weights[2] / 9])[0],
            "level": random.choices(LEVELS, [w + 0.05 for w in weights[3:7]])[0],
            "reason": random.choices(REASONS, [w + 0.05 for w in weights[7:12]])[0],
            "days": random.randrange(400),
            "in": random.choice((2, 3, 4)),
        }
        for _ in range(random.choice((3, 8, 15, 30, 60, 150)))
    ]
    layers = [
        {
            "period": {"code": code, "first_day": first, "last_day": last},
            "figures": the_figures(
                people if number < 2 else [one for one in people if one["in"] == number]
            ),
        }
        for number, (code, first, last) in enumerate(PERIODS)
    ]
    return {
        **layers[0],
        "previous": layers[1],
        "tertials": layers[2:],
        "definitions": DEFINITIONS,
    }


def the_figures(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for figure in DEFINITIONS["sections"][0]["figures"]:  # type: ignore[index]
        cells = [("", ""), *((key, m) for key in figure["by"] for m in MEMBERS[key])]
        for key, member in cells:
            for sex in SEXES:
                of_sex = [one for one in people if sex in ("all", one["sex"])]
                rows = [one for one in of_sex if not key or one[key] == member]
                found.append(
                    {
                        "figure": figure["code"],
                        "by": {key: member} if key else {},
                        "sex": sex,
                        **a_value(figure["measure"], rows, of_sex),
                    }
                )
    return found


def a_value(measure: str, rows: list[dict[str, Any]], of_sex: list[Any]) -> dict[str, Any]:
    if measure == "count":
        return {"value": len(rows)}
    if measure in ("share", "share_of_all"):
        part = sum(one["reason"] in ("work", "studies") for one in rows)
        part, whole = (len(rows), len(of_sex)) if measure == "share_of_all" else (part, len(rows))
        return {"value": part / whole if whole else None, "numerator": part, "denominator": whole}
    days = sorted(one["days"] for one in rows)
    n = len(days)
    middle = sum(days) / n if n and measure == "mean" else days[n // 2] if n else 0
    return {"value": middle / 7 if n else None, "n": n}


def public(content: dict[str, Any]) -> dict[str, Any]:
    return suppress(content, below=5, base=10)


def published(content: dict[str, Any], figure: str, sex: str = "all", **by: str) -> dict[str, Any]:
    (found,) = [
        value
        for value in content["figures"]
        if (value["figure"], value["sex"], value["by"]) == (figure, sex, by)
    ]
    return found


@pytest.mark.parametrize("part", range(4))
def test_no_hidden_number_can_be_worked_out(part):
    for seed in range(part, TABLES, 4):
        assert Attack(public(a_table(seed))).found() == {}, seed


def test_the_attack_finds_what_is_only_hidden_for_being_small():
    """The attack is worth something: without the second hiding it finds numbers in most tables."""
    opened = 0
    for seed in range(40):
        content = a_table(seed)
        careless = deepcopy(public(content))
        for shown, true in zip(careless["figures"], content["figures"], strict=True):
            if shown.get("hidden") == "dold" and "value" in true:
                shown.pop("hidden")
                shown.update({k: v for k, v in true.items() if k != "n"})
        opened += bool(Attack(careless).found())
    assert opened > 20


def test_small_counts_are_hidden_and_noughts_are_not():
    content = a_table(5)
    for value, true in zip(public(content)["figures"], content["figures"], strict=True):
        if DEFINITIONS_BY_CODE[value["figure"]]["measure"] == "count":
            if 1 <= true["value"] <= 4:
                assert (value["value"], value["hidden"]) == (None, "<5")
            else:
                assert value.get("hidden") in (None, "dold")
            if "hidden" not in value:
                assert value["value"] == true["value"]


DEFINITIONS_BY_CODE = {
    figure["code"]: figure
    for figure in DEFINITIONS["sections"][0]["figures"]  # type: ignore[index]
}


def test_shares_medians_and_means_of_fewer_than_ten_are_hidden():
    seen: Counter[str] = Counter()
    for seed in range(30):
        content = a_table(seed)
        for value, true in zip(public(content)["figures"], content["figures"], strict=True):
            size = true.get("denominator", true.get("n"))
            if size is None:
                continue
            if 0 < size < 10:
                assert value["value"] is None
                assert value["hidden"] == "dold"
                assert "numerator" not in value
                seen["few"] += 1
            elif "hidden" not in value:
                assert value["value"] == true["value"]
                seen["none" if size == 0 else "shown"] += 1
            assert "n" not in value
    assert min(seen["few"], seen["none"], seen["shown"]) > 50


def test_a_large_table_keeps_its_wholes():
    """Hiding is not done by hiding everything."""
    content = a_table(0)
    shown = public(content)
    kept = sum("hidden" not in value for value in shown["figures"])
    assert kept > 0
    many = build_many()
    shown = public(many)
    assert published(shown, "participants")["value"] == 400
    assert published(shown, "exits", "women")["value"] == 200
    assert all("hidden" not in value for value in shown["figures"])


def build_many() -> dict[str, Any]:
    people = [
        {"sex": sex, "level": level, "reason": reason, "days": 70, "in": tertial}
        for sex in ("women", "men")
        for level in LEVELS
        for reason in REASONS
        for tertial in (2, 3, 4, 4, 4)
    ]
    people = [one for one in people for _ in range(2)]
    content = a_table(0)
    layers = [content, content["previous"], *content["tertials"]]
    for number, layer in enumerate(layers):
        layer["figures"] = the_figures(
            people if number < 2 else [one for one in people if one["in"] == number]
        )
    return content


def test_earlier_periods_are_published_for_all_only():
    shown = public(a_table(3))
    for layer in (shown["previous"], *shown["tertials"]):
        assert {value["sex"] for value in layer["figures"]} == {"all"}


def test_the_content_itself_and_the_thresholds_are_left_as_they_are():
    content = a_table(4)
    before = deepcopy(content)
    shown = suppress(content, below=3, base=20)
    assert content == before
    assert shown["public"] == {"below": 3, "base": 20}
    marks = {value.get("hidden") for value in shown["figures"]}
    assert marks <= {None, "<3", "dold"}


def test_the_same_content_is_hidden_the_same_way():
    assert public(a_table(9)) == public(a_table(9))


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["2024-T2"])
def test_no_hidden_number_of_a_counted_report_can_be_worked_out(code):
    a_population(11, 120)
    content = build_content(Period.parse(code), counted_on=date(2025, 1, 15))
    shown = public(content)
    assert Attack(shown).found() == {}
    hidden = sum("hidden" in value for value in shown["figures"])
    assert 0 < hidden < len(shown["figures"]) * 0.8
