"""Personnummer and samordningsnummer, with the package `personnummer` as second opinion."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from personnummer import personnummer as oracle

from sundbyberg_am.personnummer import InvalidPersonnummer, Personnummer, with_check_digit
from tests.builders import a_personnummer

TODAY = date(2026, 11, 23)


def parse(text: str) -> Personnummer:
    return Personnummer.parse(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "19850314-9802",
        "198503149802",
        "850314-9802",
        "8503149802",
        " 19850314 9802 ",
        "19850314–9802",
        "19850314\u00a0-\u00a09802",
    ],
)
def test_parse_way_of_writing(text):
    number = parse(text)
    assert number.digits == "198503149802"
    assert number.full == "19850314-9802"
    assert number.masked == str(number) == "19850314-****"
    assert number.birth_date == date(1985, 3, 14)
    assert number.is_woman
    assert not number.is_coordination_number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "19850314-980",
        "19850314-98020",
        "１９８５０３１４９８０８",  # full-width digits
        "19850314-9809",  # wrong check digit
        "1985-03-14-9802",
        "19850314-9802\x00",
        "19850314-9802; DROP",
        "20850314-9802",
    ],
)
def test_parse_refuses(text):
    with pytest.raises(InvalidPersonnummer) as refusal:
        parse(text)
    assert str(refusal.value).endswith(".")
    assert "9802" not in str(refusal.value)


def test_parse_refuses_day_not_in_calendar():
    nine = "850231980"
    with pytest.raises(InvalidPersonnummer, match="kalendern"):
        parse("19" + with_check_digit(nine))


@pytest.mark.parametrize(("sign", "year"), [("-", 2016), ("", 2016), ("+", 1916)])
def test_parse_century_of_ten_digits(sign, year):
    ten = with_check_digit("160314980")
    assert parse(f"{ten[:6]}{sign}{ten[6:]}").birth_date == date(year, 3, 14)


def test_parse_ten_digits_of_this_year_and_next():
    ten = with_check_digit("260101980")
    assert parse(ten).birth_date == date(2026, 1, 1)
    ten = with_check_digit("270101980")
    assert parse(ten).birth_date == date(1927, 1, 1)


@pytest.mark.parametrize(
    ("six", "born"), [("261123", date(2026, 11, 23)), ("261124", date(1926, 11, 24))]
)
def test_parse_ten_digits_on_the_day_and_the_day_after(six, born):
    assert parse(with_check_digit(six + "980")).birth_date == born


def test_parse_leap_day():
    assert parse("20" + with_check_digit("000229980")).birth_date == date(2000, 2, 29)


def test_parse_coordination_number_keeps_real_birth_date():
    number = parse("19" + with_check_digit("850374981"))
    assert number.is_coordination_number
    assert number.birth_date == date(1985, 3, 14)
    assert not number.is_woman


@pytest.mark.parametrize("six", ["850360", "850060", "850074"])
def test_parse_coordination_number_without_known_birth_date(six):
    number = parse("19" + with_check_digit(six + "980"))
    assert number.is_coordination_number
    assert number.birth_date is None


@pytest.mark.parametrize("six", ["850292", "851374", "850291"])
def test_parse_refuses_coordination_number_with_impossible_day(six):
    with pytest.raises(InvalidPersonnummer):
        parse("19" + with_check_digit(six + "980"))


@given(
    born=st.dates(min_value=date(1927, 1, 1), max_value=TODAY),
    woman=st.booleans(),
    serial=st.integers(0, 9),
    coordination=st.booleans(),
)
@example(born=date(2000, 2, 29), woman=True, serial=0, coordination=True)
def test_parse_agrees_with_the_oracle(born, woman, serial, coordination):
    digits = a_personnummer(born, woman=woman, serial=serial)
    if coordination:
        nine = f"{digits[2:6]}{born.day + 60}{digits[8:11]}"
        digits = digits[:2] + with_check_digit(nine)
    number = parse(digits)
    told = oracle.parse(digits)
    assert number.birth_date == born == told.get_date()
    assert number.is_woman == told.is_female() == woman
    assert number.is_coordination_number == told.is_coordination_number() == coordination


@given(st.text(max_size=20))
def test_parse_any_text_is_a_number_or_a_sentence(text):
    try:
        number = parse(text)
    except InvalidPersonnummer as refusal:
        assert str(refusal)
    else:
        assert len(number.digits) == 12
        assert number.digits.isascii()
        assert number.digits.isdigit()


@given(st.integers(0, 9999), st.integers(0, 20000))
def test_parse_accepts_the_check_digits_that_the_oracle_accepts(last, days):
    born = date(1960, 1, 1) + timedelta(days=days)
    text = f"{born:%Y%m%d}{last:04}"
    try:
        parse(text)
        accepted = True
    except InvalidPersonnummer:
        accepted = False
    assert accepted == oracle.valid(text)
