"""The next version of the mapping: written part by part, checked, and never a change of what is answered."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from referrals import mapping
from referrals.editor import actions
from referrals.editor.content import Fault, faults, mark_of, part_at
from referrals.models import MappingDraft, MappingForm, Status
from reporting.counting import count
from reporting.periods import Period
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import Conflict
from tests.builders import a_user

from .builders import DAY, a_draft, a_referral_in
from .reading import queries, text, url
from .test_mapping import CONTENT

pytestmark = pytest.mark.django_db

DAY_1 = timedelta(days=1)


def small(**question: Any) -> dict[str, Any]:
    """A form of one question that nothing is wrong with, but for what is given."""
    options = [{"value": "a", "label": "A", "level": "AM2"}, {"value": "b", "label": "B"}]
    asked = {"key": "k", "text": "Fråga?", "kind": "choice", "options": options, **question}
    return {"sections": [{"title": "Avsnitt", "questions": [asked]}]}


def test_the_shipped_form_has_no_faults():
    assert faults(CONTENT) == []
    assert faults(small()) == []


ONE, TWO = (1, 1, 1), (1, 1, 2)


@pytest.mark.parametrize(
    ("content", "place", "field", "sentence"),
    [
        ({"sections": []}, (), "", "inga avsnitt"),
        ({"sections": [{"title": "A", "questions": []}]}, (1,), "", "inga frågor"),
        ({"sections": [{"title": " ", "questions": []}]}, (1,), "title", "Skriv en rubrik"),
        (small(text=" "), (1, 1), "text", "Skriv frågan."),
        (small(key="Å!"), (1, 1), "", "nyckel"),
        (small(kind="slider"), (1, 1), "kind", "Välj hur frågan besvaras."),
        (small(kind="text"), (1, 1), "kind", "fritt svar har inga svar"),
        (small(kind="yes_no"), (1, 1), "kind", "de två svaren och inga andra"),
        (small(options=[]), (1, 1), "", "minst två svar"),
        (small(options=[{"value": "a", "label": "A", "level": "AM2"}]), (1, 1), "", "minst två"),
        (small(options=[{"value": "a", "label": ""}]), ONE, "label", "Skriv svaret."),
        (small(options=[{"value": "a", "label": "A", "level": "AM4"}]), ONE, "level", "nivåerna"),
        (small(options=[{"value": "a", "label": "A", "needs": ["x"]}]), ONE, "needs", "behoven"),
        (small(options=[{"value": "a", "label": "A"}] * 2), TWO, "label", "samma text"),
        (small(options=[{"value": "a", "label": x} for x in "AB"]), TWO, "", "Svarets nyckel"),
        (small(options=[{"value": x, "label": x} for x in "ab"]), (), "", "någon nivå"),
    ],
)
def test_fault_is_said_at_its_place(content, place, field, sentence):
    (fault,) = [one for one in faults(content) if sentence in one.sentence and one.place == place]
    assert fault.field == field


def test_keys_and_texts_of_questions_are_unique():
    content = small()
    content["sections"].append(deepcopy(content["sections"][0]))
    twice = [Fault((n, 1), "En annan fråga har samma nyckel. Ta bort den ena.") for n in (1, 2)]
    assert [one for one in faults(content) if "nyckel" in one.sentence] == twice
    assert [one.place for one in faults(content) if one.field == "text"] == [(1, 1), (2, 1)]


# The draft


@pytest.fixture
def administrator():
    return a_user(Role.ADMINISTRATOR)


@pytest.fixture
def draft(administrator):
    return actions.start_draft(by=administrator)


def now() -> dict[str, Any]:
    return MappingDraft.objects.get().content


def mark(*place: int) -> int:
    return mark_of(part_at(now(), place))


def refused(action, *args, **kwargs) -> list[str]:
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        action(*args, **kwargs)
    return refusal.value.messages


def test_draft_begins_as_the_newest_version_and_there_is_one(draft, administrator):
    assert (draft.number, draft.content) == (2, CONTENT)
    assert actions.start_draft(by=a_user(Role.MANAGER)) == draft


def test_draft_is_built_part_by_part(draft, administrator):
    by = administrator
    actions.add_part((), title="Fritid", help="", by=by)
    place = (len(now()["sections"]),)
    new = {"help": "Kort.", "required": True, "by": by}
    actions.add_part(place, text="Vad är roligt?", kind="several", **new)
    actions.add_part(place, text="Tränar personen?", kind="yes_no", **new)
    for label, level in (("Sång", ""), ("Bad", "AM3")):
        added = {"label": label, "level": level, "needs": ["health"], "hindrance": ""}
        actions.add_part((*place, 1), **added, by=by)
    assert part_at(now(), place) == {
        "title": "Fritid",
        "questions": [
            {
                "key": "vad_ar_roligt",
                "text": "Vad är roligt?",
                "kind": "several",
                "help": "Kort.",
                "required": True,
                "options": [
                    {"value": "sang", "label": "Sång", "needs": ["health"]},
                    {"value": "bad", "label": "Bad", "level": "AM3", "needs": ["health"]},
                ],
            },
            {
                "key": "tranar_personen",
                "text": "Tränar personen?",
                "kind": "yes_no",
                "help": "Kort.",
                "required": True,
                "options": [{"value": "yes", "label": "Ja"}, {"value": "no", "label": "Nej"}],
            },
        ],
    }
    assert faults(now()) == []


def test_a_part_that_is_sent_twice_is_there_once(as_user, draft, administrator):
    client = as_user(administrator)
    place = len(now()["sections"]) + 1
    question = {"text": "Sjunger personen?", "kind": "choice", "required": "on"}
    for _ in range(2):
        client.post(reverse("mapping_section_add"), {"title": "Fritid"})
    for _ in range(2):
        client.post(reverse("mapping_part_add", args=[f"{place}"]), question)
    for _ in range(2):
        client.post(reverse("mapping_part_add", args=[f"{place}-1"]), {"label": "I kör"})
    assert len(now()["sections"]) == place
    (asked,) = now()["sections"][-1]["questions"]
    assert [option["label"] for option in asked["options"]] == ["I kör"]


def test_a_key_that_a_version_has_had_is_not_used_again(draft, administrator):
    actions.remove_part((4, 1), seen_version=mark(4, 1), by=administrator)
    actions.add_part((4,), text="Health", help="", kind="text", required=False, by=administrator)
    assert part_at(now(), (4, len(part_at(now(), (4,))["questions"])))["key"] == "health_2"


def test_words_change_and_the_key_stays(draft, administrator):
    new = {"text": "Ny text?", "help": "", "kind": "choice", "required": False}
    actions.change_part((2, 1), seen_version=mark(2, 1), **new, by=administrator)
    question = part_at(now(), (2, 1))
    assert (question["key"], question["text"]) == ("last_worked", "Ny text?")
    assert "required" not in question
    assert len(question["options"]) == 4
    assert MappingForm.objects.get().content == CONTENT


def test_parts_move_and_stop_at_the_ends(draft, administrator):
    first, second = (part_at(now(), (2, n))["key"] for n in (1, 2))

    def move(place, *, up):
        return actions.move_part(place, seen_version=mark(*place), up=up, by=administrator)

    assert move((2, 1), up=False) == (2, 2)
    assert [part_at(now(), (2, n))["key"] for n in (1, 2)] == [second, first]
    assert move((2, 1), up=True) == (2, 1)
    assert move((5,), up=False) == (5,)


def test_what_somebody_else_has_changed_is_not_overwritten_unseen(draft, administrator):
    seen = mark(
        1,
    )
    actions.change_part((1,), seen_version=seen, title="Hennes", help="", by=administrator)
    with pytest.raises(Conflict) as conflict, transaction.atomic():
        actions.change_part((1,), seen_version=seen, title="Hans", help="", by=administrator)
    assert conflict.value.saved == {"title": "Hennes", "help": ""}
    chosen = conflict.value.version or 0
    actions.change_part((1,), seen_version=chosen, title="Hans", help="", by=administrator)
    assert part_at(now(), (1,))["title"] == "Hans"
    for act in (actions.remove_part, lambda *a, **k: actions.move_part(*a, up=True, **k)):
        assert refused(act, (1,), seen_version=seen, by=administrator) == [actions.IS_GONE]


def test_refusals_of_parts(draft, administrator):
    by = administrator
    question = {"text": "X?", "help": "", "required": False}
    (said,) = refused(actions.add_part, (9,), kind="text", by=by, **question)
    assert said == actions.IS_GONE
    option = {"label": "Kanske", "level": "", "needs": [], "hindrance": "", "by": by}
    assert refused(actions.add_part, (1, 3), **option) == [actions.FIXED_ANSWERS]
    assert refused(actions.add_part, (1, 1), **option) == [actions.FIXED_ANSWERS]
    seen = {"seen_version": mark(1, 3, 1), "by": by}
    assert refused(actions.remove_part, (1, 3, 1), **seen) == [actions.FIXED_ANSWERS]
    seen = {"seen_version": mark(1, 3), "by": by}
    (said,) = refused(actions.change_part, (1, 3), kind="choice", **question, **seen)
    assert "kan inte bli något annat" in said
    twice = {**question, "text": "vet personen  VAD hen vill arbeta med eller studera?"}
    (said,) = refused(actions.add_part, (1,), kind="text", by=by, **twice)
    assert said == "En annan fråga har samma text. Skriv om den ena."
    assert now() == CONTENT


# A version


def published(administrator, valid_from: date = DAY, today: date = DAY) -> MappingForm:
    return actions.publish_draft(
        title="Kartläggning", valid_from=valid_from, today=today, by=administrator
    )


def test_draft_with_something_missing_is_not_let_out(draft, administrator):
    actions.add_part((), title="Tomt", help="", by=administrator)
    assert refused(published, administrator) == [
        "”Tomt”: Avsnittet har inga frågor. Lägg till en, eller ta bort avsnittet."
    ]


def test_version_holds_from_its_day_for_what_is_begun_then(draft, cast, administrator):
    new = published(administrator, DAY + DAY_1)
    assert not MappingDraft.objects.exists()
    before, after = a_draft(cast.sender), a_draft(cast.sender, today=DAY + DAY_1)
    assert (before.form.version, after.form) == (1, new)
    assert (new.published_by, new.version) == (administrator, 2)


def test_day_of_a_version_is_today_or_later_and_after_the_one_before(draft, administrator):
    (said,) = refused(published, administrator, DAY - DAY_1)
    assert "har redan varit" in said
    published(administrator, DAY + 9 * DAY_1)
    actions.start_draft(by=administrator)
    (said,) = refused(published, administrator, DAY)
    assert "Version 2 börjar gälla" in said


def test_version_that_does_not_hold_yet_is_a_draft_again(draft, administrator):
    new = published(administrator, DAY + DAY_1)
    actions.start_draft(by=administrator)
    taking_back = {"today": DAY, "by": administrator}
    (said,) = refused(actions.take_back, new, **taking_back)
    assert "redan ett utkast" in said
    actions.discard_draft(by=administrator)
    again = actions.take_back(new, **taking_back)
    assert (again.number, again.content) == (2, CONTENT)
    assert not MappingForm.objects.filter(version=2).exists()
    new = published(administrator, DAY)
    (said,) = refused(actions.take_back, new, **taking_back)
    assert "har börjat gälla" in said


def figures() -> list[Any]:
    return count(Period.parse(str(DAY.year)))


def test_old_answers_read_as_they_were_and_figures_stand(cast, draft, administrator, as_user):
    referral = a_referral_in(Status.ACCEPTED, cast)
    counted, client = figures(), as_user(cast.sender)
    read = text(client.get(url("referral", referral)))
    # In the next version the answers mean and are called something else, and some are gone.
    actions.change_part(
        (2, 4, 2),
        seen_version=mark(2, 4, 2),
        label="Nytt ord",
        level="AM3",
        needs=["swedish"],
        hindrance="Nytt hinder",
        by=administrator,
    )
    actions.remove_part((1,), seen_version=mark(1), by=administrator)
    published(administrator)
    assert figures() == counted
    assert any(one.value for one in counted if one.figure == "needs")
    again = text(client.get(url("referral", referral)))
    assert mapping.proposed_level(referral.content, referral.answers)[0] == "AM2"
    assert "Nytt ord" not in again
    assert "Vad personen vill" in again
    assert again.count("Behöver stöd") == read.count("Behöver stöd") == 1
    assert "Besvarad i version 1." in again


@pytest.mark.parametrize("change", [{"content": {"sections": []}}, {"version": 9}], ids=str)
def test_database_refuses_to_change_a_version(change):
    with pytest.raises(IntegrityError, match="ändras aldrig"), transaction.atomic():
        MappingForm.objects.update(**change)


# The pages


def test_version_is_written_tried_and_let_out_on_the_pages(as_user, administrator):
    client = as_user(administrator)
    client.post(reverse("mapping_draft_start"))
    place = len(CONTENT["sections"]) + 1
    client.post(reverse("mapping_section_add"), {"title": "Fritid"})
    page = text(client.get(reverse("mapping_draft")))
    assert f'href="#del-{place}">Fritid</a>: Avsnittet har inga frågor.' in page
    publish = reverse("mapping_publish")
    page = client.post(publish, {"title": "Ny", "valid_from": timezone.localdate()})
    assert page.status_code == 422
    assert "”Fritid”: Avsnittet har inga frågor." in text(page)
    asked = {"text": "Sjunger personen?", "kind": "yes_no"}
    client.post(reverse("mapping_part_add", args=[place]), asked)
    answer = reverse("mapping_part_change", args=[f"{place}-1-1"])
    page = client.post(
        answer,
        {"label": "Ja", "level": "AM3", "needs": ["motivation"], "hindrance": "Sången"}
        | {"seen_version": mark(place, 1, 1)},
    )
    assert page["Location"].endswith(f"#del-{place}-1-1")
    page = text(client.get(reverse("mapping_draft")))
    assert "AM3 · Stöd och motivation i samtal · Hinder: Sången" in page
    tried = text(client.post(reverse("mapping_preview"), {"q-sjunger_personen": "yes"}))
    assert "Svaren talar för AM3" in tried
    assert "Sången" in tried
    page = client.post(publish, {"title": "Ny", "valid_from": timezone.localdate()}, follow=True)
    assert "Version 2 gäller från" in text(page)
    assert MappingForm.objects.in_force_on(timezone.localdate()).title == "Ny"


def test_what_is_typed_wrong_stays_and_is_said_beside_the_field(as_user, administrator, draft):
    client = as_user(administrator)
    page = client.post(
        reverse("mapping_part_add", args=["1"]),
        {"text": "Vad vill personen själv?", "kind": "slider", "help": "Min hjälp"},
    )
    assert page.status_code == 422
    assert 'value="Min hjälp"' in text(page)
    page = client.post(
        reverse("mapping_part_add", args=["1"]),
        {"text": "Vad vill personen själv?", "kind": "text", "help": "Min hjälp"},
    )
    assert page.status_code == 422
    assert 'href="#id_text">Fråga: En annan fråga har samma text.' in text(page)
    assert now() == CONTENT


@pytest.mark.parametrize("place", ["x", "1-", "1-1-1-1", "²", "1--1"])
def test_place_that_is_none_does_not_exist(as_user, administrator, draft, place):
    assert as_user(administrator).get(f"/listor/kartlaggning/utkast/{place}/").status_code == 404


@pytest.mark.parametrize("place", ["0", "99", "1-99", "1-1-1"])
def test_place_that_is_gone_leads_back(as_user, administrator, draft, place):
    client = as_user(administrator)
    page = client.get(reverse("mapping_part_change", args=[place]), follow=True)
    assert "Delen finns inte längre." in text(page)
    page = client.post(
        reverse("mapping_part_remove", args=[place]), {"seen_version": "1"}, follow=True
    )
    assert "Delen finns inte längre." in text(page)


@pytest.mark.parametrize("seen", ["", "x", "²", "1"])
def test_act_on_what_was_not_seen_changes_nothing(as_user, administrator, draft, seen):
    client = as_user(administrator)
    page = client.post(
        reverse("mapping_part_move", args=["2"]), {"seen_version": seen, "direction": "upp"}
    )
    assert page.status_code == 302
    assert now() == CONTENT


def test_pages_of_a_draft_lead_to_the_list_when_there_is_none(as_user, administrator):
    client = as_user(administrator)
    for name in ("mapping_draft", "mapping_preview", "mapping_publish", "mapping_discard"):
        page = client.get(reverse(name), follow=True)
        assert "Det finns inget utkast." in text(page)


def test_both_texts_stand_when_two_change_the_same_part(as_user, administrator, draft):
    client, address = as_user(administrator), reverse("mapping_part_change", args=["1"])
    seen = {"seen_version": mark(1), "help": ""}
    actions.change_part((1,), seen_version=mark(1), title="Hennes", help="", by=administrator)
    page = client.post(address, {**seen, "title": "Hans"})
    assert page.status_code == 409
    assert "Hennes" in text(page)
    assert 'value="Hans"' in text(page)
    chosen = {**seen, "seen_version": mark(1), "title": "Hans"}
    assert client.post(address, chosen).status_code == 302
    assert part_at(now(), (1,))["title"] == "Hans"


def test_pages_have_the_same_number_of_queries_however_many_versions(as_user, administrator, draft):
    client = as_user(administrator)
    pages = [reverse("mapping_versions"), reverse("mapping_draft")]
    few = [queries(client, page) for page in pages]
    for version in range(12, 15):
        MappingForm.objects.create(version=version, title="T", valid_from=DAY, content=small())
    actions.add_part((), title="Ett till", help="", by=administrator)
    assert [queries(client, page) for page in pages] == few
