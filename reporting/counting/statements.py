"""The populations that are counted: one statement each, with a row for everyone or everything in it.

A population is what the figures count and what stands behind them: grouped in the database to rows that are
alike it gives the figures, ungrouped the rows behind one of them. Each is said in terms of what several share
(`SHARED`), so that everything is counted from one reading of the cases. The parameters are `first_day` and
`last_day` of the period; `bands`, the first birth date of each age band, the oldest first, and
`band_codes`, their codes, so that `width_bucket` finds the band, null where the birth date is unknown; and
`general`, the kinds of intervention for a group. Enrolments that were registered by mistake count nowhere.

`LATERAL (… LIMIT 1)` has a row looked up for each case. A plain join says the same where there is but one,
but may read the whole table, with all its years, for the few rows of the period.
"""

# ruff: noqa: S608 -- nothing is put together here but the fragments below

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone or everything of a kind in a period.

    `each` is a query, to be said after `SHARED`, that gives a row for each: `row_id`, its key;
    `enrolment_id` and `referral_id`, what it belongs to, either may be null; the columns that the figures
    use; and, where there is one, the `number` of each that a median or a mean is of.
    """

    each: str
    columns: tuple[str, ...]
    number: str | None = None

    @property
    def one_each(self) -> str:
        """A statement that gives the rows."""
        return f"{SHARED} SELECT * FROM ({self.each}) each"

    @property
    def grouped(self) -> str:
        """A query for the columns, `n`, how many have just those, and the numbers of these, as an array."""
        columns = ", ".join(self.columns)
        numbers = (
            f", array_agg({self.number}) FILTER (WHERE {self.number} IS NOT NULL) AS {self.number}"
            if self.number
            else ""
        )
        return (
            f"SELECT {columns}, count(*) AS n{numbers} FROM ({self.each}) each GROUP BY {columns}"
        )


_BAND = "(%(band_codes)s::text[])[1 + width_bucket(participant.birth_date, %(bands)s::date[])]"

# What has no end ends after every period. In these words it is found by an index.
_ENDS_IN_OR_AFTER = "coalesce({}.ended_on, '9999-12-31'::date) >= %(first_day)s"

SHARED = f"""
    WITH
    -- Enrolments with a day in the period, with the level in force on the last day of either.
    cases AS (
        SELECT enrolment.id, enrolment.participant_id, enrolment.started_on, enrolment.ended_on,
            enrolment.initiator, enrolment.exit_reason_id, enrolment.exit_confirmed,
            participant.sex, participant.birth_date, participant.education, {_BAND} AS age, in_force.level
        FROM participants_enrolment enrolment
        JOIN participants_participant participant ON participant.id = enrolment.participant_id
        LEFT JOIN LATERAL (
            SELECT change.level
            FROM participants_levelchange change
            WHERE change.enrolment_id = enrolment.id
                AND change.valid_from <= least(enrolment.ended_on, %(last_day)s)
            ORDER BY change.valid_from DESC, change.id DESC
            LIMIT 1
        ) in_force ON true
        WHERE enrolment.voided_at IS NULL
            AND enrolment.started_on <= %(last_day)s
            AND {_ENDS_IN_OR_AFTER.format("enrolment")}
    ),
    -- The participants, each by the latest of those enrolments.
    latest AS (
        SELECT DISTINCT ON (participant_id) * FROM cases ORDER BY participant_id, started_on DESC
    ),
    ended_cases AS (
        SELECT cases.*, cases.ended_on - cases.started_on AS days,
            reason.code AS reason, reason.counts_as, reason.kas_class
        FROM cases
        JOIN participants_exitreason reason ON reason.id = cases.exit_reason_id
        WHERE cases.ended_on <= %(last_day)s
    ),
    -- Interventions had on some day of the period: in a case of the period, or outside it, by somebody with
    -- another case in the period or none. One that came to nothing was had on no day.
    had AS (
        SELECT intervention.id, intervention.enrolment_id, intervention.kind, intervention.need,
            intervention.offer_id, intervention.provider, intervention.started_on,
            intervention.planned_end_on, intervention.ended_on,
            coalesce(cases.participant_id, outside.participant_id) AS participant_id,
            coalesce(cases.sex, outside.sex) AS sex, coalesce(cases.age, outside.age) AS age,
            cases.id IS NOT NULL
                OR outside.participant_id IN (SELECT participant_id FROM cases) AS by_participant,
            CASE WHEN intervention.kind = ANY(%(general)s) THEN 'general' ELSE 'individual' END AS audience
        FROM participants_intervention intervention
        LEFT JOIN cases ON cases.id = intervention.enrolment_id
        LEFT JOIN LATERAL (
            SELECT enrolment.participant_id, participant.sex, {_BAND} AS age
            FROM participants_enrolment enrolment
            JOIN participants_participant participant ON participant.id = enrolment.participant_id
            WHERE cases.id IS NULL
                AND enrolment.id = intervention.enrolment_id
                AND enrolment.voided_at IS NULL
            LIMIT 1
        ) outside ON true
        WHERE intervention.outcome <> 'not_started'
            AND intervention.started_on <= %(last_day)s
            AND {_ENDS_IN_OR_AFTER.format("intervention")}
            AND (cases.id IS NOT NULL OR outside.participant_id IS NOT NULL)
    ),
    -- Referrals that were sent or answered in the period. Legal sex is that of the participant that the
    -- referral became, or that has its personnummer, since a registered sex goes before the number's.
    referred AS (
        SELECT referral.id, referral.enrolment_id, referral.level, referral.initiator, referral.status,
            referral.submitted_on, referral.decided_on, referral.withdrawn_on,
            coalesce(
                (
                    SELECT enrolled.sex
                    FROM participants_enrolment enrolment
                    JOIN participants_participant enrolled ON enrolled.id = enrolment.participant_id
                    WHERE enrolment.id = referral.enrolment_id
                ),
                (
                    SELECT known.sex FROM participants_participant known
                    WHERE known.personnummer = referral.personnummer
                ),
                CASE substr(referral.personnummer, 11, 1)::int %% 2 WHEN 0 THEN 'women' WHEN 1 THEN 'men' END
            ) AS sex
        FROM referrals_referral referral
        WHERE referral.submitted_on BETWEEN %(first_day)s AND %(last_day)s
            OR referral.decided_on BETWEEN %(first_day)s AND %(last_day)s
    )
