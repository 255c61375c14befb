"""The pages of progress: what they show, what they save, and what they cost."""

import re
from datetime import timedelta
from html import unescape

import pytest

from participants.domains import Domain
from participants.models import Assessment
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_assessment, an_enrolment

from .reading import START, TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def sent(day=TODAY, *, occasion="start", own=None, steps=None, **more):
    """The form as a browser sends it: every group of buttons, empty where nothing is assessed."""
    posted = {"assessed_on": str(day), "occasion": occasion}
    for domain in Domain:
        posted[f"participant_{domain}"] = str((own or {}).get(domain, ""))
        posted[f"consultant_{domain}"] = str((steps or {}).get(domain, ""))
    return {**posted, **more}


def checked(page: str) -> set[str]:
    """The ids of the buttons that are chosen."""
    buttons = re.findall(r'<input type="radio"[^>]* id="id_([^"]+)"([^>]*)>', page)
    return {name for name, rest in buttons if "checked" in rest}


# The form


def test_the_form_asks_every_domain_in_both_views_with_its_anchors(client, case):
    response = client.get(to("assessment_add", case))
    page, text = response.content.decode(), text_of(response)
    for domain in Domain:
        assert domain.question in text
        for step, anchor in enumerate(domain.anchors, start=1):
            assert f"Deltagarens bild: {step}, {anchor}" in text
            assert f"Konsulentens bild: {step}, {anchor}" in text
    # Nothing is chosen beforehand but that it is not assessed, which is no step.
    assert checked(page) == {
        f"{view}_{d}_0" for view in ("participant", "consultant") for d in Domain
    }
    assert page.count('type="radio"') == 12 * 2 * 6
    assert len(re.findall(r'<fieldset class="domain"', page)) == 12
    assert f'value="{TODAY}"' in page
    assert '<option value="start" selected>' in page


def test_an_assessment_is_saved_with_both_views_apart(client, case, kim):
    posted = sent(steps={"health": 2, "housing": 4}, own={"health": 5, "family": 1})
    response = client.post(to("assessment_add", case), posted, follow=True)
    assert "Skattningen är sparad." in text_of(response)
    found = Assessment.objects.with_steps().get()
    assert (found.assessed_on, found.occasion, found.created_by) == (TODAY, "start", kim)
    assert found.steps_of("consultant") == {"health": 2, "housing": 4}
    assert found.steps_of("participant") == {"health": 5, "family": 1}


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        (sent(), "Ingenting är bedömt än. Välj ett steg i minst ett område."),
        (sent(TODAY + DAY, steps={"health": 3}), "Skattningen kan inte ligga i framtiden."),
        (sent(START - DAY, steps={"health": 3}), "kan inte vara före inskrivningens första dag."),
        (sent(steps={"health": 6}), "6"),
        (sent(steps={"health": 3}, occasion="x"), "x"),
        (sent(steps={"health": 3}, assessed_on="31/12"), ""),
    ],
)
def test_what_is_refused_keeps_every_choice(client, case, posted, said):
    response = client.post(to("assessment_add", case), posted)
    assert response.status_code == 422
    assert "Det är något som behöver rättas" in text_of(response)
    assert said in unescape(response.content.decode())
    assert not Assessment.objects.exists()
    if posted["consultant_health"] == "3":
        assert "consultant_health_3" in checked(response.content.decode())


def test_the_same_form_sent_twice_is_one_assessment(client, case):
    posted = sent(steps={"health": 2})
    assert client.post(to("assessment_add", case), posted).status_code == 302
    again = client.post(to("assessment_add", case), posted)
    assert again.status_code == 422
    assert "Det finns redan en skattning den dagen." in text_of(again)
    assert "consultant_health_2" in checked(again.content.decode())
    assert Assessment.objects.count() == 1


