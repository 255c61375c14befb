"""The case figures of a period as one plain statement: grouping sets and `percentile_cont`.

The same text for PostgreSQL and for DuckDB. Each row is a value: figure, dimension, member, sex and number.
"""

from collections.abc import Iterable
from datetime import date

from participants.models import Audience, InterventionKind
from reporting.figures import AGE_ABOVE, AGE_BANDS
from reporting.periods import Period

_COUNT = "count(*)"
_PEOPLE = "count(DISTINCT participant_id)"
_OF_WHICH = "count(*) FILTER (WHERE {})"
_SHARE = "avg(CASE WHEN {} THEN 1.0 ELSE 0.0 END)"
_MEDIAN = "percentile_cont(0.5) WITHIN GROUP (ORDER BY {})"
# Populations, and of each its figures: what is taken of its rows, and the dimensions.
_FIGURES: dict[str, dict[str, tuple[str, str]]] = {
    "people": {
        "participants": (_COUNT, "level age education initiator"),
        "data_complete_share": (_SHARE.format("complete"), "level"),
    },
    "started": {
        "enrolments_started": (_COUNT, "level age"),
        "re_entry_share": (_SHARE.format("re_entry"), ""),
        "referral_to_start_days_median": (_MEDIAN.format("days_from_referral"), "level"),
    },
    "due_a_plan": {"plan_within_30_days_share": (_SHARE.format("in_time"), "level")},
    "exits": {
        "exits": (_COUNT, "reason level age"),
        "exit_share": (_COUNT, "reason"),
        "work_or_studies_share": (_SHARE.format("work_or_studies"), "level age"),
        "weeks_enrolled_median": (_MEDIAN.format("days / 7.0"), "level age reason"),
        "weeks_enrolled_mean": ("avg(days) / 7", "level age"),
    },
    "ongoing": {
        "ongoing": (_COUNT, "level age"),
        "weeks_so_far_median": (_MEDIAN.format("days / 7.0"), "level age"),
        "ongoing_10_months": (_OF_WHICH.format("ten_months"), "level"),
    },
    "sent": {"referrals": (_COUNT, "level initiator outcome")},
    "decided": {"referral_to_decision_days_median": (_MEDIAN.format("days"), "")},
    "had_of_kind": {"interventions": (_PEOPLE, "kind audience")},
    "had": {
        "offer_participants": (_PEOPLE, "offer provider audience"),
        "offer_interventions": (_COUNT, "offer provider audience"),
        "offer_interventions_short": (_OF_WHICH.format("is_short"), "offer provider audience"),
        "offer_interventions_long": (_OF_WHICH.format("NOT is_short"), "offer provider audience"),
    },
    "ended": {"intervention_weeks_mean": ("avg(days) / 7", "kind age")},
    "last_exits": {
        "kas_exits": (_COUNT, "kas_class"),
        "kas_exits_by_length": (_COUNT, "length"),
        "kas_work_or_studies_share": (_SHARE.format("kas_class IN ('A', 'B')"), ""),
    },
    "changed": {
        "progress_share": (_SHARE.format("direction = 'improved'"), "level direction"),
        "clear_progress_share": (_SHARE.format("most >= 2"), "level"),
    },
}
# Where the value of a member is its share of those in all members.
_OF_ALL = {"exit_share": ("", "reason"), "progress_share": ("direction",)}

