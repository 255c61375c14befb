"""Who is shown what, and is it on record: a word of its own in every text about fifty people.

Every address is asked as every role, with what is the user's own, another unit's and somebody protected's. A
word that is met must be within the scope of the role, and whose it is must be on record for that user, from
that very answer.
"""

import inspect
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.actions import protect
from participants.models import Enrolment, Note, Participant, Protection
from referrals.actions import submit
from referrals.models import Referral, TeamRequest
from reporting.content import build_content
from reporting.figures import BY_CODE
from reporting.models import ReportRun, RunState
from reporting.periods import Period
from sundbyberg_am.access import Role
from sundbyberg_am.celery import app as celery
from sundbyberg_am.models import AccessRecord, User

from .addresses import ADDRESSES, MATRIX, one_of_each
from .builders import a_meeting, a_unit, a_user, an_enrolment
from .planting import WORD, Planted, people_of, plant, read
from .referrals.builders import DAY, Cast, a_draft, a_referral_in
from .referrals.systems import Caller

pytestmark = pytest.mark.django_db

PEOPLE = 50
FIGURES = 8  # every so many of them is opened to its rows
CASE_READERS = (Role.CONSULTANT, Role.MANAGER)
# What the sender's team is meant to see of a case that came of its referral.
TOLD = {
    ("enrolment", "exit_destination"),
    ("meeting", "place"),
    ("meeting", "request"),
    ("agreedpoint", "text"),
}
AS_SENT = ("number", "referral", "referralevent", "teamrequest", "feedbackrecord", "notice")


@pytest.fixture
def city() -> SimpleNamespace:
    """One of each thing in the own unit, the same people in another unit, and one who is protected."""
    things = one_of_each()
    users: dict[Any, User] = dict(things["users"])
    cast = Cast()
    own_case = Enrolment.objects.get(participant__public_id=things["case"])
    Note.objects.create(
        enrolment=own_case, happened_on=DAY, text="x", created_by=users[Role.CONSULTANT]
    )
    sent = Referral.objects.get(public_id=things["accepted"])
    assert sent.enrolment
    TeamRequest.objects.create(referral=sent, question="x", asked_by=cast.sender)
    three = a_meeting(sent.enrolment, DAY, kind="three_party", outcome="held", starts=time(14))
    three.points.create(text="x")
    foreign = Enrolment.objects.get(participant__public_id=things["foreign"])
    Note.objects.create(
        enrolment=foreign, happened_on=foreign.started_on, text="x", created_by=a_user()
    )
    elsewhere = an_enrolment(unit=foreign.unit)
    theirs = submit(
        a_draft(cast.stranger, to_unit=foreign.unit),
        level="AM2",
        level_reason="",
        today=DAY,
        by=cast.stranger,
    )
    reader = a_user(name="Behörig Läsare")
    hidden = a_referral_in("accepted", cast)
    assert hidden.enrolment
    Note.objects.create(enrolment=hidden.enrolment, happened_on=DAY, text="x", created_by=reader)
    protect(
        hidden.enrolment.participant,
        protection=Protection.CONFIDENTIAL,
        readers=[reader, cast.consultant, a_user(Role.MANAGER)],
        today=DAY,
        by=reader,
    )
    for number in range(PEOPLE - Participant.objects.count()):
        unit = (own_case, elsewhere)[number % 2].unit
        an_enrolment(timezone.localdate() - timedelta(days=number), unit=unit)
    things["report"] = a_report_of_this_year(users[Role.MANAGER]).public_id
    return SimpleNamespace(
        things=things,
        users={**users, "reader": reader},
        cast=cast,
        other={
            "case": elsewhere.participant.public_id,
            "draft": theirs.public_id,
            "referral": theirs.public_id,
            "accepted": theirs.public_id,
            "foreign": elsewhere.participant.public_id,
        },
        hidden={
            "case": hidden.enrolment.participant.public_id,
            "referral": hidden.public_id,
            "accepted": hidden.public_id,
            "draft": hidden.public_id,
            "foreign": hidden.enrolment.participant.public_id,
        },
    )


def a_report_of_this_year(by: User) -> ReportRun:
    """A report that counts those of the city, so that its figures open to rows."""
    year = str(timezone.localdate().year)
    run: ReportRun = ReportRun.objects.get()
    run.pk, run.public_id, run.period_code = None, uuid4(), year
    run.content = dict(build_content(Period.parse(year), counted_on=timezone.localdate()))
    run.state = RunState.READY
    run.save()
    return run


