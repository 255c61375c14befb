"""A question put together once gives what it would give put together each time, and to each their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from participants import case_questions
from participants.models import Enrolment, Intervention, LevelChange
from sundbyberg_am.access import Role
from sundbyberg_am.prepared import prepared
from tests.builders import a_level, a_user, an_enrolment, an_intervention

DAY = date(2026, 3, 2)
NEXT = DAY + timedelta(1)


@pytest.mark.django_db
def test_the_rows_of_each_case_are_its_own_and_know_it(django_assert_num_queries):
    built = []

    @prepared
    def levels(case):
        built.append(case)
        return case.level_changes.for_page()

    cases = [an_enrolment(DAY) for _ in range(3)]
    for case in cases:
        a_level(case, "AM2", NEXT)
    for case in cases:
        with django_assert_num_queries(1):
            found = levels(case)
            assert found == list(found) and all(one.enrolment is case for one in found)
        assert found == list(case.level_changes.for_page())
    assert len(built) == 1


@pytest.mark.django_db
def test_days_ids_keys_and_sizes(django_assert_num_queries):
    built = []

    @prepared
    def ids(*values, cases, text):
        built.append(values)
        *mine, day = values
        rows = Enrolment.objects.filter(pk__in=mine, started_on__lte=day).order_by("pk")
        return rows.filter(void_reason=text).values_list("pk", flat=True)

    one, other = an_enrolment(DAY), an_enrolment(NEXT)
    assert ids(one.pk, DAY, cases=1, text="") == [one.pk]
    assert ids(other.pk, DAY, cases=1, text="") == []
    assert ids(one.pk, other.pk, DAY, cases=2, text="") == [one.pk]
    assert ids(one.pk, other.pk, NEXT, cases=2, text="") == [one.pk, other.pk]
    assert ids(one.pk, other.pk, NEXT, cases=2, text="-") == []
    assert len(built) == 3


@pytest.mark.django_db
def test_what_is_read_besides_and_beside_comes_along():
    work = prepared(
        lambda day: (
            Enrolment.objects.filter(started_on=day)
            .select_related("unit")
            .prefetch_related("interventions")
        )
    )
    case = an_enrolment(DAY)
    mine = an_intervention(case, DAY)
    [found] = work(DAY)
    with connection.execute_wrapper(_never):
        assert (found.unit, list(found.interventions.all())) == (case.unit, [mine])


def _never(*_):
    raise AssertionError("asked again")


@pytest.mark.django_db
def test_nobody_else_may_see_a_case_because_somebody_did():
    case = an_enrolment(DAY)
    reader, other = a_user(Role.CONSULTANT), a_user(Role.SOCIAL_SECRETARY)

    def seen_by(user):
        return case_questions.newest_enrolment(
            user.pk, user.unit_id, case.participant.public_id, DAY, role=user.role
        )

    assert seen_by(reader) == [case]
    assert seen_by(other) == []
    assert seen_by(reader) == [case]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("build", "value"),
    [
        (lambda day: LevelChange.objects.filter(valid_from__lte=day + timedelta(3)), DAY),
        (lambda day: LevelChange.objects.filter(valid_from__lte=day + timedelta(3_000)), DAY),
        (lambda pk: LevelChange.objects.filter(pk=pk + 1), 1),
        (lambda pk: LevelChange.objects.filter(pk__in=[pk, pk - 1]), 1),
        (lambda text: Intervention.objects.filter(provider=text), "x"),
        (lambda unused: LevelChange.objects.filter(pk=1), UUID(int=1 << 99)),
        (lambda pk: LevelChange.objects.extra(where=["id = ANY(%s)"], params=[[pk]]), 1),
        (lambda none: LevelChange.objects.filter(reason=none), None),
    ],
)
def test_a_value_that_would_not_come_as_it_is_is_refused(build, value):
    with pytest.raises(TypeError):
        prepared(build)(value)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_once_each_get_their_own():
    cases = [an_enrolment(DAY) for _ in range(4)]
    for case in cases:
        an_intervention(case, DAY)
    asked = cases * 25

    def of(case):
        try:
            return case_questions.interventions(case)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        for case, found in zip(asked, threads.map(of, asked), strict=True):
            assert [one.enrolment_id for one in found] == [case.pk]
