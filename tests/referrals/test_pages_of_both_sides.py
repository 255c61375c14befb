"""The list and the page of a referral, the answers to it, and what the pages cost."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from participants.models import Enrolment
from referrals import actions
from referrals.models import EventKind, Referral, ReferralEvent, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_enrolment
from tests.participants.builders import an_absence

from .builders import a_draft, a_referral_in
from .reading import queries, text, url

pytestmark = pytest.mark.django_db


# The page of both sides


def test_coordinator_opens_by_looking(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    as_user(cast.sender).get(url("referral", referral))
    referral.refresh_from_db()
    assert referral.opened_at is None
    page = as_user(cast.coordinator).get(url("referral", referral))
    as_user(a_user(Role.COORDINATOR)).get(url("referral", referral))
    referral.refresh_from_db()
    assert referral.opened_by == cast.coordinator
    assert ReferralEvent.objects.filter(kind=EventKind.OPENED).count() == 1
    assert "Öppnad" in text(page)


def test_withdrawn_referral_is_read_and_not_opened(cast, as_user):
    referral = a_referral_in(Status.WITHDRAWN, cast)
    assert as_user(cast.coordinator).get(url("referral", referral)).status_code == 200
    referral.refresh_from_db()
    assert referral.opened_at is None


@pytest.mark.parametrize("status", Status.values)
def test_page_offers_what_can_be_done(cast, as_user, status):
    referral = a_referral_in(status, cast)
    offered = {
        Status.DRAFT: {"mapping", "referral_person", "referral_delete"},
        Status.SUBMITTED: {"referral_withdraw"},
        Status.COMPLETION_ASKED: {"referral_complete", "referral_withdraw"},
        Status.COMPLETED: {"referral_withdraw"},
    }
    page = text(as_user(cast.sender).get(url("referral", referral)))
    links = {name for name in ACT_PAGES if f'href="{url(name, referral)}"' in page}
    assert links == offered.get(Status(status), set())
    if status == Status.DRAFT:
        return
    offered = {
        Status.SUBMITTED: {"referral_ask", "referral_accept", "referral_return"},
        Status.COMPLETION_ASKED: {"referral_return"},
        Status.COMPLETED: {"referral_ask", "referral_accept", "referral_return"},
    }
    for user in (cast.coordinator, cast.manager):
        page = text(as_user(user).get(url("referral", referral)))
        links = {name for name in ACT_PAGES if f'href="{url(name, referral)}"' in page}
        assert links == offered.get(Status(status), set())


ACT_PAGES = [
    *("referral_person", "mapping", "referral_send", "referral_delete", "referral_ask"),
    *("referral_complete", "referral_accept", "referral_return", "referral_withdraw"),
]


@pytest.mark.parametrize("name", ACT_PAGES)
def test_too_late_leads_back_with_a_sentence(cast, as_user, name):
    status = Status.SUBMITTED if name == "referral_complete" else Status.RETURNED
    referral = a_referral_in(status, cast)
    receiving = name in ("referral_ask", "referral_accept", "referral_return")
    client = as_user(cast.coordinator if receiving else cast.sender)
    page = client.get(url(name, referral), follow=True)
    assert page.redirect_chain == [(url("referral", referral), 302)]
    assert "och kan därför inte" in text(page)


def test_too_late_with_a_text_keeps_the_text(cast, as_user):
    referral = a_referral_in(Status.WITHDRAWN, cast)
    for name, field in (("referral_ask", "question"), ("referral_return", "reason")):
        page = as_user(cast.coordinator).post(url(name, referral), {field: "Det jag skrev."})
        assert page.status_code == 422
        assert "Anvisningen är återkallad och kan därför inte" in text(page)
        assert "Det jag skrev." in text(page)


# Receiving


def test_question_and_answer(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    as_user(cast.coordinator).post(url("referral_ask", referral), {"question": "Vilka tider?"})
    client = as_user(cast.colleague)
    assert "Vilka tider?" in text(client.get(url("referral_complete", referral)))
    assert "Vilka tider?" in text(client.get(url("referral", referral)))
    assert "Väntar på er" in text(client.get(reverse("referral_list")))
    page = client.post(
        url("referral_complete", referral), {"answer": "Förmiddagar.", "level": "AM2"}
    )
    assert page["Location"] == url("referral", referral)
    page = as_user(cast.coordinator).get(url("referral", referral))
    assert "Förmiddagar." in text(page)
    referral.refresh_from_db()
    assert referral.status == Status.COMPLETED


def test_accept_proposes_whoever_has_least(cast, as_user):
    busy = cast.consultant
    free = a_user(Role.CONSULTANT, name="Öfri Konsulent")
    a_user(Role.CONSULTANT, name="Slutat Konsulent", is_active=False)
    an_enrolment(consultant=busy)
    referral = a_referral_in(Status.SUBMITTED, cast)
    client = as_user(cast.coordinator)
    page = text(client.get(url("referral_accept", referral)))
    assert f"{busy.name}, 1\xa0ärende<" in page
    assert f'<option value="{free.pk}" selected>{free.name}, 0\xa0ärenden' in page
    assert "Slutat" not in page
    data = {
        "started_on": timezone.localdate().isoformat(),
        "consultant": free.pk,
        "deputy": busy.pk,
    }
    Referral.objects.update(submitted_on=timezone.localdate())
    page = client.post(url("referral_accept", referral), data, follow=True)
    assert f"Anvisningen är mottagen. {free.name} är konsulent." in text(page)
    enrolment = Enrolment.objects.get(consultant=free)
    assert (enrolment.deputy, enrolment.started_on) == (busy, timezone.localdate())


@pytest.mark.parametrize(
    ("first", "last", "is_proposed"), [(0, 0, False), (-3, 0, False), (-3, -1, True), (1, 3, True)]
)
def test_accept_does_not_propose_whoever_is_away(cast, as_user, first, last, is_proposed):
    today = timezone.localdate()
    an_enrolment(consultant=cast.consultant)
    free = a_user(Role.CONSULTANT, name="Öfri Konsulent")
    until = today + timedelta(days=last)
    an_absence(free, today + timedelta(days=first), until)
    referral = a_referral_in(Status.SUBMITTED, cast)
    answer = as_user(cast.coordinator).get(url("referral_accept", referral))
    proposed = answer.context["form"].initial["consultant"]
    page = text(answer)
    assert proposed == (free if is_proposed else cast.consultant)
    assert f'<option value="{proposed.pk}" selected>' in page
    assert (f"borta till {until}" in page) is not is_proposed


def test_accept_refused_keeps_what_was_typed(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    client = as_user(cast.coordinator)
    far = (timezone.localdate() + timedelta(days=100)).isoformat()
    for data in (
        {"started_on": far, "consultant": cast.consultant.pk},
        {"started_on": far, "consultant": cast.manager.pk},
        {"started_on": far},
        {"started_on": "i morgon", "consultant": cast.consultant.pk},
    ):
        page = client.post(url("referral_accept", referral), data)
        assert page.status_code == 422
        assert data["started_on"] in text(page)
    referral.refresh_from_db()
    assert referral.status == Status.SUBMITTED
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("name", "who", "status", "sentence"),
    [
        ("referral_return", "coordinator", Status.RETURNED, "Därför återlämnades anvisningen"),
        ("referral_withdraw", "sender", Status.WITHDRAWN, "Återkallad"),
    ],
)
def test_reason_is_shown_to_the_other_side(cast, as_user, name, who, status, sentence):
    referral = a_referral_in(Status.SUBMITTED, cast)
    Referral.objects.update(submitted_on=timezone.localdate())
    client = as_user(getattr(cast, who))
    assert client.post(url(name, referral), {"reason": ""}).status_code == 422
    page = client.post(url(name, referral), {"reason": "Fel <enhet>."})
    assert page["Location"] == url("referral", referral)
    referral.refresh_from_db()
    assert referral.status == status
    for user in (cast.sender, cast.coordinator):
        shown = as_user(user).get(url("referral", referral))
        assert sentence in text(shown)
        assert b"Fel &lt;enhet&gt;." in shown.content


# The list


def test_inbox_by_deadline_with_what_is_late_first(cast, as_user):
    late = a_referral_in(Status.SUBMITTED, cast, first_name="Sen")
    soon = a_referral_in(Status.COMPLETED, cast, first_name="Snar")
    today = timezone.localdate()
    Referral.objects.filter(pk=late.pk).update(answer_due_on=today - timedelta(days=1))
    Referral.objects.filter(pk=soon.pk).update(answer_due_on=today)
    page = text(as_user(cast.coordinator).get(reverse("referral_list")))
    assert page.index("Sen Yusuf") < page.index("Snar Yusuf")
    assert page.count("försenat") == 1
    assert list(Referral.objects.overdue(today)) == [late]
    assert list(Referral.objects.inbox(today).for_work_list()) == [late, soon]


def test_list_of_answered_goes_on_to_older_ones(cast, as_user, monkeypatch):
    monkeypatch.setattr("referrals.views.CLOSED_PAGE", 2)
    closed = [a_referral_in(Status.WITHDRAWN, cast, first_name=f"Nr{n}") for n in range(5)]
    Referral.objects.filter(pk=closed[0].pk).update(withdrawn_on=F("withdrawn_on") + timedelta(1))
    client = as_user(cast.sender)
    address, seen = reverse("referral_list"), []
    while address:
        page = text(client.get(address))
        seen.append([n for n in range(5) if f"Nr{n} " in page])
        found = page.partition('rel="next" href="')[2].partition('"')[0]
        address = reverse("referral_list") + found if found else ""
    assert seen == [[0, 4], [2, 3], [1]]


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 40, "0", "1 OR 1=1"])
def test_list_from_a_place_that_is_none(cast, as_user, before):
    page = as_user(cast.sender).get(reverse("referral_list") + f"?fore={quote(before)}")
    assert page.status_code == 200


def test_drafts_of_whoever_has_left_are_the_teams(cast):
    own, left, moved = a_draft(cast.sender), a_draft(cast.colleague), a_draft(cast.stranger)
    assert list(Referral.objects.drafts_of(cast.sender)) == [own]
    cast.colleague.is_active = False
    cast.colleague.save()
    assert set(Referral.objects.drafts_of(cast.sender)) == {own, left}
    assert list(Referral.objects.drafts_of(cast.stranger)) == [moved]


def test_answered_recently(cast):
    referral = a_referral_in(Status.RETURNED, cast)
    day = referral.decided_on
    assert day is not None
    for days, found in ((-1, False), (0, True), (14, True), (15, False)):
        recent = Referral.objects.answered_recently(day + timedelta(days=days))
        assert recent.exists() is found, days


# All of them


@pytest.mark.parametrize("name", ["referral_list", "referral"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_to_read_take_nothing_else(cast, as_user, name, method):
    referral = a_referral_in(Status.SUBMITTED, cast)
    address = reverse(name) if name == "referral_list" else url(name, referral)
    assert getattr(as_user(cast.sender), method)(address).status_code == 405


@pytest.mark.parametrize("name", ["referral_add", *ACT_PAGES])
def test_forms_take_get_and_post_only(cast, as_user, name):
    referral = a_referral_in(Status.SUBMITTED, cast)
    receiving = name in ("referral_ask", "referral_accept", "referral_return")
    client = as_user(cast.coordinator if receiving else cast.sender)
    address = reverse(name) if name == "referral_add" else url(name, referral)
    assert client.put(address).status_code == 405
    assert client.delete(address).status_code == 405


def test_reading_writes_nothing_but_access_records(cast, as_user):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    before = Referral.objects.filter(pk=referral.pk).values().get()
    events = ReferralEvent.objects.count()
    for user, names in (
        (cast.sender, ["referral", "mapping", "referral_complete", "referral_withdraw"]),
        (cast.coordinator, ["referral", "referral_return"]),
    ):
        AccessRecord.objects.all().delete()
        for name in names:
            as_user(user).get(url(name, referral))
        records = AccessRecord.objects.all()
        assert [record.subjects for record in records] == [[referral.public_id]] * len(names)
    assert Referral.objects.filter(pk=referral.pk).values().get() == before
    assert ReferralEvent.objects.count() == events


def test_list_has_the_same_number_of_queries_however_long(cast, as_user):
    def more():
        for status in Status.values:
            a_referral_in(status, cast)

    more()
    address = reverse("referral_list")
    clients = [as_user(user) for user in (cast.sender, cast.coordinator, cast.manager)]
    few = [queries(client, address) for client in clients]
    more()
    more()
    assert [queries(client, address) for client in clients] == few
    assert max(few) <= 12


def test_page_has_the_same_number_of_queries_however_much_has_happened(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    clients = [as_user(user) for user in (cast.sender, cast.coordinator)]
    few = [queries(client, url("referral", referral)) for client in clients]
    for _ in range(4):
        actions.ask_completion(referral, question="Och?", by=cast.coordinator)
        actions.complete(referral, answer="Jo.", by=cast.colleague)
    assert [queries(client, url("referral", referral)) for client in clients] == few
    assert max(few) <= 12


def test_accept_has_the_same_number_of_queries_however_many_consultants(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    client = as_user(cast.coordinator)
    few = queries(client, url("referral_accept", referral))
    for _ in range(5):
        an_enrolment(consultant=a_user(Role.CONSULTANT))
    assert queries(client, url("referral_accept", referral)) == few
