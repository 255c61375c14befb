"""What is on record and never changed: who was shown whom, who changed what, what was removed, and the seals.

The role that the program runs as can add to the log and the seals and only read the others (see `roles.py`):
triggers write the history, and a role of its own removes. The log and the history say nothing that is not
needed to find the row.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .access import Ground


class RecordQuerySet(models.QuerySet):
    """Rows in the order that they were written, asked for from the newest."""

    def page_before(self, key: str, size: int) -> Self:
        """The newest records, or the newest before the record with this key, at most `size`."""
        older = self.filter(pk__lt=int(key[:18])) if key.isascii() and key.isdigit() else self
        return older.select_related("user__unit").order_by("-pk")[:size]


class AccessRecordQuerySet(RecordQuerySet):
    def showing(self, subjects: Collection[UUID]) -> Self:
        """Those where any of these was shown, in order, with who saw."""
        return self.filter(subjects__overlap=list(subjects)).select_related("user").order_by("pk")

    def of_day(self, day: date) -> Self:
        """Those of a calendar day in Sweden."""
        return self.filter(at__date=day)


class AccessRecord(models.Model):
    """One showing of people's data to a user: who, when, through which page, whom, on which ground.

    A list is one record with everybody on it. Written in the transaction of the page, so that what was
    shown is on record before it leaves (lag 2001:454 10 §). Participants stand as their public ids.
    """

    at = models.DateTimeField("tid", auto_now_add=True)
    user = models.ForeignKey("sundbyberg_am.User", on_delete=models.PROTECT, related_name="+")
    page = models.CharField("sida", max_length=100)
    subjects = ArrayField(models.UUIDField(), verbose_name="visade")
    # Empty in records from before grounds were kept.
    ground = models.CharField("grund", max_length=20, choices=Ground, blank=True, db_default="")

    objects = AccessRecordQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.page} {self.at:%Y-%m-%d %H:%M}"


class ChangeKind(models.TextChoices):
    """What was done to a row."""

    ADDED = "INSERT", "Lades till"
    CHANGED = "UPDATE", "Ändrades"
    REMOVED = "DELETE", "Togs bort"


class ChangeQuerySet(RecordQuerySet):
    def of_person(self, participant: int, enrolments: models.QuerySet) -> Self:
        """Those of the participant as a person, and of what belongs to these enrolments (their keys)."""
        mine = Q(enrolment=None) | Q(enrolment__in=enrolments)
        return self.filter(mine, participant=participant)


class Change(models.Model):
    """One change to one row of a table about people; written by the triggers of the table.

    A row that is added says itself what is in it. One that is changed leaves here the columns that differ,
    as they were and as they became, and one that is removed all of them. The numbers of the person, the
    enrolment and the referral stand without relations: they are kept when those rows are gone.
    """

    at = models.DateTimeField("tid")
    user = models.ForeignKey(
        "sundbyberg_am.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    through = models.CharField("sida", max_length=200)
    kind = models.CharField("vad", max_length=6, choices=ChangeKind)
    table = models.CharField("tabell", max_length=63)
    row = models.BigIntegerField("rad")
    was = models.JSONField("före", null=True)
    became = models.JSONField("efter", null=True)
    participant = models.BigIntegerField(null=True)
    enrolment = models.BigIntegerField(null=True)
    referral = models.BigIntegerField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["participant", "-id"],
                condition=Q(participant__isnull=False),
                name="change_of_participant",
            ),
            models.Index(
                fields=["referral", "-id"],
                condition=Q(referral__isnull=False),
                name="change_of_referral",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.row}"


class Seal(models.Model):
    """A seal on the rows that were written since the one before; what it says is in `seals.py`."""

    number = models.PositiveBigIntegerField("nummer", primary_key=True)
    at = models.DateTimeField("tid")
    # By table: the first and the last key of each unbroken run of rows that this seal is on.
    rows = models.JSONField("rader")
    # By table: the highest key that this seal or any before it is on.
    up_to = models.JSONField("till och med")
    hashes = models.BinaryField("radernas kontrollsummor")
    root = models.CharField("kontrollsumma", max_length=64)
    signature = models.CharField("underskrift", max_length=64)

    def __str__(self) -> str:
        return f"försegling {self.number}"


class RemovalQuerySet(models.QuerySet["Removal"]):
    def of_people_since(self, moment: datetime) -> Self:
        """Those of somebody, not of old log rows, from the moment on."""
        return self.filter(at__gte=moment).exclude(people=[])


class Removal(models.Model):
    """A lawful removal of rows on record: which keys, and on whose decision. Signed, and sealed as they were.

    Only the role for removals writes one, in the transaction that removes. Of the people it says nothing but
    a hash of each of their public ids, by which they are known if they come back with a backup.
    """

    at = models.DateTimeField("tid")
    people = ArrayField(models.CharField(max_length=64), verbose_name="vilka")
    # None: by the rule alone, as for rows of the access log that are old.
    decided_by = models.ForeignKey(
        "sundbyberg_am.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # By log: the first and the last key of each unbroken run of rows that were removed.
    rows = models.JSONField("rader")
    signature = models.CharField("underskrift", max_length=64)

    objects = RemovalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"gallring {self.pk}"
