"""The plan as a PDF for the participant to take home: plain Swedish, tagged so that it can be read aloud.

Pure: what to say comes in, the bytes of a file go out.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.conf import settings

if TYPE_CHECKING:
    import typst

SOURCE = Path(__file__).with_suffix(".typ")
FONTS = ("source-sans-3-static-0.4.1", "noto-fonts-2026.9")

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
    """The PDF, by the standard PDF/UA-1.

    A character that none of the fonts has is shown as a box and kept in the text; since the standard
    allows no such box, the file is then tagged all the same but does not claim the standard.
    """
    import typst  # only where a PDF is made: most processes never do

    try:
        return _compile(plan, "ua-1")
    except typst.TypstError:
        return _compile(plan, None)


def _compile(plan: PlanDocument, standard: Literal["ua-1"] | None) -> bytes:
    import typst

    return typst.compile(
        SOURCE,
        root=SOURCE.parent,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"plan": json.dumps(_breakable(asdict(plan)))},
        pdf_standards=standard,
    )


@cache
def _fonts() -> "typst.Fonts":
    """Read once: only those that are shipped, so that a plan looks the same on every machine."""
    import typst

    vendor = settings.BASE_DIR / "static" / "vendor"
    return typst.Fonts(
        font_paths=[vendor / folder for folder in FONTS],
        include_system_fonts=False,
    )


def _breakable(value: object) -> object:
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