"""

# Persons enrolled on at least one day of the period.
PARTICIPANTS = Population(
    """
    SELECT latest.id AS row_id, latest.id AS enrolment_id, NULL::bigint AS referral_id,
        latest.level, latest.age, latest.education, latest.initiator, latest.sex,
        latest.level IS NOT NULL
            AND latest.education <> 'unknown'
            AND latest.sex <> 'unknown'
            AND latest.birth_date IS NOT NULL
            AND (
                latest.ended_on IS NULL OR latest.ended_on > %(last_day)s
                OR reason.kas_class <> 'unknown'
                AND (reason.kas_class NOT IN ('A', 'B') OR latest.exit_confirmed IS NOT NULL)
            ) AS complete
    FROM latest
    LEFT JOIN participants_exitreason reason ON reason.id = latest.exit_reason_id
""",
    ("level", "age", "education", "initiator", "sex", "complete"),
)

# Enrolments that began in the period, by the first level that was registered. `in_time` is null for
# those whose 30 days had not passed when the period ended.
STARTED = Population(
    """
    SELECT cases.id AS row_id, cases.id AS enrolment_id, referral.id AS referral_id,
        registered.level, cases.level AS level_in_force, cases.age, cases.sex,
        cases.started_on - referral.submitted_on AS days_from_referral,
        EXISTS (
            SELECT FROM participants_enrolment earlier
            WHERE earlier.participant_id = cases.participant_id
                AND earlier.voided_at IS NULL
                AND earlier.ended_on >= (cases.started_on - interval '12 months')::date
                AND earlier.ended_on < cases.started_on
        ) AS re_entry,
        CASE WHEN cases.started_on <= %(last_day)s - 30 THEN EXISTS (
            SELECT FROM participants_plan plan
            WHERE plan.enrolment_id = cases.id
                AND plan.adopted_on <= cases.started_on + 30
        ) END AS in_time
    FROM cases
    LEFT JOIN LATERAL (
        SELECT id, submitted_on FROM referrals_referral WHERE enrolment_id = cases.id LIMIT 1
    ) referral ON true
    LEFT JOIN LATERAL (
        SELECT change.level
        FROM participants_levelchange change
        WHERE change.enrolment_id = cases.id
        ORDER BY change.valid_from, change.id
        LIMIT 1
    ) registered ON true
    WHERE cases.started_on >= %(first_day)s
""",
    ("level", "level_in_force", "age", "sex", "re_entry", "in_time"),
    number="days_from_referral",
)

# Enrolments that ended in the period.
EXITS = Population(
    """
    SELECT id AS row_id, id AS enrolment_id, NULL::bigint AS referral_id,
        reason, counts_as IN ('work', 'studies') AS work_or_studies, level, age, sex, days
    FROM ended_cases
""",
    ("reason", "work_or_studies", "level", "age", "sex"),
    number="days",
)

# Enrolments that went on after the period's last day.
ONGOING = Population(
    """
    SELECT id AS row_id, id AS enrolment_id, NULL::bigint AS referral_id, level, age, sex,
        %(last_day)s - started_on AS days,
        (started_on + interval '10 months')::date <= %(last_day)s AS ten_months
    FROM cases
    WHERE ended_on IS NULL OR ended_on > %(last_day)s
