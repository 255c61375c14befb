"""The populations that are counted: one statement each, with a row for everyone or everything in it.

A population is what the figures count and what stands behind them: grouped in the database to rows that are
alike it gives the figures, ungrouped the rows behind one of them. The parameters are `first_day` and
`last_day` of the period; `bands`, the first birth date of each age band, the oldest first, and
`band_codes`, their codes, so that `width_bucket` finds the band, null where the birth date is unknown; and
`general`, the kinds of intervention for a group. Enrolments that were registered by mistake count nowhere.
"""

# ruff: noqa: S608 -- nothing is put together here but the fragments below

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone or everything of a kind in a period.

    `one_each` is a statement that gives a row for each: `row_id`, its key; `enrolment_id` and `referral_id`,
    what it belongs to, either may be null; and the columns that the figures use.
    """

    one_each: str
    columns: tuple[str, ...]

    @property
    def grouped(self) -> str:
        """The columns, and `n`, how many have just those."""
        columns = ", ".join(self.columns)
        return f"SELECT {columns}, count(*) AS n FROM ({self.one_each}) each GROUP BY {columns}"


# The level in force on the enrolment's last day or the period's, whichever is first.
_LEVEL = """
    LEFT JOIN LATERAL (
        SELECT change.level
        FROM participants_levelchange change
        WHERE change.enrolment_id = enrolment.id
            AND change.valid_from <= least(enrolment.ended_on, %(last_day)s)
        ORDER BY change.valid_from DESC, change.id DESC
        LIMIT 1
    ) in_force ON true
"""

_FIRST_LEVEL = """
    LEFT JOIN LATERAL (
        SELECT change.level
        FROM participants_levelchange change
        WHERE change.enrolment_id = enrolment.id
        ORDER BY change.valid_from, change.id
        LIMIT 1
    ) registered ON true
"""

_BAND = "(%(band_codes)s::text[])[1 + width_bucket(participant.birth_date, %(bands)s::date[])]"

# Persons enrolled on at least one day of the period, each by the latest of those enrolments.
PERSONS = """
    (
        SELECT DISTINCT ON (participant_id) *
        FROM participants_enrolment
        WHERE voided_at IS NULL
            AND started_on <= %(last_day)s
            AND (ended_on IS NULL OR ended_on >= %(first_day)s)
        ORDER BY participant_id, started_on DESC
    ) enrolment
"""

PARTICIPANTS = Population(
    f"""
    SELECT enrolment.id AS row_id, enrolment.id AS enrolment_id, NULL::bigint AS referral_id,
        in_force.level, {_BAND} AS age, participant.education, enrolment.initiator,
        participant.sex,
        in_force.level IS NOT NULL
            AND participant.education <> 'unknown'
            AND participant.sex <> 'unknown'
            AND participant.birth_date IS NOT NULL
            AND (
                enrolment.ended_on IS NULL OR enrolment.ended_on > %(last_day)s
                OR reason.kas_class <> 'unknown'
                AND (reason.kas_class NOT IN ('A', 'B') OR enrolment.exit_confirmed IS NOT NULL)
            ) AS complete
    FROM {PERSONS}
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    LEFT JOIN participants_exitreason reason ON reason.id = enrolment.exit_reason_id
    {_LEVEL}
""",
    (
        "level",
        "age",
        "education",
        "initiator",
        "sex",
        "complete",
    ),
)

# Enrolments that began in the period, by the first level that was registered. `in_time` is null for
# those whose 30 days had not passed when the period ended.
STARTED = Population(
    f"""
    SELECT enrolment.id AS row_id, enrolment.id AS enrolment_id, referral.id AS referral_id,
        registered.level, in_force.level AS level_in_force, {_BAND} AS age, participant.sex,
        enrolment.started_on - referral.submitted_on AS days_from_referral,
        EXISTS (
            SELECT FROM participants_enrolment earlier
            WHERE earlier.participant_id = enrolment.participant_id
                AND earlier.voided_at IS NULL
                AND earlier.ended_on >= (enrolment.started_on - interval '12 months')::date
                AND earlier.ended_on < enrolment.started_on
        ) AS re_entry,
        CASE WHEN enrolment.started_on <= %(last_day)s - 30 THEN EXISTS (
            SELECT FROM participants_plan plan
            WHERE plan.enrolment_id = enrolment.id
                AND plan.adopted_on <= enrolment.started_on + 30
        ) END AS in_time
    FROM participants_enrolment enrolment
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    LEFT JOIN referrals_referral referral ON referral.enrolment_id = enrolment.id
    {_FIRST_LEVEL}
    {_LEVEL}
    WHERE enrolment.voided_at IS NULL
        AND enrolment.started_on BETWEEN %(first_day)s AND %(last_day)s
