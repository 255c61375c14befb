"""The participant: who the person is and how to reach them."""

import unicodedata
import uuid
from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat, Lower

from sundbyberg_am.models import User, Versioned
from sundbyberg_am.personnummer import Personnummer

from .protection import Protection

# Swedish alphabetical order in a database without Swedish collation: å, ä, ö come after z, letters with
# other marks stand as the letter without (SAOL). The key is compared byte by byte, collation "C".
_LETTERS = "åäöæøéèêëáàâãíìîïóòôõúùûüýÿçñ"
_STAND_AS = "{|}|}eeeeaaaaiiiioooouuuyyycn"


def name_key(name: str) -> str:
    """The name as it is sorted: the same as the database makes of it."""
    return name.lower().translate(str.maketrans(_LETTERS, _STAND_AS))


# Searching is kinder than sorting: å is found by a, ö by o, ł by l. Marks that stand by themselves after
# their letter, as some programs write them, have nothing to stand as: they are taken away.
_MARKED_AS = {
    "a": "åäàáâãāăąæ",
    "c": "çćč",
    "d": "ďđð",
    "e": "èéêëēęě",
    "g": "ğģ",
    "i": "ìíîïīıİ",
    "k": "ķ",
    "l": "łļľ",
    "n": "ñńňņ",
    "o": "öòóôõøōő",
    "r": "ŕř",
    "s": "śšşș",
    "t": "ťţțþ",
    "u": "ùúûüūůű",
    "y": "ýÿ",
    "z": "źżž",
}
_MARKED = "".join(_MARKED_AS.values())
_PLAIN = "".join(letter * len(marked) for letter, marked in _MARKED_AS.items())
_MARKS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328"


def search_key(text: str) -> str:
    """The text in small letters without marks: the same as `searched_name` makes of a name."""
    table = str.maketrans(_MARKED, _PLAIN, _MARKS)
    return unicodedata.normalize("NFC", text).lower().translate(table)


def searched_name(prefix: str = "") -> Func:
    """First and last name of a row as they are searched; `prefix` leads to the participant."""
    name = Concat(F(f"{prefix}first_name"), Value(" "), F(f"{prefix}last_name"))
    return Func(
        Lower(name),
        Value(_MARKED + _MARKS),
        Value(_PLAIN),
        function="translate",
        output_field=models.CharField(),
    )


def name_parts(prefix: str = "") -> Func:
    """What `parts_of` says of each word of the searched name, in an index; `prefix` as in `searched_name`."""
    return Func(
        searched_name(prefix),
        function="participants_name_parts",
        output_field=ArrayField(models.TextField()),
    )


def parts_of(word: str) -> list[str]:
    """What a name that has the word in it has among its parts: runs of three letters, or all of a shorter."""
    return [word[at : at + 3] for at in range(max(1, len(word) - 2))]


class Sex(models.TextChoices):
    """Legal sex."""

    WOMEN = "women", "Kvinna"
    MEN = "men", "Man"
    UNKNOWN = "unknown", "Uppgift saknas"


class Education(models.TextChoices):
    """Highest education, in the steps the figures use."""

    PRIMARY_INCOMPLETE = "primary_incomplete", "Ej fullgjord grundskola"
    PRIMARY = "primary", "Grundskola"
    SECONDARY = "secondary", "Gymnasial"
    POST_SECONDARY = "post_secondary", "Eftergymnasial"
    UNVALIDATED = "unvalidated", "Ej validerad"
    UNKNOWN = "unknown", "Uppgift saknas"


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def hidden_from(self, user: User) -> Self:
        """Those with a protected identity whose named readers the user is not one of."""
        return self.exclude(protection="").exclude(named_readers__user=user)

    def with_number(self, personnummer: str) -> Self:
        """The one with the twelve digits."""
        return self.filter(personnummer=personnummer)


