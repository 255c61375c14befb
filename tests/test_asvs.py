"""The table of OWASP ASVS 5.0.0 names every requirement once, and nothing that is not there."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from participants.models import SurveyMiss
from participants.models.emergencies import EmergencyMiss
from participants.views.listing import PAGE
from referrals.api.door import LARGEST
from referrals.models import SystemCall
from sundbyberg_am.models import SignInMiss
from sundbyberg_am.passwords import WORDS
from sundbyberg_am.views import LOG_PAGE

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "sakerhet"
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
MET, NOT_APPLICABLE, OPEN = "uppfyllt", "gäller inte", "öppet"

# Every section with the levels of its requirements in order; those of level 3 are not among them.
LEVELS = """
1.1 22  1.2 111112222  1.3 11222222222  1.4 222  1.5 12
2.1 122  2.2 112  2.3 1222  2.4 2
3.2 11  3.3 1222  3.4 112222  3.5 11122  3.7 22
4.1 122  4.2 2  4.3 22  4.4 1222
5.1 2  5.2 112  5.3 11  5.4 222
6.1 122  6.2 111111112222  6.3 1122  6.4 1122  6.5 22222  6.6 222  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 22  7.6 22
8.1 12  8.2 112  8.3 1  8.4 2
9.1 111  9.2 1222
10.1 22  10.2 22  10.3 2222  10.4 11111222222  10.5 22222  10.6 22  10.7 222
11.1 22  11.2 222  11.3 112  11.4 1222  11.5 2  11.6 2
12.1 122  12.2 11  12.3 2222
13.1 2  13.2 22222  13.3 22  13.4 12222
14.1 22  14.2 1222  14.3 122
15.1 122  15.2 122  15.3 1222222
16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 222
17.1 2  17.2 2222  17.3 22
"""


@cache
def page(name: str) -> str:
    return (FOLDER / name).read_text()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows() -> list[list[str]]:
    """The rows of the table: number, level, about, status, by, shown by."""
    return [cells(line) for line in page("asvs.md").splitlines() if re.match(r"\| V\d", line)]


def named(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def test_every_requirement_stands_once_with_its_level():
    wanted = [
        (f"V{section}.{number}", level)
        for section, levels in re.findall(r"(\d+\.\d+) (\d+)", LEVELS)
        for number, level in enumerate(levels, start=1)
    ]
    assert len(wanted) == 253
    assert [(number, level) for number, level, *_ in rows()] == wanted


def test_every_row_has_a_status_and_says_why():
    for number, _, about, status, by, shown in rows():
        assert status in (MET, NOT_APPLICABLE, OPEN), number
        assert all((about, by, shown)), number


def test_the_sums_are_right_and_those_that_are_open_are_named():
    counted = re.findall(r"^\| (?:Nivå )?(1|2|Båda) \| (.+) \|$", page("asvs.md"), re.MULTILINE)
    for level, sums in counted:
        found = [status for _, its, _, status, *_ in rows() if level in (its, "Båda")]
        right = [found.count(status) for status in (MET, NOT_APPLICABLE, OPEN)]
        assert [int(one) for one in cells(sums)] == [*right, len(found)]
    assert [level for level, _ in counted] == ["1", "2", "Båda"]
    for level in "12":
        (told,) = re.findall(
            rf"^\*\*Öppna på nivå {level}:\*\* (.+)\.$", page("asvs.md"), re.MULTILINE
        )
        wanted = [number for number, its, _, status, *_ in rows() if (its, status) == (level, OPEN)]
        assert told.split(", ") == wanted


def is_there(name: str) -> bool:
    """Whether a file, a test in a file or a setting exists; any other name is only a word."""
    path, _, test = name.partition("::")
    if re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name):
        return hasattr(settings, name)
    if path.partition("/")[0] in FOLDERS or path.endswith((".yml", ".lock", ".example")):
        file = ROOT / path
        return file.exists() and (not test or f"\ndef {test}(" in file.read_text())
    return True


def test_every_test_and_file_and_setting_that_is_named_exists():
    missing = [
        (number, name)
        for number, *_, by, shown in rows()
        for name in named(f"{by} {shown}")
        if not is_there(name)
    ]
    assert missing == []
    for name in ("tests/none.py", "tests/test_asvs.py::test_none", "NO_SETTING", "no.lock"):
        assert not is_there(name)


def test_limits_stand_as_they_are():
    table = re.findall(r"^\|.+\|.+\|.+\|.+\|$", page("granser.md"), re.MULTILINE)
    told = {name: limit for _, limit, name, _ in map(cells, table)}
    for counted in (SignInMiss, SurveyMiss, EmergencyMiss, SystemCall):
        allowed, within, unit = re.findall(
            r"^([\d ]+) på (\d+) (minut|timm)", told[f"`{counted.__name__}`"]
        )[0]
        assert int(allowed) == counted.ALLOWED
        assert timedelta(minutes=int(within) * (60 if unit == "timm" else 1)) == counted.WITHIN
    numbers = {
        "`SESSION_IDLE_SECONDS`": settings.SESSION_IDLE_SECONDS // 60,
        "`SESSION_COOKIE_AGE`": settings.SESSION_COOKIE_AGE // 3600,
        "`DRAFT_DAYS`": settings.DRAFT_DAYS,
        "`DATA_UPLOAD_MAX_MEMORY_SIZE`": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "`referrals/api/door.py`": LARGEST,
        "`PAGE`, `LOG_PAGE`": PAGE,
    }
    for name, number in numbers.items():
        assert told[name].startswith(f"{number:,} ".replace(",", " ")), name
    assert f"{LOG_PAGE} i åtkomstloggen" in told["`PAGE`, `LOG_PAGE`"]


def test_words_that_no_password_may_have_are_written():
    written = re.sub(r"\s+", " ", page("granser.md")).partition("ord som hör till arbetsplatsen: ")[
        2
    ]
    assert written.partition(".")[0].split(", ") == list(WORDS)


def test_what_is_not_from_the_lock_is_written():
    """Each folder of somebody else's files, and each image that a server runs, by name and version."""
    written = page("beroenden.md").casefold()
    for folder in (ROOT / "static" / "vendor").iterdir():
        name, version = folder.name.rsplit("-", 1)
        assert f"{name.replace('-', ' ')} {version}" in written
    for file in ("Dockerfile", "docker-compose.yml"):
        images = re.findall(
            r"^(?:FROM|\s+image:) (\S+:\S+)$", (ROOT / file).read_text(), re.MULTILINE
        )
        assert images
        assert all(f"`{image}`" in written for image in images)
