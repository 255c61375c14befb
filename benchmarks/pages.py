"""The pages of the day, beside a page that asks one question and beside Django's own list of the same."""

from collections.abc import Callable

from .measuring import in_turn, medians, p95
from .place import Place, Server

ROUNDS = 40

# A consultant of a unit, with open cases if anybody there has one; and the person with years of notes.
CONSULTANT = """
    SELECT username FROM sundbyberg_am_user AS consultant
    WHERE unit_id = %s AND role = 'consultant'
    ORDER BY EXISTS (
        SELECT FROM participants_enrolment WHERE consultant_id = consultant.id AND ended_on IS NULL
    ) DESC, id LIMIT 1"""
LONG_CASE = """
    SELECT person.public_id FROM participants_participant AS person
    JOIN participants_enrolment AS enrolment ON enrolment.participant_id = person.id
    JOIN participants_note AS note ON note.enrolment_id = enrolment.id
    GROUP BY person.id ORDER BY count(*) DESC LIMIT 1"""

# Whom the last of a thousand pages of a unit begins after, or the last but some of a smaller unit.
LATE = """
    SELECT person.public_id FROM participants_participant AS person
    JOIN participants_enrolment AS enrolment ON enrolment.participant_id = person.id
    WHERE enrolment.unit_id = 1001
    ORDER BY person.name_key, person.id
    OFFSET least(999 * 50, (
        SELECT count(*) * 9 / 10 FROM participants_enrolment WHERE unit_id = 1001
    )) LIMIT 1"""


def measure(place: Place) -> list[tuple[str, float, str]]:
    """For each page: its name, its median in seconds, and how many times the page of one question it is."""
    with place.served() as large, place.served() as small:
        large.sign_in(place.ask(CONSULTANT, 1001))
        small.sign_in(place.ask(CONSULTANT, 1002))
        times = in_turn(_pages(large, small, place.ask(LONG_CASE), place.ask(LATE)), ROUNDS)
    found = medians(times)
    one = found["one question"]
    return [
        (
            name,
            seconds,
            f"{seconds / one:6.2f} × one question, p95 {p95(times[name]) * 1000:.1f} ms",
        )
        for name, seconds in found.items()
    ]


def _pages(
    large: Server, small: Server, long_case: str, late: str
) -> dict[str, Callable[[], object]]:
    addresses = {
        "nothing": "/bench/bare/",
        "one question": "/bench/one-query/",
        "caseload": "/deltagare/",
        "everybody of a large unit": "/deltagare/?vilka=alla&lage=alla",
        "a late page of the same": f"/deltagare/?vilka=alla&lage=alla&efter={late}",
        "a case of years": f"/deltagare/{long_case}/",
        "search by parts of a name": large.post("/deltagare/", q="lind ann"),
        "search by part of a number": large.post("/deltagare/", q="19700"),
        "search by case number": large.post("/deltagare/", q="AM00017"),
        "Django's list": "/bench/admin/participants/enrolment/",
        "Django's list, tuned": "/bench/admin/participants/tunedenrolment/",
    }
    asked = {name: lambda at=at: large.get(at) for name, at in addresses.items()}
    return asked | {
        "everybody of a small unit": lambda: small.get("/deltagare/?vilka=alla&lage=alla")
    }