class Participant(Versioned):
    """A person who is or has been enrolled in a labour-market unit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    personnummer = models.CharField(
        "personnummer eller samordningsnummer", max_length=12, unique=True, null=True, blank=True
    )
    no_personnummer_reason = models.CharField(
        "varför personnummer saknas", max_length=200, blank=True
    )
    birth_date = models.DateField("född", null=True, blank=True)
    registered_sex = models.CharField(
        "kön",
        max_length=10,
        choices=Sex,
        blank=True,
        help_text="Fyll bara i om det inte framgår av personnumret.",
    )
    first_name = models.CharField("förnamn", max_length=100)
    last_name = models.CharField("efternamn", max_length=100)
    phone = models.CharField("telefon", max_length=50, blank=True)
    email = models.EmailField("e-post", blank=True)
    address = models.CharField("adress", max_length=200, blank=True)
    contact_preference = models.CharField(
        "når personen bäst",
        max_length=200,
        blank=True,
        help_text="Till exempel: sms på förmiddagen.",
    )
    interpreter_language = models.CharField(
        "tolk på", max_length=50, blank=True, help_text="Lämna tomt om tolk inte behövs."
    )
    education = models.CharField(
        "utbildning", max_length=20, choices=Education, default=Education.UNKNOWN
    )
    protection = models.CharField(
        "skyddad identitet", max_length=30, choices=Protection, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Kept true by the database, so that lists sort and figures count without working it out per row.
    sex = models.GeneratedField(
        expression=Case(
            When(~Q(registered_sex=""), then=F("registered_sex")),
            When(personnummer=None, then=Value("unknown")),
            When(
                Q(personnummer__regex=r"^\d{10}[02468]"),
                then=Value("women"),
            ),
            default=Value("men"),
        ),
        output_field=models.CharField(max_length=10, choices=Sex),
        db_persist=True,
    )
    name_key = models.GeneratedField(
        expression=Func(
            Lower(Concat(F("last_name"), Value(" "), F("first_name"))),
            Value(_LETTERS),
            Value(_STAND_AS),
            function="translate",
        ),
        output_field=models.CharField(max_length=201, db_collation="C"),
        db_persist=True,
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = "deltagare"
        verbose_name_plural = "deltagare"
        indexes: ClassVar = [
            models.Index(fields=["name_key", "id"], name="participant_name"),
            # What is counted of a person.
            models.Index(
                fields=["id"],
                include=["sex", "birth_date", "education"],
                name="participant_counted",
            ),
            GinIndex(name_parts(), name="participant_name_parts"),
            # The few that every list leaves out for those who are not named.
            models.Index(fields=["id"], condition=~Q(protection=""), name="participant_protected"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(protection=Protection.PROTECTED_REGISTRATION) | Q(address=""),
                name="participant_protected_has_no_address",
                violation_error_message="Deltagaren har skyddad folkbokföring, och då får ingen adress "
                "sparas. Ta bort adressen.",
            ),
            models.CheckConstraint(
                # "Is not null" is said, since a check that comes out as null is passed.
                condition=(
                    Q(personnummer__isnull=False, personnummer__regex=r"^\d{12}$")
                    & Q(no_personnummer_reason="")
                    | Q(personnummer=None) & ~Q(no_personnummer_reason="")
                ),
                name="participant_number_or_reason",
                violation_error_message="Skriv personnumret, eller varför det saknas.",
            ),
        ]

    def __str__(self) -> str:
        return f"deltagare {self.pk}"

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def number(self) -> Personnummer | None:
        """The personnummer or samordningsnummer as a value, if there is one."""
        return Personnummer(self.personnummer) if self.personnummer else None

    def age_on(self, day: date) -> int | None:
        """Whole years on the day; None when the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)

    def clean(self) -> None:
        """A number that tells the birth date and a registered birth date do not contradict."""
        super().clean()
        told = self.number.birth_date if self.number else None
        if told and self.birth_date != told:
            raise ValidationError({"birth_date": "Födelsedatumet stämmer inte med personnumret."})
