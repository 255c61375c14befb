"""The text of a report, each sentence worked out by hand."""

from typing import Any

import pytest

from reporting.lead import lead


def a_content(now: dict[Any, Any], before: dict[Any, Any], units: dict[str, str]) -> dict[str, Any]:
    """Figures by code, or by (code, sex); a share is given as (numerator, denominator)."""
    figures = [{"code": code, "unit": unit} for code, unit in units.items()]
    return {
        "period": {"code": "2024-T1", "first_day": "2024-01-01", "last_day": "2024-04-30"},
        "figures": values(now),
        "previous": {"period": {"code": "2023-T1"}, "figures": values(before)},
        "definitions": {"sections": [{"figures": figures}]},
    }


def values(given: dict[Any, Any]) -> list[dict[str, Any]]:
    found = []
    for key, value in given.items():
        code, sex = key if isinstance(key, tuple) else (key, "all")
        one = {"figure": code, "by": {}, "sex": sex, "value": value}
        if isinstance(value, tuple):
            part, whole = value
            one |= {
                "value": part / whole if whole else None,
                "numerator": part,
                "denominator": whole,
            }
        found.append(one)
    # Groups are never taken for the whole.
    return [*found, {"figure": "participants", "by": {"level": "AM1"}, "sex": "all", "value": 999}]


UNITS = {
    "participants": "persons",
    "exits": "enrolments",
    "enrolments_started": "enrolments",
    "ongoing": "enrolments",
    "work_or_studies_share": "share",
    "weeks_enrolled_median": "weeks",
    "referral_to_decision_days_median": "days",
}


def test_the_period_is_told_in_the_order_that_a_reader_asks():
    content = a_content(
        {
            "participants": 1220,
            ("participants", "women"): 1200,
            ("participants", "men"): 1,
            ("participants", "unknown"): 19,
            "enrolments_started": 1,
            "exits": 8,
            "ongoing": 212,
            "work_or_studies_share": (2, 8),
            ("work_or_studies_share", "women"): (2, 4),
            ("work_or_studies_share", "men"): (0, 4),
        },
        {},
        UNITS,
    )
    assert lead(content) == [
        {
            "heading": "I perioden",
            "sentences": [
                "1\u00a0220\u00a0personer var inskrivna minst en dag från 1 januari 2024 till 30 april 2024: "
                "1\u00a0200\u00a0kvinnor och 1\u00a0man, och 19 där uppgift om kön saknas.",
                "1\u00a0inskrivning började och 8 avslutades.",
                "212\u00a0inskrivningar fortsatte efter periodens sista dag.",
                "Av 8 avslut ledde 2 till arbete eller studier, 25\u00a0%.",
                "Bland kvinnor var det 50\u00a0% och bland män 0\u00a0%.",
            ],
        }
    ]


def test_what_rose_fell_and_stood_still_is_told_by_how_much():
    content = a_content(
        {
            "participants": 220,
            "exits": 90,
            "ongoing": 7,
            "work_or_studies_share": (41, 100),
            "weeks_enrolled_median": 16.44,
            "referral_to_decision_days_median": 3.0,
        },
        {
            "participants": 208,
            "exits": 91,
            "ongoing": 7,
            "work_or_studies_share": (2, 5),
            "weeks_enrolled_median": 17.66,
            "referral_to_decision_days_median": 2.0,
        },
        UNITS,
    )
    assert lead(content)[1:] == [
        {
            "heading": "Ökade mot 2023-T1",
            "sentences": [
                "Antalet deltagare ökade med 12, från 208 till 220.",
                "Andelen avslut till arbete eller studier ökade med 1 procentenhet, "
                "från 40\u00a0% till 41\u00a0%.",
                "Mediantiden från anvisning till svar ökade med 1,0 dagar, från 2,0 till 3,0.",
            ],
        },
        {
            "heading": "Minskade mot 2023-T1",
            "sentences": [
                "Antalet avslut minskade med 1, från 91 till 90.",
                "Mediantiden som inskriven minskade med 1,3 veckor, från 17,7 till 16,4.",
            ],
        },
        {
            "heading": "Oförändrade mot 2023-T1",
            "sentences": ["Antalet pågående inskrivningar: 7."],
        },
    ]


@pytest.mark.parametrize(("now", "before"), [(0.404, 0.396), (0.395, 0.4)])
def test_a_share_that_is_shown_as_before_has_not_moved(now, before):
    content = a_content({"work_or_studies_share": now}, {"work_or_studies_share": before}, UNITS)
    assert lead(content) == [
        {
            "heading": "Oförändrade mot 2023-T1",
            "sentences": ["Andelen avslut till arbete eller studier: 40\u00a0%."],
        }
    ]


def test_nothing_is_said_of_what_is_hidden_or_was_not_counted():
    content = a_content(
        {"participants": None, "exits": None, "enrolments_started": 5, "ongoing": 4},
        {"participants": 3, "exits": 12, "enrolments_started": None},
        UNITS,
    )
    content["figures"][0]["hidden"] = "<5"
    assert lead(content) == [
        {
            "heading": "I perioden",
            "sentences": ["4\u00a0inskrivningar fortsatte efter periodens sista dag."],
        }
    ]