def test_the_form_proposes_the_occasion_and_a_day_in_the_enrolment(client, case, kim):
    an_assessment(case, START)
    assert (
        '<option value="follow_up" selected>'
        in client.get(to("assessment_add", case)).content.decode()
    )
    ended = an_enrolment(START, TODAY - 3 * DAY, consultant=kim)
    an_assessment(ended, START)
    page = client.get(to("assessment_add", ended)).content.decode()
    assert '<option value="exit" selected>' in page
    assert f'value="{TODAY - 3 * DAY}"' in page


def test_an_assessment_is_corrected(client, case, kim):
    row = an_assessment(case, START, {"health": 2, "housing": 4}, {"health": 3})
    url = to("assessment_correct", case, row.pk)
    shown = checked(client.get(url).content.decode())
    assert {"consultant_health_2", "consultant_housing_4", "participant_health_3"} <= shown
    assert "participant_housing_0" in shown
    posted = sent(START, steps={"health": 4}, seen_version=1)
    text = text_of(client.post(url, posted, follow=True))
    assert "Skattningen är rättad." in text
    assert f"av {kim.name}" in text
    assert Assessment.objects.with_steps().get().steps_of("consultant") == {"health": 4}


def test_a_correction_of_what_somebody_else_has_corrected_is_not_saved_unseen(client, case):
    row = an_assessment(case, START, {"health": 2})
    Assessment.objects.update(version=2)
    url = to("assessment_correct", case, row.pk)
    refused = client.post(url, sent(START, steps={"health": 5}, seen_version=1))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Någon annan har rättat skattningen" in page
    assert "consultant_health_5" in checked(page)
    assert 'name="seen_version" value="2"' in page
    assert Assessment.objects.with_steps().get().steps_of("consultant") == {"health": 2}
    saved = client.post(url, sent(START, steps={"health": 5}, seen_version=2))
    assert saved.status_code == 302


# The page


