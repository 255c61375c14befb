"""What users read is plain Swedish: no word of docs/words.md that is not to be used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIST = (ROOT / "docs" / "words.md").read_text()
PACKAGES = ("sundbyberg_am", "participants", "referrals", "secrecy", "reporting")
READ_WHOLE = ("*.html", "*.js", "*.typ", "*_mapping.json")


def rows(columns: int) -> list[list[str]]:
    """The rows of the tables that have so many columns, without their heads."""
    tables = re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", LIST, re.MULTILINE)
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for table in tables
        for line in table.splitlines()
    ]
    return [row for row in cells if len(row) == columns]


def whole_word(word: str) -> str:
    ending = r"\w*" if word.endswith("*") else ""
    return rf"(?<!\w){re.escape(word.rstrip('*'))}{ending}(?!\w)"


UNWANTED = re.compile("|".join(whole_word(word) for word, _, _ in rows(3)), re.IGNORECASE)
OTHERS = re.compile("|".join(whole_word(phrase) for phrase, _ in rows(2)), re.IGNORECASE)


def unwanted(text: str) -> list[str]:
    return UNWANTED.findall(OTHERS.sub("", text))


def strings(source: str) -> Iterator[str]:
    """The strings of a program, but not its docstrings, which are for us."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for constant in constants:
        if isinstance(constant.value, str) and id(constant) not in docstrings:
            yield constant.value


def texts() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                for text in strings(path.read_text()):
                    yield path, text
    for folder in ("templates", "static/js", *PACKAGES):
        for pattern in READ_WHOLE:
            for path in (ROOT / folder).rglob(pattern):
                yield path, path.read_text()


def test_no_text_has_a_word_that_we_do_not_use():
    found = {
        (str(path.relative_to(ROOT)), word) for path, text in texts() for word in unwanted(text)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Plan saknas samt nivå.", ["samt"]),
        ("Inkomst samtidigt", []),
        ("Ej validerad, ej klar", ["ej"]),
        ("Brukarens plan, och/eller t.ex. Ringa", ["Brukarens", "och/eller", "t.ex."]),
    ],
)
def test_a_word_is_found_whole_and_others_words_are_let_be(text, words):
    assert unwanted(text) == words


def test_strings_of_code_are_read_but_not_what_is_for_us():
    source = (
        '"""Not samt."""\nLABEL = "ja"\ndef f():\n    """Nor ej."""\n    return f"{LABEL} och"\n'
    )
    assert sorted(strings(source)) == [" och", "ja"]


def test_every_word_has_what_to_write_and_why():
    assert len(rows(3)) > 50
    assert all(all(row) for row in rows(3) + rows(2))
