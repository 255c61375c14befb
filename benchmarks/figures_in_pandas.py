"""The case figures of a period from data frames."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from participants.models import Audience, InterventionKind
from reporting.figures import AGE_ABOVE, AGE_BANDS
from reporting.periods import Period

Frame = Any  # pandas has no types here
# Figure, dimension, member and sex.
Values = dict[tuple[str, str, str, str], float]
_GENERAL = [kind for kind in InterventionKind if kind.audience == Audience.GENERAL]


class Figures:
    """Of one period. Days are timestamps, without an end far away."""

    def __init__(self, frames: dict[str, Frame], period: Period) -> None:
        self.frames = {name.partition("_")[2]: frame for name, frame in frames.items()}
        self.first, self.last = pd.Timestamp(period.first_day), pd.Timestamp(period.last_day)
        self.values: Values = {}

    def all(self) -> Values:
        """Every figure."""
        self.read_cases()
        self.people()
        self.started()
        self.exits()
        self.ongoing()
        self.referrals()
        self.interventions()
        self.progress()
        return self.values

    def read_cases(self) -> None:
        """Enrolments of the period with what is known of them, and the latest of each person."""
        enrolment = self.frames["enrolment"]
        valid = enrolment[enrolment.voided_at.isna()]
        within = valid[
            (valid.started_on <= self.last)
            & (valid.ended_on.isna() | (valid.ended_on >= self.first))
        ]
        changes = self.frames["levelchange"]
        self.changes = changes[changes.enrolment_id.isin(within.id)].sort_values(
            ["valid_from", "id"]
        )
        known = self.changes.merge(
            within[["id", "ended_on"]], left_on="enrolment_id", right_on="id", suffixes=("", "_of")
        )
        known = known[
            (known.valid_from <= self.last)
            & (known.ended_on.isna() | (known.valid_from <= known.ended_on))
        ]
        levels = known.groupby("enrolment_id")["level"].last()
        cases = within.merge(self.persons(), on="participant_id")
        cases["level"] = cases.id.map(levels).fillna("unknown")
        cases = cases.merge(
            self.frames["exitreason"].rename(columns={"id": "exit_reason_id", "code": "reason"}),
            on="exit_reason_id",
            how="left",
        )
        self.valid, self.cases = valid, cases
        self.latest = cases.sort_values("started_on").drop_duplicates("participant_id", keep="last")

    def persons(self) -> Frame:
        """Sex, education, birth date and age of each person."""
        found = self.frames["participant"].rename(columns={"id": "participant_id"})
        found = found[["participant_id", "sex", "education", "birth_date"]].copy()
        age = pd.Series("other", found.index)
        for band, years in AGE_BANDS:
            age[found.birth_date <= self.last - pd.DateOffset(years=years)] = band
        age[found.birth_date <= self.last - pd.DateOffset(years=AGE_ABOVE)] = "other"
        found["age"] = age.mask(found.birth_date.isna(), "unknown")
        return found

    def put(self, figure: str, rows: Frame, by: str, of: Callable[[Any], Any]) -> None:
        """Take what `of` takes of the rows in each group."""
        for key in ("", *by.split()):
            for sex in (False, True):
                names = [name for name in (key, "sex" if sex else "") if name]
                if not names:
                    self.values[figure, "", "", "all"] = float(of(rows))
                    continue
                for group, value in of(rows.groupby(names, observed=True)).items():
                    words = dict(zip(names, group if len(names) > 1 else (group,), strict=True))
                    place = (key, words.get(key, ""), words.get("sex", "all"))
                    self.values[(figure, *place)] = float(value)

    def put_shares(self, figure: str, of: str, key: str) -> None:
        """The members' shares of all members."""
        for (name, dimension, member, sex), value in list(self.values.items()):
            if name == of and dimension in ("", key):
                whole = self.values[of, "", "", sex]
                self.values[figure, dimension, member, sex] = value / whole

    def people(self) -> None:
        """Figures of the persons."""
        rows = self.latest
        rows["complete"] = (
            (rows.level != "unknown")
            & (rows.education != "unknown")
            & (rows.sex != "unknown")
            & rows.birth_date.notna()
            & (
                rows.ended_on.isna()
                | (rows.ended_on > self.last)
                | (rows.kas_class != "unknown")
                & (~rows.kas_class.isin(["A", "B"]) | rows.exit_confirmed.notna())
            )
        )
        self.put("participants", rows, "level age education initiator", _count)
        self.put("data_complete_share", rows, "level", lambda some: some.complete.mean())

    def started(self) -> None:
        """Figures of the enrolments that began."""
        rows = self.cases[self.cases.started_on >= self.first].copy()
        in_time = rows.merge(
            self.frames["plan"], left_on="id", right_on="enrolment_id", suffixes=("", "_of")
        )
        in_time = in_time[in_time.adopted_on <= in_time.started_on + pd.Timedelta(days=30)].id
        due = rows[rows.started_on <= self.last - pd.Timedelta(days=30)].copy()
        due["in_time"] = due.id.isin(in_time)
        earlier = rows[["id", "participant_id", "started_on"]].merge(
            self.valid[["participant_id", "ended_on"]], on="participant_id"
        )
        earlier = earlier[
            (earlier.ended_on < earlier.started_on)
            & (earlier.ended_on >= earlier.started_on - pd.DateOffset(months=12))
        ]
        rows["re_entry"] = rows.id.isin(earlier.id)
        rows["level"] = rows.id.map(self.changes.groupby("enrolment_id")["level"].first())
        rows["level"] = rows.level.fillna("unknown")
        referral = self.frames["referral"].dropna(subset="enrolment_id")
        sent = rows.id.map(referral.set_index("enrolment_id").submitted_on)
        rows["days"] = (rows.started_on - sent).dt.days
        self.put("enrolments_started", rows, "level age", _count)
        self.put("re_entry_share", rows, "", lambda some: some.re_entry.mean())
        self.put("referral_to_start_days_median", rows, "level", lambda some: some.days.median())
        self.put("plan_within_30_days_share", due, "level", lambda some: some.in_time.mean())

    def exits(self) -> None:
        """Figures of the enrolments that ended, and of the persons of these."""
        rows = self.cases[self.cases.ended_on <= self.last].copy()
        rows["weeks"] = (rows.ended_on - rows.started_on).dt.days / 7
        rows["work"] = rows.counts_as.isin(["work", "studies"])
        self.put("exits", rows, "reason level age", _count)
        self.put_shares("exit_share", "exits", "reason")
        self.put("work_or_studies_share", rows, "level age", lambda some: some.work.mean())
        self.put(
            "weeks_enrolled_median", rows, "level age reason", lambda some: some.weeks.median()
        )
        self.put("weeks_enrolled_mean", rows, "level age", lambda some: some.weeks.mean())
        rows = rows.sort_values(["ended_on", "id"]).drop_duplicates("participant_id", keep="last")
        asked = rows.kas_class.isin(["A", "B"])
        rows["kas_class"] = rows.kas_class.mask(asked & rows.exit_confirmed.isna(), "unconfirmed")
        rows["kas_class"] = rows.kas_class.mask(asked & rows.exit_confirmed.eq(False), "E")
        length = pd.Series("over-24", rows.index)
        for months, name in ((24, "12-24"), (12, "6-12"), (6, "up-to-6")):
            length[rows.ended_on <= rows.started_on + pd.DateOffset(months=months)] = name
        rows["length"] = length
        rows["work"] = rows.kas_class.isin(["A", "B"])
        self.put("kas_exits", rows, "kas_class", _count)
        self.put("kas_exits_by_length", rows, "length", _count)
        self.put("kas_work_or_studies_share", rows, "", lambda some: some.work.mean())

    def ongoing(self) -> None:
        """Figures of the enrolments that went on."""
        rows = self.cases[self.cases.ended_on.isna() | (self.cases.ended_on > self.last)].copy()
        rows["weeks"] = (self.last - rows.started_on).dt.days / 7
        self.put("ongoing", rows, "level age", _count)
        self.put("weeks_so_far_median", rows, "level age", lambda some: some.weeks.median())
        long = rows[rows.started_on + pd.DateOffset(months=10) <= self.last]
        self.put("ongoing_10_months", long, "level", _count)

    def referrals(self) -> None:
        """Figures of what was sent and answered."""
        every = self.frames["referral"]
        sent = every.submitted_on.between(self.first, self.last)
        answered = every.decided_on.between(self.first, self.last)
        rows = every[sent | answered].copy()
        people = self.frames["participant"]
        by_case = self.frames["enrolment"].set_index("id").participant_id
        enrolled = rows.enrolment_id.map(by_case).map(people.set_index("id").sex)
        known = rows.personnummer.map(
            people.dropna(subset="personnummer").set_index("personnummer").sex
        )
        by_number = rows.personnummer.str[10].isin(list("02468")).map({True: "women", False: "men"})
        by_number = by_number.mask(rows.personnummer.isna(), "unknown")
        rows["sex"] = enrolled.fillna(known).fillna(by_number)
        rows["level"] = rows.level.replace("", "unknown")
        outcome = pd.Series("pending", rows.index)
        outcome = outcome.mask(rows.withdrawn_on <= self.last, "withdrawn")
        rows["outcome"] = outcome.mask(rows.decided_on <= self.last, rows.status)
        rows["days"] = (rows.decided_on - rows.submitted_on).dt.days
        self.put("referrals", rows[sent[rows.index]], "level initiator outcome", _count)
        self.put(
            "referral_to_decision_days_median",
            rows[answered[rows.index]],
            "",
            lambda some: some.days.median(),
        )

    def interventions(self) -> None:
        """Figures of what was had, by kind and by offer."""
        every = self.frames["intervention"]
        rows = every[
            (every.outcome != "not_started")
            & (every.started_on <= self.last)
            & (every.ended_on.isna() | (every.ended_on >= self.first))
        ].merge(
            self.valid[["id", "participant_id"]].rename(columns={"id": "enrolment_id"}),
            on="enrolment_id",
        )
        ended = rows[rows.ended_on <= self.last].merge(self.persons(), on="participant_id")
        ended["weeks"] = (ended.ended_on - ended.started_on).dt.days / 7
        self.put("intervention_weeks_mean", ended, "kind age", lambda some: some.weeks.mean())
        had = rows.merge(self.latest[["participant_id", "sex"]], on="participant_id")
        had["audience"] = had.kind.isin(_GENERAL).map({True: "general", False: "individual"})
        self.put("interventions", had, "kind audience", _people)
        had = had.merge(
            self.frames["offer"].rename(
                columns={"id": "offer_id", "provider": "by", "audience": "meant_for"}
            ),
            on="offer_id",
            how="left",
        )
        none = pd.Series("none", had.index).mask(had.provider != "", "other")
        offered = had.offer_id.notna()
        number = had.offer_id.fillna(0).astype("int64").astype(str)
        own = none.mask(offered, "own")
        had["offer"] = none.mask(offered, "offer-" + number)
        had["provider"] = own.mask(had.by.fillna("") != "", "provider-" + had.by.fillna(""))
        had["audience"] = had.meant_for.fillna(had.audience)
        until = had.ended_on.fillna(had.planned_end_on.clip(lower=self.last).fillna(self.last))
        short = until <= had.started_on + pd.DateOffset(months=3)
        by = "offer provider audience"
        self.put("offer_participants", had, by, _people)
        self.put("offer_interventions", had, by, _count)
        self.put("offer_interventions_short", had[short], by, _count)
        self.put("offer_interventions_long", had[~short], by, _count)

    def progress(self) -> None:
        """Figures of the steps from the first assessment to the latest."""
        assessment, steps = self.frames["assessment"], self.frames["domainsteps"]
        rows = self.latest[["id", "level", "sex"]].merge(
            assessment.rename(columns={"id": "assessment_id"}),
            left_on="id",
            right_on="enrolment_id",
        )
        rows = rows[rows.assessed_on <= self.last].merge(
            steps.dropna(subset="consultant_step"), on="assessment_id"
        )
        days = rows.groupby("id").assessed_on
        first, latest = days.transform("min"), days.transform("max")
        twice = first < latest
        earlier = rows[twice & (rows.assessed_on == first)]
        later = rows[twice & (rows.assessed_on == latest)]
        both = later.merge(earlier, on=["id", "domain"], suffixes=("", "_before"))
        change = (both.consultant_step - both.consultant_step_before).groupby(both.id)
        found = later[["id", "level", "sex"]].drop_duplicates("id").copy()
        total = found.id.map(change.sum()).fillna(0)
        found["clear"] = found.id.map(change.max()).fillna(0) >= 2
        found["improved"] = total > 0
        found["direction"] = total.apply(
            lambda moved: "improved" if moved > 0 else "worsened" if moved < 0 else "unchanged"
        )
        self.put("counted", found, "direction", _count)
        self.put_shares("progress_share", "counted", "direction")
        self.put("progress_share", found, "level", lambda some: some.improved.mean())
        self.put("clear_progress_share", found, "level", lambda some: some.clear.mean())
        self.values = {key: value for key, value in self.values.items() if key[0] != "counted"}


def figures(frames: dict[str, Frame], period: Period) -> Values:
    """Every figure of the period."""
    return Figures(frames, period).all()


def _count(some: Any) -> Any:
    return some.size() if hasattr(some, "ngroups") else len(some)


def _people(some: Any) -> Any:
    return some.participant_id.nunique()