""",
    ("level", "age", "sex", "ten_months"),
    number="days",
)

# Referrals submitted in the period, with the answer as it stood on its last day.
REFERRALS = Population(
    """
    SELECT id AS row_id, enrolment_id, id AS referral_id, nullif(level, '') AS level, initiator, sex,
        CASE
            WHEN decided_on <= %(last_day)s THEN status
            WHEN withdrawn_on <= %(last_day)s THEN 'withdrawn'
            ELSE 'pending'
        END AS outcome
    FROM referred
    WHERE submitted_on BETWEEN %(first_day)s AND %(last_day)s
""",
    ("level", "initiator", "sex", "outcome"),
)

# Referrals accepted or returned in the period.
DECIDED = Population(
    """
    SELECT id AS row_id, enrolment_id, id AS referral_id, sex, decided_on - submitted_on AS days
    FROM referred
    WHERE decided_on BETWEEN %(first_day)s AND %(last_day)s
""",
    ("sex",),
    number="days",
)

# Participants with the kinds of intervention that each has had on some day of the period.
WITH_INTERVENTION = Population(
    """
    SELECT participant_id AS row_id, max(enrolment_id) AS enrolment_id, NULL::bigint AS referral_id,
        min(sex) AS sex, array_agg(kind) AS kind, array_agg(audience) AS audience
    FROM had
    WHERE by_participant
    GROUP BY participant_id
""",
    ("kind", "audience", "sex"),
)

# Interventions that ended in the period.
ENDED_INTERVENTIONS = Population(
    """
    SELECT id AS row_id, enrolment_id, NULL::bigint AS referral_id, kind, age, sex,
        ended_on - started_on AS days
    FROM had
    WHERE ended_on <= %(last_day)s
""",
    ("kind", "age", "sex"),
    number="days",
)

# Persons with an exit in the period, each by the last of them. Work and studies want a confirmation.
KAS_EXITS = Population(
    """
    SELECT row_id, row_id AS enrolment_id, NULL::bigint AS referral_id,
        kas_class, kas_class IN ('A', 'B') AS work_or_studies, sex, length
    FROM (
        SELECT DISTINCT ON (participant_id) id AS row_id, sex,
            CASE
                WHEN kas_class NOT IN ('A', 'B') OR exit_confirmed THEN kas_class
                WHEN exit_confirmed IS NULL THEN 'unconfirmed'
                ELSE 'E'
            END AS kas_class,
            CASE
                WHEN ended_on <= (started_on + interval '6 months')::date THEN 'up-to-6'
                WHEN ended_on <= (started_on + interval '12 months')::date THEN '6-12'
                WHEN ended_on <= (started_on + interval '24 months')::date THEN '12-24'
                ELSE 'over-24'
            END AS length
        FROM ended_cases
        ORDER BY participant_id, ended_on DESC, id DESC
    ) last_exit
""",
    ("kas_class", "work_or_studies", "sex", "length"),
)

# Persons assessed at least twice by the last day: from the first assessment to the latest, over the domains
# that the consultant assessed both times. Without such a domain the sum is nought: unchanged.
_ASSESSED = """
    assessment.assessed_on <= %(last_day)s
    AND EXISTS (
        SELECT FROM participants_domainsteps steps
        WHERE steps.assessment_id = assessment.id AND steps.consultant_step IS NOT NULL
    )
"""
PROGRESS = Population(
    f"""
    SELECT row_id, row_id AS enrolment_id, NULL::bigint AS referral_id,
        level, sex, direction, direction = 'improved' AS improved, clear
    FROM (
        SELECT latest.id AS row_id, latest.level, latest.sex,
            CASE sign(coalesce(sum(later.consultant_step - earlier.consultant_step), 0))
                WHEN 1 THEN 'improved' WHEN 0 THEN 'unchanged' ELSE 'worsened'
            END AS direction,
            coalesce(max(later.consultant_step - earlier.consultant_step), 0) >= 2 AS clear
        FROM latest
        CROSS JOIN LATERAL (
            SELECT assessment.id FROM participants_assessment assessment
            WHERE assessment.enrolment_id = latest.id AND {_ASSESSED}
            ORDER BY assessment.assessed_on LIMIT 1
        ) first_one
        CROSS JOIN LATERAL (
            SELECT assessment.id FROM participants_assessment assessment
            WHERE assessment.enrolment_id = latest.id AND {_ASSESSED}
            ORDER BY assessment.assessed_on DESC LIMIT 1
        ) latest_one
        LEFT JOIN (
            participants_domainsteps earlier
            JOIN participants_domainsteps later ON later.domain = earlier.domain
                AND earlier.consultant_step IS NOT NULL AND later.consultant_step IS NOT NULL
        ) ON earlier.assessment_id = first_one.id AND later.assessment_id = latest_one.id
        WHERE first_one.id <> latest_one.id
        GROUP BY latest.id, latest.level, latest.sex
    ) each_one
""",
    ("level", "sex", "direction", "improved", "clear"),
)