_POPULATIONS = """
enrolment AS MATERIALIZED (
    SELECT * FROM participants_enrolment
    WHERE voided_at IS NULL AND started_on <= {last} AND (ended_on IS NULL OR ended_on >= {first})
),
in_force AS MATERIALIZED (
    SELECT DISTINCT ON (enrolment.id) enrolment.id, change.level
    FROM enrolment JOIN participants_levelchange change ON change.enrolment_id = enrolment.id
    WHERE change.valid_from <= {last} AND (ended_on IS NULL OR change.valid_from <= ended_on)
    ORDER BY enrolment.id, change.valid_from DESC, change.id DESC
),
cases AS MATERIALIZED (
    SELECT enrolment.*, coalesce(in_force.level, 'unknown') AS level, {band} AS age, participant.sex,
        participant.birth_date, participant.education
    FROM enrolment
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    LEFT JOIN in_force ON in_force.id = enrolment.id
),
latest AS MATERIALIZED (
    SELECT DISTINCT ON (participant_id) * FROM cases ORDER BY participant_id, started_on DESC
),
people AS (
    SELECT latest.*, latest.level <> 'unknown' AND education <> 'unknown' AND sex <> 'unknown'
        AND birth_date IS NOT NULL AND (
            ended_on IS NULL OR ended_on > {last} OR kas_class <> 'unknown'
            AND (kas_class NOT IN ('A', 'B') OR exit_confirmed IS NOT NULL)
        ) AS complete
    FROM latest LEFT JOIN participants_exitreason reason ON reason.id = latest.exit_reason_id
),
began AS MATERIALIZED (SELECT * FROM cases WHERE started_on >= {first}),
first_level AS (
    SELECT DISTINCT ON (began.id) began.id, change.level
    FROM began JOIN participants_levelchange change ON change.enrolment_id = began.id
    ORDER BY began.id, change.valid_from, change.id
),
returned AS (
    SELECT DISTINCT began.id
    FROM began JOIN participants_enrolment earlier ON earlier.participant_id = began.participant_id
    WHERE earlier.voided_at IS NULL AND earlier.ended_on < began.started_on
        AND earlier.ended_on >= CAST(began.started_on - interval '12 months' AS date)
),
planned AS (
    SELECT DISTINCT began.id FROM began JOIN participants_plan plan ON plan.enrolment_id = began.id
    WHERE plan.adopted_on <= began.started_on + 30
),
started AS (
    SELECT coalesce(first_level.level, 'unknown') AS level, age, sex, returned.id IS NOT NULL AS re_entry,
        began.started_on - referral.submitted_on AS days_from_referral
    FROM began
    LEFT JOIN first_level ON first_level.id = began.id
    LEFT JOIN returned ON returned.id = began.id
    LEFT JOIN referrals_referral referral ON referral.enrolment_id = began.id
),
due_a_plan AS (
    SELECT level, sex, planned.id IS NOT NULL AS in_time
    FROM began LEFT JOIN planned ON planned.id = began.id
    WHERE started_on <= {last} - 30
),
exits AS MATERIALIZED (
    SELECT cases.*, reason.code AS reason, reason.kas_class, ended_on - started_on AS days,
        reason.counts_as IN ('work', 'studies') AS work_or_studies
    FROM cases JOIN participants_exitreason reason ON reason.id = cases.exit_reason_id
    WHERE ended_on <= {last}
),
ongoing AS (
    SELECT level, age, sex, {last} - started_on AS days,
        CAST(started_on + interval '10 months' AS date) <= {last} AS ten_months
    FROM cases WHERE ended_on IS NULL OR ended_on > {last}
),
referred AS MATERIALIZED (
    SELECT referral.*, coalesce(enrolled.sex, known.sex,
        CASE WHEN substr(referral.personnummer, 11, 1) IN ('0', '2', '4', '6', '8') THEN 'women'
            WHEN referral.personnummer IS NOT NULL THEN 'men' ELSE 'unknown' END) AS sex
    FROM referrals_referral referral
    LEFT JOIN participants_enrolment enrolment ON enrolment.id = referral.enrolment_id
    LEFT JOIN participants_participant enrolled ON enrolled.id = enrolment.participant_id
    LEFT JOIN participants_participant known ON known.personnummer = referral.personnummer
    WHERE referral.submitted_on BETWEEN {first} AND {last} OR referral.decided_on BETWEEN {first} AND {last}
),
sent AS (
    SELECT coalesce(nullif(level, ''), 'unknown') AS level, initiator, sex,
        CASE WHEN decided_on <= {last} THEN status WHEN withdrawn_on <= {last} THEN 'withdrawn'
            ELSE 'pending' END AS outcome
    FROM referred WHERE submitted_on BETWEEN {first} AND {last}
),
decided AS (
    SELECT sex, decided_on - submitted_on AS days
    FROM referred WHERE decided_on BETWEEN {first} AND {last}
),
had AS MATERIALIZED (
    SELECT latest.participant_id, latest.sex, intervention.kind,
        CASE WHEN offer.id IS NOT NULL THEN 'offer-' || offer.id
            WHEN intervention.provider <> '' THEN 'other' ELSE 'none' END AS offer,
        CASE WHEN offer.provider <> '' THEN 'provider-' || offer.provider WHEN offer.id IS NOT NULL THEN 'own'
            WHEN intervention.provider <> '' THEN 'other' ELSE 'none' END AS provider,
        coalesce(offer.audience, CASE WHEN intervention.kind IN ({general}) THEN 'general'
            ELSE 'individual' END) AS audience,
        coalesce(intervention.ended_on, greatest(intervention.planned_end_on, {last}))
            <= CAST(intervention.started_on + interval '3 months' AS date) AS is_short
    FROM participants_intervention intervention
    JOIN participants_enrolment enrolment ON enrolment.id = intervention.enrolment_id
    JOIN latest ON latest.participant_id = enrolment.participant_id
    LEFT JOIN participants_offer offer ON offer.id = intervention.offer_id
    WHERE enrolment.voided_at IS NULL AND intervention.outcome <> 'not_started'
        AND intervention.started_on <= {last}
        AND (intervention.ended_on IS NULL OR intervention.ended_on >= {first})
),
had_of_kind AS (
    SELECT participant_id, sex, kind,
        CASE WHEN kind IN ({general}) THEN 'general' ELSE 'individual' END AS audience
    FROM had
),
ended AS (
    SELECT intervention.kind, {band} AS age, participant.sex,
        intervention.ended_on - intervention.started_on AS days
    FROM participants_intervention intervention
    JOIN participants_enrolment enrolment ON enrolment.id = intervention.enrolment_id
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    WHERE enrolment.voided_at IS NULL AND intervention.outcome <> 'not_started'
        AND intervention.ended_on BETWEEN {first} AND {last}
),
last_exits AS (
    SELECT DISTINCT ON (participant_id) sex,
        CASE WHEN kas_class NOT IN ('A', 'B') OR exit_confirmed THEN kas_class
            WHEN exit_confirmed IS NULL THEN 'unconfirmed' ELSE 'E' END AS kas_class,
        CASE WHEN ended_on <= CAST(started_on + interval '6 months' AS date) THEN 'up-to-6'
            WHEN ended_on <= CAST(started_on + interval '12 months' AS date) THEN '6-12'
            WHEN ended_on <= CAST(started_on + interval '24 months' AS date) THEN '12-24'
            ELSE 'over-24' END AS length
    FROM exits ORDER BY participant_id, ended_on DESC, id DESC
),
assessed AS (
    SELECT latest.id, latest.level, latest.sex, steps.domain, steps.consultant_step AS step, assessed_on,
        min(assessed_on) OVER (PARTITION BY latest.id) AS first_on,
        max(assessed_on) OVER (PARTITION BY latest.id) AS latest_on
    FROM latest
    JOIN participants_assessment assessment ON assessment.enrolment_id = latest.id
    JOIN participants_domainsteps steps ON steps.assessment_id = assessment.id
    WHERE assessed_on <= {last} AND consultant_step IS NOT NULL
),
changed AS (
    SELECT id, level, sex, coalesce(max(later - earlier), 0) AS most,
        CASE sign(coalesce(sum(later - earlier), 0)) WHEN 1 THEN 'improved' WHEN 0 THEN 'unchanged'
            ELSE 'worsened' END AS direction
    FROM (
        SELECT id, level, sex, domain,
            max(CASE WHEN assessed_on = first_on THEN step END) AS earlier,
            max(CASE WHEN assessed_on = latest_on THEN step END) AS later
        FROM assessed WHERE first_on < latest_on GROUP BY id, level, sex, domain
    ) each_domain GROUP BY id, level, sex
)"""


