"""The plan as a PDF for the participant to take home: plain Swedish, tagged so that it can be read aloud.

Pure: what to say comes in, the bytes of a file go out.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from sundbyberg_am.documents import breakable, compile_pdf

SOURCE = Path(__file__).with_suffix(".typ")


@dataclass(frozen=True)
class StepToTake:
    """A line under a goal: what, who, when and how far."""

    text: str
    who: str
    due: str
    state: str


@dataclass(frozen=True)
class GoalToReach:
    """A goal with its steps."""

    heading: str
    steps: list[StepToTake]


@dataclass(frozen=True)
class PlanDocument:
    """What the document says, in whole sentences where it says anything."""

    title: str
    name: str
    case_number: str
    unit: str
    opening: list[str]
    goals: list[GoalToReach]
    follow_up: str
    contact: list[str]


def render(plan: PlanDocument) -> bytes:
    """The PDF."""
    return compile_pdf(SOURCE, breakable(asdict(plan)))
