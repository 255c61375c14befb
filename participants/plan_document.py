"""The plan as a PDF for the participant to take home: plain Swedish, tagged so that it can be read aloud.

Pure: what to say comes in, the bytes of a file go out.
"""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sundbyberg_am.documents import compile_pdf

SOURCE = Path(__file__).with_suffix(".typ")

# Longer than any word: an address or something pasted, which may be broken anywhere.
_UNBROKEN = re.compile(r"\S{40,}")
_PIECE = 20
_ANYWHERE = "\u200b"


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
    return compile_pdf(SOURCE, _breakable(asdict(plan)))


def _breakable(value: Any) -> Any:
    """The same, with places to break in what would otherwise run out of the page."""
    if isinstance(value, str):
        return _UNBROKEN.sub(_in_pieces, value)
    if isinstance(value, dict):
        return {key: _breakable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_breakable(one) for one in value]
    return value


def _in_pieces(match: re.Match[str]) -> str:
    text = match[0]
    return _ANYWHERE.join(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