def statement(period: Period) -> str:
    """The statement for a period."""
    last = period.last_day
    bands = [f"WHEN birth_date <= {_day(last.replace(year=last.year - AGE_ABOVE))} THEN 'other'"]
    bands += [
        f"WHEN birth_date <= {_day(last.replace(year=last.year - age))} THEN '{band}'"
        for band, age in reversed(AGE_BANDS)
    ]
    populations = _POPULATIONS.format(
        first=_day(period.first_day),
        last=_day(last),
        band=f"CASE WHEN birth_date IS NULL THEN 'unknown' {' '.join(bands)} ELSE 'other' END",
        general=_listed(kind for kind in InterventionKind if kind.audience == Audience.GENERAL),
    )
    grouped = [_grouped(population, figures) for population, figures in _FIGURES.items()]
    values = [
        _value(population, figure, by.split())
        for population, figures in _FIGURES.items()
        for figure, (_, by) in figures.items()
    ]
    return f"WITH {populations},\n" + ",\n".join(grouped) + "\n" + "\nUNION ALL\n".join(values)


def _grouped(population: str, figures: dict[str, tuple[str, str]]) -> str:
    """All figures of a population in all its groups."""
    keys = list(dict.fromkeys(" ".join(by for _, by in figures.values()).split()))
    sets = ["()", "(sex)", *(f"({key})" for key in keys), *(f"({key}, sex)" for key in keys)]
    dimension = "".join(f"WHEN grouping({key}) = 0 THEN '{key}' " for key in keys)
    columns = [
        f"CASE {dimension}ELSE '' END AS dimension" if keys else "'' AS dimension",
        f"coalesce({', '.join([*keys, repr('')])}) AS member",
        "coalesce(sex, 'all') AS sex",
        "count(*) AS n",
        *(f"{value} AS {figure}" for figure, (value, _) in figures.items()),
    ]
    return (
        f"{population}_grouped AS MATERIALIZED (SELECT {', '.join(columns)} FROM {population} "
        f"GROUP BY GROUPING SETS ({', '.join(sets)}))"
    )


def _value(population: str, figure: str, by: list[str]) -> str:
    """One figure, a row for each of its groups."""
    value, of_all = figure, _listed(_OF_ALL.get(figure, ()))
    if of_all:
        whole = "max(n) FILTER (WHERE dimension = '') OVER (PARTITION BY sex)"
        value = f"CASE WHEN dimension IN ({of_all}) THEN n * 1.0 / {whole} ELSE {figure} END"
    return (
        f"SELECT '{figure}', dimension, member, sex, CAST({value} AS double precision) "
        f"FROM {population}_grouped WHERE dimension IN ({_listed(['', *by])})"
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _day(day: date) -> str:
    return f"date '{day}'"
