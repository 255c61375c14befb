"""The units of the demonstration municipality and those who sign in."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from participants.bulk import store
from sundbyberg_am.access import Role
from sundbyberg_am.models import Unit, UnitKind, User

from .catalogue import Catalogue, open_catalogue

if TYPE_CHECKING:
    from .fates import Stay

PASSWORD = "demo-sundbyberg"  # noqa: S105 – made to be told to everybody

LABOUR_MARKET = "Arbetsmarknadsenheten"
CENTRUM, NORR = "Ekonomiskt bistånd, team Centrum", "Ekonomiskt bistånd, team Norr"
CITY_OFFICE = "Stadsledningskontoret"
UNITS = {
    LABOUR_MARKET: UnitKind.LABOUR_MARKET,
    CENTRUM: UnitKind.SOCIAL_ASSISTANCE,
    NORR: UnitKind.SOCIAL_ASSISTANCE,
    CITY_OFFICE: UnitKind.OFFICE,
}

# User name, name, role and unit. The first of each role is the one that is shown to visitors.
PEOPLE = (
    ("konsulent", "Karin Demosson", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.omar", "Omar Exempel", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.lena", "Lena Provberg", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.daniel", "Daniel Påhittsson", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.sara", "Sara Testlund", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.ivan", "Ivan Fiktiv", Role.CONSULTANT, LABOUR_MARKET),
    ("konsulent.berit", "Berit Fordomsson", Role.CONSULTANT, LABOUR_MARKET),
    ("samordnare", "Samira Demosson", Role.COORDINATOR, LABOUR_MARKET),
    ("socialsekreterare", "Sofia Exempel", Role.SOCIAL_SECRETARY, CENTRUM),
    ("socialsekreterare.jonas", "Jonas Provberg", Role.SOCIAL_SECRETARY, CENTRUM),
    ("socialsekreterare.amal", "Amal Påhittsson", Role.SOCIAL_SECRETARY, CENTRUM),
    ("socialsekreterare.norr", "Nils Testlund", Role.SOCIAL_SECRETARY, NORR),
    ("socialsekreterare.ylva", "Ylva Fiktiv", Role.SOCIAL_SECRETARY, NORR),
    ("enhetschef", "Eva Demosson", Role.MANAGER, LABOUR_MARKET),
    ("controller", "Carl Exempel", Role.CONTROLLER, CITY_OFFICE),
    ("systemforvaltare", "Siv Provberg", Role.ADMINISTRATOR, CITY_OFFICE),
    ("logggranskare", "Lars Påhittsson", Role.LOG_REVIEWER, CITY_OFFICE),
)
SHOWN = {"konsulent.omar", "socialsekreterare.norr"} | {
    next(username for username, _, role, _ in PEOPLE if role == shown) for shown in Role
}
SIGN_INS: list[tuple[str, str, str]] = [
    (username, PASSWORD, f"{role.label} ({name})")
    for username, name, role, _ in PEOPLE
    if username in SHOWN
]

CONSULTANTS = 6  # those who work there today; one more left on the day below
FORMER = "konsulent.berit"
FORMER_UNTIL = date(2023, 6, 30)
SENDERS = 5


@dataclass(frozen=True)
class Office:
    """The stored units and users that the cases refer to."""

    unit: Unit
    consultants: list[User]
    former: User
    coordinator: User
    manager: User
    senders: list[User]
    catalogue: Catalogue

    def consultant(self, place: int) -> User:
        """The consultant at a place of the list; the one who has left stands last."""
        return self.consultants[place] if place < CONSULTANTS else self.former

    def consultant_on(self, stay: "Stay", day: date) -> User:
        """Who has the case of the stay on the day."""
        taken = not stay.was_taken_over or day > FORMER_UNTIL
        return self.consultant(stay.consultant) if taken else self.former


def open_office(today: date) -> Office:
    """Store the units and users. One hash serves all: everybody has the same password."""
    units = {
        name: Unit.objects.get_or_create(name=name, defaults={"kind": kind})[0]
        for name, kind in UNITS.items()
    }
    password = make_password(PASSWORD)
    users = [
        User(
            username=username,
            name=name,
            role=role,
            unit=units[unit],
            email=f"{username}@example.com",
            password=password,
            is_active=username != FORMER or today <= FORMER_UNTIL,
        )
        for username, name, role, unit in PEOPLE
    ]
    store(users)
    consultants = [user for user in users if user.role == Role.CONSULTANT]
    return Office(
        unit=units[LABOUR_MARKET],
        consultants=consultants[:CONSULTANTS],
        former=consultants[-1],
        coordinator=next(user for user in users if user.role == Role.COORDINATOR),
        manager=next(user for user in users if user.role == Role.MANAGER),
        senders=[user for user in users if user.role == Role.SOCIAL_SECRETARY],
        catalogue=open_catalogue(
            next(user for user in users if user.role == Role.MANAGER),
        ),
    )
