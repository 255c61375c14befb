"""What it costs to keep who was shown whom and who changed what: the same pages with and without.

`with` is the program as it is, on its own role. `without` writes no record of what is shown, and its triggers
are off. Each answers in turn from the same database.
"""

from collections.abc import Callable

from django.utils.timezone import localdate

from .measuring import in_turn, medians
from .place import Place, Server

ROUNDS = 150

_OPEN = "(SELECT * FROM participants_enrolment WHERE ended_on IS NULL ORDER BY id LIMIT 1) AS first"
_PERSON = (
    f"SELECT public_id FROM participants_participant AS p JOIN {_OPEN} ON participant_id = p.id"
)
_CONSULTANT = f"SELECT username FROM sundbyberg_am_user AS u JOIN {_OPEN} ON consultant_id = u.id"


def measure(place: Place) -> list[tuple[str, float, str]]:
    """For each page: its name, its median in seconds with both, and how much that is of without."""
    person, username = place.ask(_PERSON), place.ask(_CONSULTANT)
    newest = place.ask("SELECT max(id) FROM participants_note")
    with place.served() as ours, place.served("benchmarks.site.without_trace") as bare:
        for server in (ours, bare):
            server.sign_in(username)
        times = in_turn(
            {
                (page, name): do
                for page, ask in _pages(person).items()
                for name, do in (("with", ask(ours)), ("without", ask(bare)))
            },
            ROUNDS,
        )
    place.ask("DELETE FROM participants_note WHERE id > %s", newest)  # as it was before
    found = medians(times)
    return [
        (page, seconds, f"{seconds / found[page, 'without']:.2f} × the same without")
        for (page, name), seconds in found.items()
        if name == "with"
    ]


def _pages(person: str) -> dict[str, Callable[[Server], Callable[[], object]]]:
    note = {
        "kind": "call",
        "happened_on": str(localdate()),
        "text": "Ringde om mötet i nästa vecka.",
    }
    return {
        "a case is read": lambda server: lambda: server.get(f"/deltagare/{person}/"),
        "a list is read": lambda server: lambda: server.get("/deltagare/"),
        "a note is written": lambda server: (
            lambda: server.post(f"/deltagare/{person}/anteckningar/ny/", **note)
        ),
    }