""",
    (
        "level",
        "level_in_force",
        "age",
        "sex",
        "days_from_referral",
        "re_entry",
        "in_time",
    ),
)

# Enrolments that ended in the period.
EXITS = Population(
    f"""
    SELECT enrolment.id AS row_id, enrolment.id AS enrolment_id, NULL::bigint AS referral_id,
        reason.code AS reason, reason.counts_as IN ('work', 'studies') AS work_or_studies,
        in_force.level, {_BAND} AS age, participant.sex,
        enrolment.ended_on - enrolment.started_on AS days
    FROM participants_enrolment enrolment
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    JOIN participants_exitreason reason ON reason.id = enrolment.exit_reason_id
    {_LEVEL}
    WHERE enrolment.voided_at IS NULL
        AND enrolment.ended_on BETWEEN %(first_day)s AND %(last_day)s
""",
    (
        "reason",
        "work_or_studies",
        "level",
        "age",
        "sex",
        "days",
    ),
)

# Enrolments that went on after the period's last day.
ONGOING = Population(
    f"""
    SELECT enrolment.id AS row_id, enrolment.id AS enrolment_id, NULL::bigint AS referral_id,
        in_force.level, {_BAND} AS age, participant.sex,
        %(last_day)s - enrolment.started_on AS days,
        (enrolment.started_on + interval '10 months')::date <= %(last_day)s AS ten_months
    FROM participants_enrolment enrolment
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    {_LEVEL}
    WHERE enrolment.voided_at IS NULL
        AND enrolment.started_on <= %(last_day)s
        AND (enrolment.ended_on IS NULL OR enrolment.ended_on > %(last_day)s)
""",
    (
        "level",
        "age",
        "sex",
        "days",
        "ten_months",
    ),
)

# Legal sex of the referred: of the participant that the referral became, or that has its personnummer,
# since a registered sex goes before the number's; else by the number.
_REFERRED = """
    FROM referrals_referral referral
    LEFT JOIN participants_enrolment enrolment ON enrolment.id = referral.enrolment_id
    LEFT JOIN participants_participant enrolled ON enrolled.id = enrolment.participant_id
    LEFT JOIN participants_participant known ON known.personnummer = referral.personnummer
    CROSS JOIN LATERAL (
        SELECT coalesce(
            enrolled.sex,
            known.sex,
            CASE substr(referral.personnummer, 11, 1)::int %% 2 WHEN 0 THEN 'women' WHEN 1 THEN 'men' END
        ) AS sex
    ) referred
"""

# Referrals submitted in the period, with the answer as it stood on its last day.
REFERRALS = Population(
    f"""
    SELECT referral.id AS row_id, referral.enrolment_id, referral.id AS referral_id,
        nullif(referral.level, '') AS level, referral.initiator, referred.sex,
        CASE
            WHEN referral.decided_on <= %(last_day)s THEN referral.status
            WHEN referral.withdrawn_on <= %(last_day)s THEN 'withdrawn'
            ELSE 'pending'
        END AS outcome
    {_REFERRED}
    WHERE referral.submitted_on BETWEEN %(first_day)s AND %(last_day)s
""",
    (
        "level",
        "initiator",
        "sex",
        "outcome",
    ),
)

# Referrals accepted or returned in the period.
DECIDED = Population(
    f"""
    SELECT referral.id AS row_id, referral.enrolment_id, referral.id AS referral_id,
        referred.sex, referral.decided_on - referral.submitted_on AS days
    {_REFERRED}
    WHERE referral.decided_on BETWEEN %(first_day)s AND %(last_day)s
""",
    (
        "sex",
        "days",
    ),
)

# Participants with the kinds of intervention that each has had on some day of the period. One that came to
# nothing was had on no day.
WITH_INTERVENTION = Population(
    """
    SELECT participant.id AS row_id, max(enrolment.id) AS enrolment_id, NULL::bigint AS referral_id,
        participant.sex, array_agg(DISTINCT intervention.kind) AS kind,
        array_agg(
            DISTINCT CASE WHEN intervention.kind = ANY(%(general)s) THEN 'general' ELSE 'individual' END
        ) AS audience
    FROM participants_intervention intervention
    JOIN participants_enrolment enrolment ON enrolment.id = intervention.enrolment_id
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    WHERE enrolment.voided_at IS NULL
        AND intervention.outcome <> 'not_started'
        AND intervention.started_on <= %(last_day)s
        AND (intervention.ended_on IS NULL OR intervention.ended_on >= %(first_day)s)
        AND EXISTS (
            SELECT FROM participants_enrolment enrolled
            WHERE enrolled.participant_id = participant.id
                AND enrolled.voided_at IS NULL
                AND enrolled.started_on <= %(last_day)s
                AND (enrolled.ended_on IS NULL OR enrolled.ended_on >= %(first_day)s)
        )
    GROUP BY participant.id
