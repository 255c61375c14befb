"""Two months of a referral whose sender leaves and whose coordinator is away: never on nobody's list."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from referrals.models import Notice, Referral, ReferralEvent
from referrals.tasks import remind_of_referrals
from sundbyberg_am.access import Role
from sundbyberg_am.models import Absence, User
from tests.builders import a_user

from .conftest import SignIn
from .test_the_whole_way import ask, complete, draft_and_send, follow, press, said, to_the_referral


def days_pass(days: int) -> None:
    """What has happened so far happened that many days earlier; then the clock strikes."""
    for model in (Referral, ReferralEvent, Absence, Notice):
        dates = [
            one.name for one in model._meta.concrete_fields if isinstance(one, models.DateField)
        ]
        model.objects.update(**{name: F(name) - timedelta(days=days) for name in dates})
    remind_of_referrals()


class People:
    """Everybody with a window of their own, and on whose start page the referral is."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.pages: dict[str, Page] = {}

    def come(self, name: str, role: Role) -> Page:
        """Somebody who signs in for the first time."""
        self.pages[name] = self.sign_in(a_user(role, name=name))
        return self.pages[name]

    def on_whose_list(self, address: str) -> set[str]:
        """Those at work who have the referral, or the unit where nobody is left, to act on."""
        away = set(User.objects.absent_on(timezone.localdate()).values_list("name", flat=True))
        here, found = urlsplit(address).path, set()
        for name, page in self.pages.items():
            start = page.request.get("/").text()  # what the window would show
            if name not in away and (f'href="{here}"' in start or "anvisning väntar" in start):
                found.add(name)
        return found


def is_away(manager: Page, name: str, days: int) -> None:
    manager.goto(reverse("absence_add"))
    manager.get_by_label("Vem").select_option(label=name)
    today = timezone.localdate()
    manager.get_by_label("Borta från och med").fill(str(today))
    manager.get_by_label("Till och med").fill(str(today + timedelta(days=days)))
    press(manager, "Spara")
    expect(manager.get_by_role("main")).to_contain_text(f"{name}, {today}")


def leaves(administrator: Page, name: str) -> None:
    administrator.goto(reverse("user_list"))
    follow(administrator, name)
    administrator.get_by_label("Aktiv").uncheck()
    press(administrator, "Spara")
    said(administrator, f"{name} är ändrad.")


def give_back(coordinator: Page) -> None:
    to_the_referral(coordinator)
    follow(coordinator, "Återlämna")
    coordinator.get_by_label("Varför återlämnas anvisningen?").fill("Personen har flyttat.")
    press(coordinator, "Återlämna")
    said(coordinator, "Anvisningen är återlämnad.")


def test_two_months_with_people_who_leave_and_are_away(sign_in: SignIn):
    people = People(sign_in)
    sofia = people.come("Sofia", Role.SOCIAL_SECRETARY)
    sara = people.come("Sara", Role.SOCIAL_SECRETARY)
    samira = people.come("Samira", Role.COORDINATOR)
    eva = people.come("Eva", Role.MANAGER)
    siv = people.come("Siv", Role.ADMINISTRATOR)

    address = draft_and_send(sofia)
    assert people.on_whose_list(address) == {"Samira"}

    days_pass(2)
    is_away(eva, "Samira", days=24)
    assert people.on_whose_list(address) == {"Eva"}
    ask(eva)
    assert people.on_whose_list(address) == {"Sofia", "Sara"}  # the team's, too

    days_pass(3)
    leaves(siv, "Sofia")
    sofia.reload()
    expect(sofia.get_by_label("Lösenord")).to_be_visible()
    del people.pages["Sofia"]
    assert people.on_whose_list(address) == {"Sara"}

    days_pass(19)  # day 24: past the last day for an answer, and Samira is still away
    assert people.on_whose_list(address) == {"Sara", "Eva"}
    for page in (sara, eva):
        page.goto(reverse("notice_list"))
        expect(page.get_by_role("main")).to_contain_text("Svarsdagen har passerat")
    complete(sara, address)
    assert people.on_whose_list(address) == {"Eva"}

    days_pass(6)  # day 30: Samira is back, and asks once more
    assert people.on_whose_list(address) == {"Samira", "Eva"}
    ask(samira)
    assert people.on_whose_list(address) == {"Sara", "Samira", "Eva"}

    days_pass(10)
    leaves(siv, "Sara")
    people.pages.pop("Sara")
    assert people.on_whose_list(address) == {"Samira", "Eva"}

    days_pass(10)  # day 50: the unit is left without anybody who can receive
    leaves(siv, "Samira")
    leaves(siv, "Eva")
    del people.pages["Samira"], people.pages["Eva"]
    assert people.on_whose_list(address) == {"Siv"}
    siv.goto("/")
    follow(siv, "Arbetsmarknadsenheten")
    nils = people.come("Nils", Role.COORDINATOR)
    assert people.on_whose_list(address) == {"Nils"}

    days_pass(11)
    give_back(nils)
    assert people.on_whose_list(address) == set()
    sent = Referral.objects.get()
    assert sent.submitted_on == timezone.localdate() - timedelta(days=61)
    assert sent.return_reason == "Personen har flyttat."
