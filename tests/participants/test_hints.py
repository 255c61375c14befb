"""What is noticed in a text: personnummer and listed words, at their boundaries."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants.hints import hints_in_text
from participants.models import ListedWord
from sundbyberg_am.personnummer import with_check_digit

TODAY = date(2026, 11, 25)
NINE = "850314980"
TEN = with_check_digit(NINE)
WRONG = TEN[:-1] + str((int(TEN[-1]) + 1) % 10)
DATED, LAST = f"19{TEN[:6]}", TEN[6:]


def words_found(text: str, *listed: str) -> list[str]:
    """The listed words that the text is told of, in the order of the list."""
    words = [ListedWord(text=one, reason="Skriv något annat.") for one in listed]
    hints = hints_in_text(text, words, today=TODAY)
    return [hint.about.removeprefix("word ") for hint in hints if hint.about.startswith("word ")]


def numbers_found(text: str) -> int:
    hints = hints_in_text(text, [], today=TODAY)
    assert all(LAST not in hint.sentence for hint in hints)
    return len(hints)


# Words


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("adhd", "adhd"),
        ("adhd", "Har ADHD."),
        ("adhd", "(adhd)"),
        ("adhd", "en adhd-utredning"),
        ("adhd", "*adhd* och _adhd_"),
        ("adhd", "före\nadhd\nefter"),
        ("ångest", "Ångest i går"),
        ("ÅNGEST", "mycket ångest"),
        ("ångest", "mycket a\u030angest"),  # the ring stored after its letter
        ("a\u030angest", "mycket ångest"),
        ("depress*", "depression"),
        ("depress*", "DEPRESSIONEN"),
        ("depress*", "depress"),
        ("depress*", "de\u00adpres\u00adsion"),  # soft hyphens
        ("depress*", "depres\u200bsion"),
        ("multipel skleros", "multipel  \n skleros"),
        ("multipel skleros", "Multipel\u00a0skleros"),
        ("psykisk* sjukdom*", "psykiska sjukdomar"),
        ("ms-sjuk*", "ms-sjuka"),
        ("café", "cafe\u0301"),
    ],
)
def test_a_listed_word_is_found(listed, text):
    assert len(words_found(text, listed)) == 1


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("hiv", "arkiv"),
        ("hiv", "arkhiv"),
        ("hiv", "hiven"),
        ("add", "addera"),
        ("add", "2add"),
        ("add", "add2"),
        ("depression", "depressionen"),
        ("press*", "depression"),
        ("cafe", "café"),
        ("cafe", "cafe\u0301"),
        ("hiv", "hiv\u0323"),  # a mark without a letter of its own goes on the word
        ("hiv", "ö\u0323hiv"),
        ("multipel skleros", "multipel och skleros"),
        ("multipel skleros", "multipelskleros"),
        ("psykisk sjukdom", "psykisk-sjukdom"),
        ("adhd", ""),
    ],
)
def test_a_word_inside_another_word_is_not_found(listed, text):
    assert words_found(text, listed) == []


def test_a_word_is_told_once_as_it_was_written_and_why():
    words = [ListedWord(text="depress*", reason="Skriv vad personen klarar.")]
    hints = hints_in_text("En Depression. Depressiv. depression", words, today=TODAY)
    assert [hint.sentence for hint in hints] == ["”Depression”: Skriv vad personen klarar."]


def test_what_has_a_meaning_in_patterns_is_only_text():
    assert words_found("aXb", "a.b") == []
    assert words_found("a.b", "a.b") == ["a.b"]


# Personnummer


@pytest.mark.parametrize(
    "text",
    [
        TEN,
        f"{TEN[:6]}-{LAST}",
        f"{DATED}-{LAST}",
        f"{DATED}{LAST}",
        f"{DATED} {LAST}",
        f"1985-03-14-{LAST}",
        f"1985 03 14 - {LAST}",
        f"{DATED}\u2013{LAST}",
        f"pnr:{DATED}-{LAST}.",
        f"x{TEN}y",
        f"({TEN})",
        # a samordningsnummer
        with_check_digit("850374980"),
    ],
)
def test_a_personnummer_is_found_however_it_is_written(text):
    assert numbers_found(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        f"{DATED}-{WRONG[6:]}",
        f"1{TEN}",
        f"{TEN}1",
        f"{TEN[:6]}--{LAST}",
        f"{TEN[:6]}\n{LAST}",
        with_check_digit("851314980"),  # no such month
        "2026-11-23 kl. 14.05",
        "070-174 06 05",
        "",
    ],
)
def test_other_numbers_are_not_found(text):
    assert numbers_found(text) == 0


def test_the_same_number_written_twice_is_told_once_and_masked():
    hints = hints_in_text(f"{TEN} och {DATED}-{LAST}", [], today=TODAY)
    assert len(hints) == 1
    assert "19850314-****" in hints[0].sentence


def test_a_plus_is_a_hundred_years_more():
    hints = hints_in_text(f"{TEN[:6]}+{LAST}", [], today=TODAY)
    assert "18850314-****" in hints[0].sentence


@given(st.text(max_size=300))
def test_no_text_stops_the_look(text):
    words = [ListedWord(text="depress*", reason="x"), ListedWord(text="å b", reason="x")]
    hints = hints_in_text(text, words, today=TODAY)
    assert len({hint.about for hint in hints}) == len(hints)


@given(
    before=st.sampled_from([" ", ".", "\n", "(", "–"]), after=st.sampled_from([" ", ",", "!", ""])
)
def test_a_word_between_marks_is_always_found(before, after):
    assert words_found(f"text{before}adhd{after}", "adhd") == ["adhd"]
