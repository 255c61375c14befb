"""Files for people: PDF from a template of typst, and texts that an office program opens."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

if TYPE_CHECKING:
    import typst

# What XML 1.0 cannot hold, and halves of characters that no text should have.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Longer than any word: an address or something pasted, which may be broken anywhere.
_UNBROKEN = re.compile(r"\S{40,}")
_PIECE = 20
_BEFORE_EXCEL = date(1899, 12, 30).toordinal()
_ANYWHERE = "\u200b"
FONTS = ("source-sans-3-static-0.4.1", "noto-fonts-2026.9")


def in_xml(value: Any) -> Any:
    """The text, or every text in what is as JSON is, without what no file of Word or Excel can hold."""
    if isinstance(value, str):
        return _FORBIDDEN.sub("", value)
    if isinstance(value, dict):
        return {key: in_xml(one) for key, one in value.items()}
    if isinstance(value, list):
        return [in_xml(one) for one in value]
    return value


def excel_day(day: date) -> int:
    """The day as Excel keeps it: a number, which a format shows as a date."""
    return day.toordinal() - _BEFORE_EXCEL


def compile_pdf(source: Path, said: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """The document by the standard PDF/UA-1; what it says is in `sys.inputs.said`, as JSON.

    `at` is when it says it was made. A character that none of the fonts has is shown as a box and kept in the
    text; since the standard allows no such box, the file is then tagged all the same but does not claim the
    standard.
    """
    import typst  # only where a PDF is made: most processes never do

    def compiled(standard: Literal["ua-1"] | None) -> bytes:
        made: bytes = typst.compile(
            source,
            root=source.parent,
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
            pdf_standards=standard,
            timestamp=None if at is None else int(at.timestamp()),
        )
        return made

    try:
        return compiled("ua-1")
    except typst.TypstError:
        return compiled(None)


@cache
def _fonts() -> "typst.Fonts":
    """Read once: only those that are shipped, so that a document looks the same on every machine."""
    import typst

    vendor = settings.BASE_DIR / "static" / "vendor"
    return typst.Fonts(font_paths=[vendor / folder for folder in FONTS], include_system_fonts=False)


def breakable(value: Any) -> Any:
    """The same, with places to break in what would otherwise run out of the page."""
    if isinstance(value, str):
        return _UNBROKEN.sub(_in_pieces, value)
    if isinstance(value, dict):
        return {key: breakable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [breakable(one) for one in value]
    return value


def _in_pieces(match: re.Match[str]) -> str:
    text = match[0]
    return _ANYWHERE.join(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
