"""Which population each figure counts, and what of it. The count and the rows behind it both follow this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import statements, supply
from .statements import Population

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What a figure counts.

    `value` is the column to take a share, a median or a mean of; rows where it is null are left out. `only`
    is a column that must be true. `instead` names the column of a dimension that is called something else.
    """

    population: Population
    value: str | None = None
    only: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)

    def rows_of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those of the population's rows that the figure counts."""
        for row in rows:
            if self.only and not row[self.only]:
                continue
            if self.value and row[self.value] is None:
                continue
            yield {**row, **{key: row[column] for key, column in self.instead.items()}}


SOURCES = {
    "participants": Source(statements.PARTICIPANTS),
    "enrolments_started": Source(statements.STARTED),
    "exits": Source(statements.EXITS),
    "exit_share": Source(statements.EXITS),
    "work_or_studies_share": Source(statements.EXITS, "work_or_studies"),
    "weeks_enrolled_median": Source(statements.EXITS, "days"),
    "weeks_enrolled_mean": Source(statements.EXITS, "days"),
    "ongoing": Source(statements.ONGOING),
    "weeks_so_far_median": Source(statements.ONGOING, "days"),
    "ongoing_10_months": Source(statements.ONGOING, only="ten_months"),
    "referrals": Source(statements.REFERRALS),
    "referral_to_decision_days_median": Source(statements.DECIDED, "days"),
    "referral_to_start_days_median": Source(statements.STARTED, "days_from_referral"),
    "interventions": Source(statements.WITH_INTERVENTION),
    "intervention_weeks_mean": Source(statements.ENDED_INTERVENTIONS, "days"),
    "plan_within_30_days_share": Source(
        statements.STARTED, "in_time", instead={"level": "level_in_force"}
    ),
    "re_entry_share": Source(statements.STARTED, "re_entry"),
    "kas_exits": Source(statements.KAS_EXITS),
    "kas_exits_by_length": Source(statements.KAS_EXITS),
    "kas_work_or_studies_share": Source(statements.KAS_EXITS, "work_or_studies"),
    "progress_share": Source(statements.PROGRESS, "improved"),
    "clear_progress_share": Source(statements.PROGRESS, "clear"),
    "needs": Source(supply.NEEDS),
    "needs_unmet": Source(supply.NEEDS, only="unmet", instead={"need": "unmet"}),
    "satisfaction_mean": Source(supply.SURVEY, "marks"),
    "satisfaction_answers": Source(supply.SURVEY),
    "offer_participants": Source(supply.ARRANGED_FOR),
    "offer_interventions": Source(supply.ARRANGED),
    "offer_interventions_short": Source(supply.ARRANGED, only="is_short"),
    "offer_interventions_long": Source(supply.ARRANGED, only="is_long"),
    "data_complete_share": Source(statements.PARTICIPANTS, "complete"),
}
