"""The other lists of the office: words, templates and exit reasons."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from participants import actions
from participants.models import ExitReason, ListedWord, NoteTemplate
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import VERSION_CONFLICT
from tests.builders import a_user, an_enrolment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
REASON = "Skriv något annat."


@pytest.fixture
def by():
    return a_user(Role.MANAGER)


# Words


def test_the_list_begins_with_words_about_health_that_keep_their_own_rules():
    words = list(ListedWord.objects.all())
    assert len(words) > 20
    for word in words:
        word.full_clean()
        assert word.changed_by is None
    assert {"depress*", "adhd", "missbruk*"} <= {word.text for word in words}


def test_a_word_is_stored_as_one_looks_for_it(by):
    word = actions.add_word(text="  a\u030angest   i magen* ", reason=REASON, by=by)
    assert (word.text, word.changed_by) == ("ångest i magen*", by)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "får inte vara tomt"),
        ("*", "Skriv bara bokstäver"),
        ("!sjuk", "Skriv bara bokstäver"),
        ("sj*uk", "Skriv bara bokstäver"),
        ("sjuk**", "Skriv bara bokstäver"),
        ("sjuk.", "Skriv bara bokstäver"),
        ("sj*", "minst tre bokstäver före stjärnan"),
        ("svårt sj*", "minst tre bokstäver före stjärnan"),
        ("ADHD", "Ordet finns redan i listan."),
        ("x" * 61, "60"),
    ],
)
def test_a_word_is_refused(by, text, sentence):
    before = ListedWord.objects.count()
    with pytest.raises(ValidationError, match=sentence):
        actions.add_word(text=text, reason=REASON, by=by)
    assert ListedWord.objects.count() == before


@pytest.mark.parametrize("text", ["sju*", "F32", "ms-sjuk*", "svår* sjukdom*", "é"])
def test_a_word_is_taken(by, text):
    assert actions.add_word(text=text, reason=REASON, by=by).text == text


def test_a_word_is_changed_once_and_removed(by):
    word = actions.add_word(text="ordet", reason=REASON, by=by)
    changed = actions.change_word(word, seen_version=1, text="orden", reason="Annat.", by=by)
    assert (changed.text, changed.reason, changed.version) == ("orden", "Annat.", 2)
    with pytest.raises(ValidationError, match="Någon annan har ändrat raden"):
        actions.change_word(word, seen_version=1, text="ord", reason=REASON, by=by)
    assert actions.remove_word(word.pk, by=by) == "orden"
    assert actions.remove_word(word.pk, by=by) == ""  # twice does no harm
    with pytest.raises(ValidationError, match="Någon annan har tagit bort raden"):
        actions.change_word(word, seen_version=2, text="ord", reason=REASON, by=by)


def test_a_word_without_a_reason_is_refused(by):
    with pytest.raises(ValidationError) as refusal:
        actions.add_word(text="ordet", reason="", by=by)
    assert "reason" in refusal.value.message_dict


# Templates


def test_a_template_is_written_changed_and_taken_away(by):
    written = actions.set_note_template("call", seen_version=0, text="Vem?\r\n\r\nVad?", by=by)
    assert written.text == "Vem?\n\nVad?"
    changed = actions.set_note_template("call", seen_version=1, text="Vad?", by=by)
    assert (changed.pk, changed.version, changed.changed_by) == (written.pk, 2, by)
    assert actions.set_note_template("call", seen_version=2, text="", by=by) is None
    assert actions.set_note_template("call", seen_version=0, text="", by=by) is None
    assert not NoteTemplate.objects.exists()


@pytest.mark.parametrize("seen", [0, 2])
def test_a_template_that_somebody_else_wrote_is_not_written_over(by, seen):
    actions.set_note_template("call", seen_version=0, text="Först", by=by)
    with pytest.raises(ValidationError, match="Någon annan har ändrat raden") as refusal:
        actions.set_note_template("call", seen_version=seen, text="Sist", by=by)
    assert refusal.value.code == VERSION_CONFLICT
    assert NoteTemplate.objects.get().text == "Först"


def test_a_template_for_a_kind_that_does_not_exist_is_refused(by):
    with pytest.raises(ValidationError, match="giltigt"):
        actions.set_note_template("okänt", seen_version=0, text="Rubrik", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoteTemplate.objects.create(kind="okänt", text="Rubrik")


# Exit reasons


def a_reason(by: Any, label: str = "Eget företag", **given: Any) -> ExitReason:
    return actions.add_exit_reason(
        label=label, **{"counts_as": "other", "kas_class": "E", "by": by, **given}
    )


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Eget företag", "eget_foretag"),
        ("Flyttat – annat län!", "flyttat_annat_lan"),
        ("Other", "other_2"),
        ("???", "orsak"),
        ("å" * 100, "a" * 36),
    ],
)
def test_a_reason_gets_a_code_of_its_label_and_comes_last(by, label, code):
    reason = a_reason(by, label)
    assert reason.code == code
    assert ExitReason.objects.last() == reason
    assert not reason.is_retired_on(TODAY)


def test_labels_that_give_the_same_code_get_a_number(by):
    codes = [a_reason(by, label).code for label in ("Åter hem", "Ater hem", "Äter hem")]
    assert codes == ["ater_hem", "ater_hem_2", "ater_hem_3"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"label": ""}, "får inte vara tomt"),
        ({"label": "Övrigt"}, "finns redan"),
        ({"kas_class": "A"}, "KAS-klass A är bara för det som räknas som arbete."),
        ({"kas_class": "B", "counts_as": "work"}, "KAS-klass B är bara för det som räknas som"),
        ({"counts_as": "okänt"}, "giltigt"),
    ],
)
def test_a_reason_is_refused(by, given, sentence):
    before = ExitReason.objects.count()
    with pytest.raises(ValidationError, match=sentence):
        a_reason(by, **given)
    assert ExitReason.objects.count() == before


def test_the_classes_of_work_and_studies_are_also_held_by_the_database():
    for wrong in ({"counts_as": "other"}, {"kas_class": "B"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExitReason.objects.filter(code="work_unsubsidised").update(**wrong)


def test_a_retired_reason_keeps_its_history_and_can_be_used_again(by):
    reason = a_reason(by)
    case = an_enrolment(date(2026, 1, 12), TODAY, reason=reason.code)
    retired = actions.retire_exit_reason(reason, retired_on=TODAY, by=by)
    assert not retired.is_retired_on(TODAY)
    assert retired.is_retired_on(TODAY + timedelta(days=1))
    case.refresh_from_db()
    assert case.exit_reason == reason
    with pytest.raises(ValidationError, match="Orsaken används inte längre"):
        actions.exit_enrolment(
            an_enrolment(),
            ended_on=TODAY,
            exit_reason=retired,
            exit_confirmed=None,
            exit_destination="",
            today=TODAY + timedelta(days=1),
            by=by,
        )
    assert actions.retire_exit_reason(reason, retired_on=None, by=by).retired_on is None


def test_the_last_reason_is_not_retired(by):
    last = ExitReason.objects.get(code="other")
    for reason in ExitReason.objects.exclude(pk=last.pk):
        actions.retire_exit_reason(reason, retired_on=TODAY, by=by)
    with pytest.raises(ValidationError, match="måste finnas en orsak kvar"):
        actions.retire_exit_reason(last, retired_on=TODAY, by=by)
    last.refresh_from_db()
    assert last.retired_on is None