def rows_of(page: str, caption: str) -> dict[str, list[str]]:
    """A table's cells by the head of the row."""
    table = page.partition(f'<caption class="visually-hidden">{caption}')[2].partition("</table>")[
        0
    ]
    return {
        _words(row.partition("</th>")[0]): [
            _words(cell) for cell in re.findall(r"<td.*?</td>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.S)
    }


def _words(html: str) -> str:
    html = re.sub(r'<span class="progress-table__meaning">.*?</span>', "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def test_any_two_days_are_compared_and_the_table_says_what_the_rows_say(client, case):
    middle = START + 40 * DAY
    steps = {
        START: {"health": 2, "housing": 4, "economy": 3},
        middle: {"health": 1, "housing": 4, "family": 5},
        TODAY: {"health": 4, "housing": 3, "economy": 3},
    }
    own = {START: {"health": 5}, middle: {"health": 3}, TODAY: {}}
    for day in steps:
        an_assessment(case, day, steps[day], own[day])

    def shown(**asked):
        response = client.get(to("progress", case), {k: str(v) for k, v in asked.items()})
        return response, rows_of(response.content.decode(), "Konsulentens bild")

    response, rows = shown()
    assert set(rows) == {domain.label for domain in Domain}
    assert rows["Hälsa i vardagen"] == ["2", "4", "Högre (+2)"]
    assert rows["Boende"] == ["4", "3", "Lägre (−1)"]
    assert rows["Ekonomi"] == ["3", "3", "Lika (0)"]
    assert rows["Nätverk"] == ["inte bedömd", "inte bedömd", "Går inte att jämföra"]
    assert "1 område högre, 1 lika, 1 lägre. Summa +1 steg." in text_of(response).replace(
        "\u00a0", " "
    )
    own_rows = rows_of(response.content.decode(), "Deltagarens bild")
    assert own_rows["Hälsa i vardagen"] == ["5", "inte bedömd", "Går inte att jämföra"]

    # The order that the days are chosen in does not matter.
    for asked in ({"fran": START, "till": middle}, {"fran": middle, "till": START}):
        response, rows = shown(**asked)
        assert rows["Hälsa i vardagen"] == ["2", "1", "Lägre (−1)"]
        assert rows["Familj och barnomsorg"] == ["inte bedömd", "5", "Går inte att jämföra"]
    assert rows_of(response.content.decode(), "Deltagarens bild")["Hälsa i vardagen"] == [
        "5",
        "3",
        "Lägre (−2)",
    ]
    _, rows = shown(fran=TODAY, till=TODAY)
    assert rows["Hälsa i vardagen"] == ["4"]
    _, rows = shown(fran="x", till="2999-01-01")
    assert rows["Hälsa i vardagen"] == ["2", "4", "Högre (+2)"]


def test_the_plot_has_the_marks_that_the_table_has_numbers(client, case):
    an_assessment(case, START, {"health": 2, "housing": 4})
    an_assessment(case, TODAY, {"health": 4, "family": 1})
    plot = client.get(to("participant", case)).content.decode().partition('<svg class="plot"')[2]
    plot = plot.partition("</svg>")[0]
    # Two marks in the legend; health twice, housing before only, family after only.
    assert (plot.count('class="plot__ring"'), plot.count('class="plot__dot"')) == (1 + 2, 1 + 2)
    assert plot.count('class="plot__change"') == 1
    assert plot.count("inte bedömd") == 12 - 3
    assert "style=" not in plot


def test_the_case_shows_the_first_and_the_latest_and_when_the_next_is(client, case):
    text = text_of(client.get(to("participant", case)))
    assert "Ingen skattning är gjord än." in text
    assert "Gör en första skattning" in text
    an_assessment(case, START, {"health": 2})
    an_assessment(case, TODAY, {"health": 3}, occasion="follow_up")
    response = client.get(to("participant", case))
    text = text_of(response)
    assert "Jämför skattningar" in text
    assert "Gör en ny skattning" not in text
    assert rows_of(response.content.decode(), "Konsulentens bild")["Hälsa i vardagen"] == [
        "2",
        "3",
        "Högre (+1)",
    ]
    events = client.get(to("participant", case), {"visa": "utveckling"}).context["events"]
    assert [(event.on, event.title) for event in events] == [
        (TODAY, "Skattning: uppföljning"),
        (START, "Skattning: uppföljning"),
    ]


def test_the_last_assessment_is_asked_for_a_month_after_the_exit(client, kim):
    case = an_enrolment(START, TODAY - 30 * DAY, consultant=kim, exit_confirmed=True)
    an_assessment(case, START)
    assert "Gör en sista skattning" in text_of(client.get(to("participant", case)))
    type(case).objects.update(ended_on=TODAY - 31 * DAY)
    assert "Gör en sista skattning" not in text_of(client.get(to("participant", case)))


def test_the_start_page_leads_to_the_form(client, case):
    page = client.get("/").content.decode()
    assert "Dags för skattning" in page
    assert f'href="{to("assessment_add", case)}"' in page
    an_assessment(case, TODAY)
    assert f'href="{to("assessment_add", case)}"' not in client.get("/").content.decode()


def test_a_manager_reads_and_is_offered_nothing_to_change(as_user, case):
    an_assessment(case, START)
    page = as_user(a_user(Role.MANAGER)).get(to("progress", case)).content.decode()
    assert "Konsulentens bild" in page
    assert "Rätta" not in page
    assert to("assessment_add", case) not in page


def test_the_showing_is_on_record(client, case):
    client.get(to("progress", case))
    record = AccessRecord.objects.get()
    assert (record.page, record.subjects) == (
        "/deltagare/…/utveckling/",
        [case.participant.public_id],
    )


def test_the_pages_cost_the_same_however_many_assessments_there_are(client, case, kim):
    first = an_assessment(case, START)

    def costs(one, row):
        return [
            queries(client, to("progress", one)),
            queries(client, to("assessment_add", one)),
            queries(client, to("assessment_correct", one, row.pk)),
            queries(client, to("participant", one)),
        ]

    other = an_enrolment(START, consultant=kim)
    for n in range(12):
        row = an_assessment(other, START + n * DAY, dict.fromkeys(Domain.values, 3), {"health": 1})
    assert costs(case, first) == costs(other, row)
    assert costs(case, first)[0] <= 8
