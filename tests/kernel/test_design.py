"""The design: contrast worked out from the colours, and a living page with every component."""

import re

import pytest
from django.conf import settings

from sundbyberg_am.access import Role
from tests.builders import a_user

TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
COLOURS = {
    name: both
    for name, *both in re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}
PAPERS = ("paper", "surface", "tint")
TEXT = [  # 4.5:1
    *((ink, paper) for ink in ("ink", "muted", "accent", "accent-deep") for paper in PAPERS),
    *((tone, paper) for tone in ("success", "warning", "danger") for paper in PAPERS),
    *((tone, f"{tone}-soft") for tone in ("success", "warning", "danger", "accent")),
    *(("ink", f"{tone}-soft") for tone in ("success", "warning", "danger", "accent")),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
]
EDGES = [(edge, paper) for edge in ("edge", "accent", "danger") for paper in PAPERS]  # 3:1


def luminance(colour: str) -> float:
    """By WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_what_is_known():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3)], ids=["text", "edges"])
def test_colours_stand_out_from_what_they_stand_on(mode, pairs, least):
    weak = {
        (one, other): round(found, 2)
        for one, other in pairs
        if (found := contrast(COLOURS[one][mode], COLOURS[other][mode])) < least
    }
    assert weak == {}


@pytest.mark.django_db
def test_the_living_page_shows_every_component(as_user):
    answer = as_user(a_user(Role.CONTROLLER)).get("/komponenter/")
    components = {
        f"_components/{path.name}"
        for path in (settings.BASE_DIR / "templates" / "_components").glob("*.html")
    }
    assert components <= {template.name for template in answer.templates}


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "searches"), [(Role.CONSULTANT, True), (Role.CONTROLLER, False)])
def test_shortcuts_are_a_page_and_a_dialogue_and_say_what_the_role_has(as_user, role, searches):
    client = as_user(a_user(role))
    page = client.get("/kortkommandon/").content.decode()
    part = client.get("/kortkommandon/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in part
    assert ("Sök deltagare" in page.partition("<main")[2]) == searches
    assert ("Sök deltagare" in part) == searches