class Scope:
    """What each user is meant to meet, said here apart from the code that decides it."""

    def __init__(self, city: SimpleNamespace) -> None:
        self.unit = a_unit()
        self.team = city.cast.sender.unit
        protected = Participant.objects.exclude(protection="")
        self.hidden = {pk for person in protected for pk in people_of(person)}
        self.foreign = set(people_of(Participant.objects.get(public_id=city.things["foreign"])))
        self.cases = {
            pk
            for case in Enrolment.objects.filter(unit=self.unit).select_related("participant")
            for pk in people_of(case.participant)
        }
        to_unit = Referral.objects.filter(to_unit=self.unit).exclude(status="draft")
        self.received = set(to_unit.values_list("public_id", flat=True))
        self.sent = set(
            Referral.objects.filter(from_unit=self.team).values_list("public_id", flat=True)
        )
        self.reader = city.users["reader"]

    def allows(self, user: User, word: Planted) -> bool:
        if word.people & self.hidden and user != self.reader:
            return False
        opened = user.role in (*CASE_READERS, Role.COORDINATOR) and user != self.reader
        if opened and word.people & self.foreign:
            return True
        match user.role:
            case Role.CONSULTANT:
                return bool(word.people & self.cases)
            case Role.MANAGER:
                return bool(word.people & (self.cases | self.received))
            case Role.COORDINATOR:
                return bool(word.people & self.received) and word.model in AS_SENT
            case Role.SOCIAL_SECRETARY:
                as_sent = word.model in AS_SENT or (word.model, word.field) in TOLD
                return bool(word.people & self.sent) and as_sent
            case Role.LOG_REVIEWER:
                return word.model == "emergencyopening"
        return False


# What would sign out whoever crawls.
ENDS_IT = {"logout", "sign_out_everywhere", "other_sessions_end"}


def addresses(city: SimpleNamespace, user: User) -> Iterator[tuple[str, str]]:
    """Every address with the method, for each of those it can be about; searches; all figures."""
    for name, method in MATRIX:
        address = ADDRESSES[name]
        if user.role not in address.roles or name in ENDS_IT:
            continue
        more = {key: city.things.get(thing, thing) for key, thing in address.more.items()}
        if not address.about:
            yield method, reverse(name, kwargs=more)
            continue
        yield method, reverse(name, kwargs={**more, "public_id": city.things[address.about]})
        for others in (city.other, city.hidden):
            if address.about in others and method == "get":
                yield method, reverse(name, kwargs={**more, "public_id": others[address.about]})
    for person in Participant.objects.filter(
        public_id__in=[city.things["case"], city.other["case"], city.hidden["case"]]
    ):
        for asked in (person.first_name, person.personnummer or ""):
            yield "search", asked
    yield "get", f"{reverse('participant_export')}?vilka=alla&lage=alla"
    yield "get", f"{reverse('missing_data')}?konsulent=alla"
    if user.role == Role.MANAGER:
        for code in list(BY_CODE)[::FIGURES]:
            for name in ("figure", "figure_rows"):
                yield "get", reverse(name, args=[city.things["report"], code])


def words_in(answer: Any, numbers: dict[str, Planted], typed: str = "") -> set[str]:
    """The words that are met in an answer, but for what the user has typed in a search."""
    text = answer if isinstance(answer, str) else read(answer)
    found = set(WORD.findall(text)) | {number for number in numbers if number in text}
    return {word for word in found if word not in typed}


def numbers() -> dict[str, Planted]:
    """Each person's number, as it is written and as it is stored."""
    found: dict[str, Planted] = {}
    rows: list[Participant | Referral] = [*Participant.objects.all(), *Referral.objects.all()]
    for row in rows:
        if digits := row.personnummer:
            planted = Planted("number", "personnummer", row.pk, people_of(row))
            for written in (digits, f"{digits[:8]}-{digits[8:]}", digits[2:]):
                known = found.setdefault(written, planted)
                found[written] = replace(known, people=known.people | planted.people)
    return found


def ask(client: Client, method: str, url: str) -> Any:
    if method == "search":
        return client.post(reverse("participant_list"), {"q": url}, follow=True)
    return client.get(url) if method == "get" else client.post(url, {"sent": "yes"})


