"""What helps writing: words that do not belong in a case file, and templates for notes."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from sundbyberg_am.models import Versioned

from .people import name_key
from .work import NoteKind

# One or more words of letters and digits, joined by a hyphen or a space; after three letters a * says
# that the word may go on.
_WORD = r"[^\W_]+(?:-[^\W_]+)*\*?"
_SHORT_BEFORE_STAR = r"(?<![^\W_])[^\W_]{1,2}\*"


class ListedWordQuerySet(models.QuerySet["ListedWord"]):
    def in_order(self) -> list["ListedWord"]:
        """By letter, as a Swedish reader looks for them."""
        return sorted(self, key=lambda one: (name_key(one.text), one.pk))


class ListedWord(Versioned):
    """A word or phrase that does not belong in a note, and why. `depress*` also finds "depression"."""

    text = models.CharField(
        "ord eller uttryck",
        max_length=60,
        validators=[
            RegexValidator(
                rf"\A{_WORD}(?: {_WORD})*\Z",
                "Skriv bara bokstäver, siffror, bindestreck och mellanslag. En stjärna får stå sist "
                "i ett ord.",
            ),
            RegexValidator(
                _SHORT_BEFORE_STAR,
                "Skriv minst tre bokstäver före stjärnan, annars träffar den för mycket.",
                inverse_match=True,
            ),
        ],
    )
    reason = models.CharField("varför det inte hör hemma", max_length=200)

    objects = ListedWordQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["text", "pk"]
        verbose_name = "ord"
        verbose_name_plural = "ord"
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("text"),
                name="listed_word_unique",
                violation_error_message="Ordet finns redan i listan.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NoteTemplateQuerySet(models.QuerySet["NoteTemplate"]):
    def of_kind(self, kind: str) -> "NoteTemplate | None":
        """The one for notes of the kind."""
        return self.select_related("changed_by").filter(kind=kind).first()

    def for_choice(self) -> list["NoteTemplate"]:
        """All, in the order of the kinds."""
        found = {template.kind: template for template in self}
        return [found[kind] for kind in NoteKind if kind in found]


class NoteTemplate(Versioned):
    """What a note of a kind begins with: a few headings. One a kind."""

    kind = models.CharField("typ", max_length=20, choices=NoteKind, unique=True)
    text = models.TextField("mall", max_length=2_000)

    objects = NoteTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = "mall"
        verbose_name_plural = "mallar"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=NoteKind.values), name="note_template_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"mall {self.kind}"
