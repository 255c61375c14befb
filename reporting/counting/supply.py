"""The populations of needs, of what is arranged, and of what participants think of it.

Rows and parameters as in `statements.py`, and besides: `needs`, the needs that there are; `answered` and
`answering`, pairs of a need and a kind of intervention that answers it.
"""

# ruff: noqa: S608 -- nothing is put together here but the fragments below

from .statements import Population

# Participants with the needs that the latest mapping shows, and those of them that nothing has answered. The
# mapping is that of the referral sent last, by the period's last day, of those that led to an enrolment.
NEEDS = Population(
    """
    WITH speaks_for AS MATERIALIZED (
        SELECT form.id AS form_id, question ->> 'key' AS question, option ->> 'value' AS answer, need
        FROM referrals_mappingform form
        CROSS JOIN jsonb_array_elements(form.content -> 'sections') section
        CROSS JOIN jsonb_array_elements(section -> 'questions') question
        CROSS JOIN jsonb_array_elements(coalesce(question -> 'options', '[]')) option
        CROSS JOIN jsonb_array_elements_text(coalesce(option -> 'needs', '[]')) need
        WHERE need = ANY(%(needs)s)
    ),
    mapped AS MATERIALIZED (
        SELECT DISTINCT ON (latest.participant_id)
            latest.participant_id, latest.id, latest.sex, referral.form_id, referral.answers
        FROM latest
        JOIN participants_enrolment enrolment ON enrolment.participant_id = latest.participant_id
        JOIN referrals_referral referral ON referral.enrolment_id = enrolment.id
        WHERE enrolment.voided_at IS NULL
            AND referral.form_id IS NOT NULL
            AND referral.answers <> '{}'
            AND referral.submitted_on <= %(last_day)s
        ORDER BY latest.participant_id, referral.submitted_on DESC, referral.id DESC
    ),
    needed AS MATERIALIZED (
        SELECT DISTINCT mapped.participant_id, mapped.id, mapped.sex, speaks_for.need
        FROM mapped
        JOIN speaks_for ON speaks_for.form_id = mapped.form_id
            AND (mapped.answers -> speaks_for.question) ? speaks_for.answer
    ),
    answered AS MATERIALIZED (
        SELECT participant_id, need FROM had
        UNION
        SELECT had.participant_id, pair.need
        FROM had
        JOIN unnest(%(answered)s::text[], %(answering)s::text[]) AS pair (need, kind) USING (kind)
    )
    SELECT needed.id AS row_id, needed.id AS enrolment_id, NULL::bigint AS referral_id, needed.sex,
        array_agg(needed.need ORDER BY needed.need) AS need,
        array_agg(needed.need ORDER BY needed.need) FILTER (WHERE answered.need IS NULL) AS unmet
    FROM needed
    LEFT JOIN answered USING (participant_id, need)
    GROUP BY needed.id, needed.sex
""",
    ("sex", "need", "unmet"),
)

# By what each of the participants' interventions was arranged. One that goes on is known to last until its
# planned end or the period's last day, whichever is later.
_ARRANGED = """
    SELECT had.id AS row_id, had.enrolment_id, NULL::bigint AS referral_id, had.participant_id, had.sex,
        coalesce(by_offer.offer, otherwise) AS offer,
        coalesce(by_offer.provider, otherwise) AS provider,
        coalesce(by_offer.audience, had.audience) AS audience,
        coalesce(had.ended_on, greatest(had.planned_end_on, %(last_day)s))
            <= (had.started_on + interval '3 months')::date AS is_short
    FROM had
    CROSS JOIN LATERAL (
        SELECT CASE had.provider WHEN '' THEN 'none' ELSE 'other' END AS otherwise
    ) without_offer
    LEFT JOIN (
        SELECT id, 'offer-' || id AS offer,
            CASE provider WHEN '' THEN 'own' ELSE 'provider-' || provider END AS provider, audience
        FROM participants_offer
    ) by_offer ON by_offer.id = had.offer_id
    WHERE had.by_participant
"""

ARRANGED = Population(
    f"SELECT *, NOT is_short AS is_long FROM ({_ARRANGED}) arranged",
    ("offer", "provider", "audience", "is_short", "is_long", "sex"),
)

# Participants with every offer, provider and audience that each has had.
ARRANGED_FOR = Population(
    f"""
    SELECT participant_id AS row_id, max(enrolment_id) AS enrolment_id, NULL::bigint AS referral_id,
        min(sex) AS sex, array_agg(offer) AS offer, array_agg(provider) AS provider,
        array_agg(audience) AS audience
    FROM ({_ARRANGED}) arranged
    GROUP BY participant_id
""",
    ("offer", "provider", "audience", "sex"),
)

# Answers to the survey, with the sum of their five marks. They are anonymous, so there is no legal sex, and
# nobody whom a row leads to.
SURVEY = Population(
    """
    SELECT id AS row_id, NULL::bigint AS enrolment_id, NULL::bigint AS referral_id,
        NULL::text AS sex, respect + influence + clarity + use + whole AS marks
    FROM participants_surveyanswer
    WHERE month BETWEEN %(first_day)s AND %(last_day)s
""",
    ("sex",),
    number="marks",
)
