"""A document for somebody to take home, as a PDF that can be read aloud: data in, the bytes of a file out."""

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

if TYPE_CHECKING:
    import typst

FONTS = ("source-sans-3-static-0.4.1", "noto-fonts-2026.9")

# Longer than any word: an address or something pasted, which may be broken anywhere.
_UNBROKEN = re.compile(r"\S{40,}")
_PIECE = 20
_ANYWHERE = "\u200b"


def to_pdf(source: Path, name: str, data: dict[str, Any]) -> bytes:
    """The PDF of a typst document that reads its data as `sys.inputs.<name>`, by the standard PDF/UA-1.

    A character that none of the fonts has is shown as a box and kept in the text; since the standard
    allows no such box, the file is then tagged all the same but does not claim the standard.
    """
    import typst  # only where a PDF is made: most processes never do

    inputs = {name: json.dumps(_breakable(data))}
    try:
        return _compile(source, inputs, "ua-1")
    except typst.TypstError:
        return _compile(source, inputs, None)


def _compile(source: Path, inputs: dict[str, str], standard: Literal["ua-1"] | None) -> bytes:
    import typst

    return typst.compile(
        source,
        root=source.parent,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=standard,
    )


@cache
def _fonts() -> "typst.Fonts":
    """Read once: only those that are shipped, so that a document looks the same on every machine."""
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