""",
    ("kind", "audience", "sex"),
)

# Interventions that ended in the period, without those that came to nothing.
ENDED_INTERVENTIONS = Population(
    f"""
    SELECT intervention.id AS row_id, enrolment.id AS enrolment_id, NULL::bigint AS referral_id,
        intervention.kind, {_BAND} AS age, participant.sex,
        intervention.ended_on - intervention.started_on AS days
    FROM participants_intervention intervention
    JOIN participants_enrolment enrolment ON enrolment.id = intervention.enrolment_id
    JOIN participants_participant participant ON participant.id = enrolment.participant_id
    WHERE enrolment.voided_at IS NULL
        AND intervention.outcome <> 'not_started'
        AND intervention.ended_on BETWEEN %(first_day)s AND %(last_day)s
""",
    (
        "kind",
        "age",
        "sex",
        "days",
    ),
)

# Persons with an exit in the period, each by the last of them. Work and studies want a confirmation.
KAS_EXITS = Population(
    """
    SELECT row_id, row_id AS enrolment_id, NULL::bigint AS referral_id,
        kas_class, kas_class IN ('A', 'B') AS work_or_studies, sex, length
    FROM (
        SELECT DISTINCT ON (enrolment.participant_id) enrolment.id AS row_id, participant.sex,
            CASE
                WHEN reason.kas_class NOT IN ('A', 'B') OR enrolment.exit_confirmed THEN reason.kas_class
                WHEN enrolment.exit_confirmed IS NULL THEN 'unconfirmed'
                ELSE 'E'
            END AS kas_class,
            CASE
                WHEN enrolment.ended_on <= (enrolment.started_on + interval '6 months')::date THEN 'up-to-6'
                WHEN enrolment.ended_on <= (enrolment.started_on + interval '12 months')::date THEN '6-12'
                WHEN enrolment.ended_on <= (enrolment.started_on + interval '24 months')::date THEN '12-24'
                ELSE 'over-24'
            END AS length
        FROM participants_enrolment enrolment
        JOIN participants_participant participant ON participant.id = enrolment.participant_id
        JOIN participants_exitreason reason ON reason.id = enrolment.exit_reason_id
        WHERE enrolment.voided_at IS NULL
            AND enrolment.ended_on BETWEEN %(first_day)s AND %(last_day)s
        ORDER BY enrolment.participant_id, enrolment.ended_on DESC, enrolment.id DESC
    ) last_exit
""",
    ("kas_class", "work_or_studies", "sex", "length"),
)

# Persons assessed at least twice by the last day: from the first assessment to the latest, over the domains
# that the consultant assessed both times. Without such a domain the sum is nought: unchanged.
PROGRESS = Population(
    f"""
    SELECT row_id, row_id AS enrolment_id, NULL::bigint AS referral_id,
        level, sex, direction, direction = 'improved' AS improved, clear
    FROM (
        SELECT enrolment.id AS row_id, in_force.level, participant.sex,
            CASE sign(coalesce(sum(later.consultant_step - earlier.consultant_step), 0))
                WHEN 1 THEN 'improved' WHEN 0 THEN 'unchanged' ELSE 'worsened'
            END AS direction,
            coalesce(max(later.consultant_step - earlier.consultant_step), 0) >= 2 AS clear
        FROM {PERSONS}
        JOIN participants_participant participant ON participant.id = enrolment.participant_id
        {_LEVEL}
        CROSS JOIN LATERAL (
            SELECT min(assessed_on) AS first_on, max(assessed_on) AS latest_on
            FROM participants_assessment assessment
            WHERE assessment.enrolment_id = enrolment.id
                AND assessment.assessed_on <= %(last_day)s
                AND EXISTS (
                    SELECT FROM participants_domainsteps steps
                    WHERE steps.assessment_id = assessment.id AND steps.consultant_step IS NOT NULL
                )
        ) assessed
        JOIN participants_assessment first_one
            ON first_one.enrolment_id = enrolment.id AND first_one.assessed_on = assessed.first_on
        JOIN participants_assessment latest_one
            ON latest_one.enrolment_id = enrolment.id
            AND latest_one.assessed_on = assessed.latest_on
            AND assessed.latest_on > assessed.first_on
        LEFT JOIN (
            participants_domainsteps earlier
            JOIN participants_domainsteps later ON later.domain = earlier.domain
                AND earlier.consultant_step IS NOT NULL AND later.consultant_step IS NOT NULL
        ) ON earlier.assessment_id = first_one.id AND later.assessment_id = latest_one.id
        GROUP BY enrolment.id, in_force.level, participant.sex
    ) each_one
""",
    ("level", "sex", "direction", "improved", "clear"),
)