@pytest.fixture
def refusing() -> Any:
    """`refusing()` is a time when nothing can be written in the access log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF current_setting('test.refuse', true) = 'yes' THEN RAISE EXCEPTION 'no room'; END IF; "
            "RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON sundbyberg_am_accessrecord "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    @contextmanager
    def while_refused() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('test.refuse', 'yes', false)")
            yield
            cursor.execute("SELECT set_config('test.refuse', '', false)")

    return while_refused


def test_every_word_that_is_met_is_for_the_user_and_on_record(city, as_user, refusing, caplog):
    planted = plant()
    assert Participant.objects.count() >= PEOPLE
    assert len(planted) > 400
    known = numbers()
    everything = planted | known
    scope = Scope(city)
    caplog.set_level(logging.INFO)
    met: Counter[Any] = Counter()
    kinds: set[str] = set()
    for role, user in city.users.items():
        client = as_user(user)
        for method, url in addresses(city, user):
            with transaction.atomic():
                last = (
                    AccessRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
                )
                answer = ask(client, method, url)
                found = words_in(answer, known, url)
                new = AccessRecord.objects.filter(pk__gt=last, user=user)
                on_record = {pk for record in new for pk in record.subjects}
                for word in found:
                    assert scope.allows(user, everything[word]), (role, url, everything[word])
                    assert everything[word].people & on_record, (role, url, everything[word])
                    met[role] += 1
                    kinds.add(answer["Content-Type"].partition(";")[0])
                if found and method != "post":
                    with refusing():
                        answer = ask(client, method, url)
                    assert answer.status_code == 503, url
                    assert "inte gick att anteckna i åtkomstloggen" in answer.content.decode()
                    assert words_in(answer, known, url) == set()
                transaction.set_rollback(True)
    for role in (*CASE_READERS, Role.COORDINATOR, Role.SOCIAL_SECRETARY, "reader"):
        assert met[role] > 20, role
    assert not met[Role.CONTROLLER]
    assert not met[Role.ADMINISTRATOR]
    assert len(kinds) >= 3  # pages, workbooks, documents
    said = caplog.text + " ".join(str(one.message()) for one in mail.outbox)
    assert words_in(said, known) == set()


def test_a_system_meets_only_what_its_team_sent_and_is_on_record(city, refusing):
    planted, known = plant(), numbers()
    everything, scope = planted | known, Scope(city)
    caller = Caller(city.cast.sender, name="Procapita två")
    met = 0
    for referral in Referral.objects.all():
        for address in (f"referrals/{referral.public_id}", f"referrals/{referral}/feedback"):
            last = AccessRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            found = words_in(caller.get(address), known)
            new = AccessRecord.objects.filter(pk__gt=last, user=city.cast.sender)
            on_record = {pk for record in new for pk in record.subjects}
            for word in found:
                assert scope.allows(city.cast.sender, everything[word]), everything[word]
                assert everything[word].people & on_record
                met += 1
    assert met > 2
    with refusing():
        answer = caller.get(f"referrals/{city.things['accepted']}")
    assert answer.status_code == 503
    assert "åtkomstloggen" in answer.json()["errors"][0]["message"]
    assert words_in(answer, known) == set()


def test_no_task_carries_more_than_a_number():
    celery.loader.import_default_modules()
    ours = [
        task
        for name, task in celery.tasks.items()
        if name.split(".")[0]
        in ("sundbyberg_am", "participants", "referrals", "secrecy", "reporting")
    ]
    assert len(ours) > 5
    for task in ours:
        kinds = {one.annotation for one in inspect.signature(task.run).parameters.values()}
        assert kinds <= ({str | None} if task.name.endswith("order_due_report") else {int})


def test_whoever_is_told_that_somebody_is_known_is_on_record(as_user):
    """The sentence that stops a referral names nobody, and yet tells that the person is here."""
    cast = Cast()
    born = date(1985, 3, 14)
    known = an_enrolment(date(2026, 1, 12), unit=a_unit("Jobbcenter"), born=born)
    person = known.participant
    assert person.personnummer
    page = as_user(cast.coordinator).post(
        reverse("referral_register"),
        {
            "initiator": "self",
            "document_on": "2026-11-01",
            "asks_for": "Stöd",
            "personnummer": person.personnummer,
            "first_name": "A",
            "last_name": "B",
        },
    )
    assert "Ring samordnarna" in page.content.decode()
    record = AccessRecord.objects.get(user=cast.coordinator)
    assert record.subjects == [person.public_id]
    draft = a_draft(cast.sender, personnummer=person.personnummer)
    page = as_user(cast.sender).post(
        reverse("referral_send", args=[draft.public_id]), {"level": "AM2", "level_reason": "x"}
    )
    assert "Det du har skrivit är sparat som utkast" in page.content.decode()
    assert [person.public_id] in [
        one.subjects for one in AccessRecord.objects.filter(user=cast.sender)
    ]
