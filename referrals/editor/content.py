"""The content of a mapping form as a tree of parts: finding one, and what is wrong with them. Pure.

A part is a section, a question or an option. Its place is its numbers from the top, counted from one: the
third option of the first question in section two is (2, 1, 3), and the form itself is ().
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from participants.models import Level, Need
from referrals.mapping import Content

Part = dict[str, Any]
Place = tuple[int, ...]

SECTION, QUESTION, OPTION = 1, 2, 3  # how deep each part stands
PARTS_OF = ("sections", "questions", "options")  # what a part that deep holds

KINDS = {
    "choice": "Ett av flera svar",
    "several": "Ett eller flera svar",
    "scale": "Skala",
    "yes_no": "Ja eller nej",
    "text": "Fritt svar",
}
CHOSEN_FROM = ("choice", "several", "scale")  # the kinds whose answers the office writes
LEAST_OPTIONS = 2
YES_NO = ("yes", "no")
CODE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Fault:
    """What keeps a form from being used: where, by the name of a field of the part if it is in one."""

    place: Place
    sentence: str
    field: str = ""


def siblings(content: Content, place: Place) -> list[Part]:
    """The list that the part stands in, to read or to change. Raises LookupError for no such place."""
    part: Part = content
    held: list[Part] = []
    for deep, number in enumerate(place):
        held = part.setdefault(PARTS_OF[deep], [])
        if not 1 <= number <= len(held):
            raise LookupError(place)
        part = held[number - 1]
    return held


def part_at(content: Content, place: Place) -> Part:
    """The part at the place. Raises LookupError when there is none."""
    return siblings(content, place)[place[-1] - 1] if place else content


def mark_of(part: Part) -> int:
    """A number that is another when the part's own words are; what it holds does not count."""
    own = {key: value for key, value in part.items() if key not in PARTS_OF}
    return crc32(json.dumps(own, sort_keys=True).encode())


def codes_of(content: Content, question_key: str | None = None) -> set[str]:
    """The keys of the questions; with a key, the values of that question's options."""
    asked = [question for section in content["sections"] for question in section["questions"]]
    if question_key is None:
        return {question["key"] for question in asked}
    return {
        option["value"]
        for question in asked
        if question["key"] == question_key
        for option in question.get("options", [])
    }


def faults(content: Content) -> list[Fault]:
    """Everything that has to be put right before the form can be used, from the top down."""
    return list(_faults(content))


def _faults(content: Content) -> Iterator[Fault]:
    sections = content.get("sections", [])
    if not sections:
        yield Fault((), "Formuläret har inga avsnitt. Lägg till ett.")
        return
    asked = [question for section in sections for question in section.get("questions", [])]
    keys = Counter(question.get("key") for question in asked)
    texts = Counter(_plain(question.get("text")) for question in asked)
    for number, section in enumerate(sections, start=1):
        yield from _section_faults(section, (number,))
        for second, question in enumerate(section.get("questions", []), start=1):
            place = (number, second)
            if keys[question.get("key")] > 1:
                yield Fault(place, "En annan fråga har samma nyckel. Ta bort den ena.")
            if texts[_plain(question.get("text"))] > 1:
                yield Fault(place, "En annan fråga har samma text. Skriv om den ena.", "text")
            yield from _question_faults(question, place)
    options = [option for question in asked for option in question.get("options", [])]
    if asked and not any(option.get("level") for option in options):
        yield Fault(
            (),
            "Inget svar talar för någon nivå, så formuläret kan inte föreslå en. Välj för några.",
        )


def _section_faults(section: Part, place: Place) -> Iterator[Fault]:
    if not _plain(section.get("title")):
        yield Fault(place, "Skriv en rubrik.", "title")
    if not section.get("questions"):
        yield Fault(place, "Avsnittet har inga frågor. Lägg till en, eller ta bort avsnittet.")


def _question_faults(question: Part, place: Place) -> Iterator[Fault]:
    kind, options = question.get("kind"), question.get("options", [])
    if not CODE.fullmatch(str(question.get("key", ""))):
        yield Fault(place, "Frågans nyckel kan inte användas. Lägg till frågan på nytt.")
    if not _plain(question.get("text")):
        yield Fault(place, "Skriv frågan.", "text")
    if kind not in KINDS:
        yield Fault(place, "Välj hur frågan besvaras.", "kind")
    elif kind == "text" and options:
        yield Fault(place, "En fråga med fritt svar har inga svar att välja. Ta bort dem.", "kind")
    elif kind == "yes_no" and tuple(option.get("value") for option in options) != YES_NO:
        yield Fault(place, "En fråga med ja eller nej har de två svaren och inga andra.", "kind")
    elif kind in CHOSEN_FROM and len(options) < LEAST_OPTIONS:
        yield Fault(place, "Frågan behöver minst två svar att välja mellan. Lägg till fler.")
    values = Counter(option.get("value") for option in options)
    labels = Counter(_plain(option.get("label")) for option in options)
    for number, option in enumerate(options, start=1):
        here = (*place, number)
        if values[option.get("value")] > 1 or not CODE.fullmatch(str(option.get("value", ""))):
            yield Fault(here, "Svarets nyckel kan inte användas. Lägg till svaret på nytt.")
        if not _plain(option.get("label")):
            yield Fault(here, "Skriv svaret.", "label")
        elif labels[_plain(option["label"])] > 1:
            yield Fault(here, "Ett annat svar på frågan har samma text. Skriv om det ena.", "label")
        if option.get("level", "") not in ("", *Level.values):
            yield Fault(here, "Välj en av nivåerna, eller ingen.", "level")
        if not set(option.get("needs", [])) <= set(Need.values):
            yield Fault(here, "Välj bland behoven i listan.", "needs")


def _plain(text: object) -> str:
    """A text as it is read: without the spaces and capitals that make no difference."""
    return " ".join(str(text or "").split()).casefold()
