"""What is worth a second look before it is saved: in a long text, and about an offer. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from sundbyberg_am.personnummer import InvalidPersonnummer, Personnummer
from sundbyberg_am.second_look import Hint
from sundbyberg_am.templatetags.swedish import plural

from .models import ListedWord, Offer

# A letter can be followed by marks that no letter of its own exists for; they belong to the word.
_IN_WORD = r"(?:[^\W_]|[\u0300-\u036f])"
# Invisible: a soft hyphen, and spaces and joiners without width.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_DASH = r"[-+\u2010-\u2015\u2212]"
_NUMBER = re.compile(
    rf"(?<![0-9])(?:[0-9]{{2}})?[0-9]{{2}}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}[ \u00a0]?{_DASH}?[ \u00a0]?"
    r"[0-9]{4}(?![0-9])"
)


def hints_in_text(text: str, words: Iterable[ListedWord], *, today: date) -> list[Hint]:
    """The personnummer and listed words in a text, each once, and why they do not belong there.

    A word is found whole, in capital or small letters, however its accents are stored and whatever
    space stands in a phrase; one that ends with * also with any ending. Only numbers with the right
    check digit count as personnummer, so that a telephone number seldom does.
    """
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    hints = {
        f"number {number.digits}": f"”{number.masked}” är ett personnummer. Skriv inte "
        "personnummer i texten. Deltagarens finns redan på sidan."
        for number in _numbers_in(text, today)
    }
    for word in words:
        found = _pattern(word.text).search(text)
        if found:
            shown = re.sub(r"\s+", " ", found[0])
            hints[f"word {word.text.casefold()}"] = f"”{shown}”: {word.reason}"
    return [Hint(about, sentence) for about, sentence in hints.items()]


def hints_about_offer(offer: Offer, *, starts_on: date) -> list[Hint]:
    """What speaks against an intervention from the day; the offer knows the places taken then."""
    hints = []
    if offer.has_ended_by(starts_on):
        hints.append(
            Hint(
                f"ended {offer.pk}", f"{offer.name} slutade {offer.valid_to}, före insatsens start."
            )
        )
    elif offer.begins_after(starts_on):
        hints.append(
            Hint(
                f"ahead {offer.pk}",
                f"{offer.name} börjar först {offer.valid_from}, efter insatsens start.",
            )
        )
    if offer.is_full:
        places = plural(offer.places or 0, "plats,platser")
        hints.append(
            Hint(
                f"full {offer.pk}",
                f"{offer.name} är fullt {starts_on}: {offer.taken} har plats, och det finns {places}.",
            )
        )
    return hints


def _numbers_in(text: str, today: date) -> Iterable[Personnummer]:
    for found in _NUMBER.findall(text):
        digits = re.sub(r"[^0-9]", "", found)
        sign = "+" if "+" in found else ""
        try:
            yield Personnummer.parse(f"{digits[:-4]}{sign}{digits[-4:]}", today=today)
        except InvalidPersonnummer:
            continue


def _pattern(listed: str) -> re.Pattern[str]:
    parts = [
        re.escape(part.removesuffix("*")) + (f"{_IN_WORD}*" if part.endswith("*") else "")
        for part in unicodedata.normalize("NFC", listed).split()
    ]
    whole = r"\s+".join(parts)
    return re.compile(rf"(?<!{_IN_WORD}){whole}(?!{_IN_WORD})", re.IGNORECASE)
