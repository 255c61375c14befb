"""The kernel's rows: who uses the program, where they work, when they are away; what is on record."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, Func, Max, OuterRef, Q, Subquery, Value
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .access import ROLE_PERMISSIONS, Permission, Role
from .limits import Occurrence

# Rows of this app as well, found here by whoever asks for its models.
from .records import AccessRecord as AccessRecord
from .records import Change as Change
from .records import ChangeKind as ChangeKind
from .records import Removal as Removal
from .records import Seal as Seal
from .sessions import Session as Session


class UnitKind(models.TextChoices):
    """What a unit does in the way of a case."""

    LABOUR_MARKET = "labour_market", "Arbetsmarknadsenhet"
    SOCIAL_ASSISTANCE = "social_assistance", "Ekonomiskt bistånd"
    OFFICE = "office", "Stab och förvaltning"


class Unit(models.Model):
    """A unit or team: where a user works and where a case belongs."""

    name = models.CharField("namn", max_length=100, unique=True)
    kind = models.CharField("slag", max_length=20, choices=UnitKind)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = "enhet"
        verbose_name_plural = "enheter"

    def __str__(self) -> str:
        return self.name


# The kind of unit that each role works in; everything the role may see follows from the unit.
ROLE_UNIT_KIND: dict[str, str] = {
    Role.CONSULTANT: UnitKind.LABOUR_MARKET,
    Role.COORDINATOR: UnitKind.LABOUR_MARKET,
    Role.MANAGER: UnitKind.LABOUR_MARKET,
    Role.SOCIAL_SECRETARY: UnitKind.SOCIAL_ASSISTANCE,
    Role.CONTROLLER: UnitKind.OFFICE,
    Role.ADMINISTRATOR: UnitKind.OFFICE,
    Role.LOG_REVIEWER: UnitKind.OFFICE,
}


def check_fits(role: str, unit: Unit) -> None:
    """Raise ValidationError when those of the role do not work in a unit of the kind."""
    kind = ROLE_UNIT_KIND.get(role)
    if kind and unit.kind != kind:
        raise ValidationError(
            {
                "unit": f"{Role(role).label} hör till en enhet av slaget "
                f"”{UnitKind(kind).label}”. Välj en sådan enhet."
            }
        )


USERNAME = r"^[a-z0-9._-]+$"


class UserQuerySet(models.QuerySet["User"]):
    def consultants_of(self, unit: Unit) -> "UserQuerySet":
        """Those who can be given a case in the unit, by name."""
        return self.active().filter(role=Role.CONSULTANT, unit=unit).order_by("name")

    def consultants_ever_of(self, unit: Unit) -> "UserQuerySet":
        """The unit's consultants, also those who have left, by name."""
        return self.filter(role=Role.CONSULTANT, unit=unit).order_by("name", "pk")

    def active(self) -> "UserQuerySet":
        """Those who can sign in."""
        return self.filter(is_active=True)

    def of_unit(self, unit: Unit | int) -> "UserQuerySet":
        """Those who can sign in and work in the unit, by name."""
        return self.active().filter(unit=unit).order_by("name", "pk")

    def who_may_know_people(self, unit: Unit) -> "UserQuerySet":
        """Those who can sign in and have to do with people of the unit: its staff, and who refers to it."""
        referring = Q(unit__kind=UnitKind.SOCIAL_ASSISTANCE)
        here = Q(unit=unit)
        return (
            self.active()
            .filter(here | referring)
            .select_related("unit")
            .order_by("unit", "name", "pk")
        )

    def administrators(self) -> "UserQuerySet":
        """Those who let others in, by name."""
        return self.active().filter(role=Role.ADMINISTRATOR).order_by("name", "pk")

    def away_on(self, day: date) -> "UserQuerySet":
        """Those registered as away on the day; the first and the last day are days away."""
        return self.filter(Exists(Absence.objects.on(day).filter(user=OuterRef("pk"))))

    def absent_on(self, day: date) -> "UserQuerySet":
        """Those who cannot take care of anything on the day: away, or not employed any more."""
        away = Exists(Absence.objects.on(day).filter(user=OuterRef("pk")))
        return self.filter(Q(is_active=False) | Q(away))

    def with_away_until(self, day: date) -> "UserQuerySet":
        """Adds `away_until`: the last day of the absence that the day is in; None when there is none."""
        away = Absence.objects.on(day).filter(user=OuterRef("pk"))
        return self.annotate(away_until=Subquery(away.values("until_on")[:1]))

    def for_list(self) -> "UserQuerySet":
        """What the list of users shows."""
        return self.select_related("unit").order_by("-is_active", "name", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds a user by the user name, whatever the case of its letters."""

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(username=(username or "").lower())
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. Has one role in one unit; is deactivated, never deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(
        "användarnamn",
        max_length=50,
        unique=True,
        error_messages={"unique": "Användarnamnet är upptaget."},
        validators=[
            RegexValidator(USERNAME, "Använd bara små bokstäver a–z, siffror, punkt och streck.")
        ],
    )
    name = models.CharField("namn", max_length=100)
    email = models.EmailField("e-post", blank=True)
    role = models.CharField("roll", max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="users", verbose_name="enhet eller team"
    )
    is_active = models.BooleanField("aktiv", default=True)
    # The city's sign-in gave no role the last time, and may give one again: no administrator closed it.
    waits_for_role = models.BooleanField(default=False, db_default=False, editable=False)
    # Until when the password that an administrator has chosen lets in; None for one of the user's own.
    first_password_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Counted up to end every session that the user has.
    sign_outs = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "användare"
        verbose_name_plural = "användare"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(username__regex=USERNAME), name="user_username_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(waits_for_role=False),
                name="user_waiting_for_role_is_out",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The role and the unit fit together."""
        super().clean()
        if self.unit_id:
            check_fits(self.role, self.unit)

    def take_password(self, password: str, *, until: datetime | None = None) -> None:
        """Have another password from now on, one of an administrator's choice `until` then.

        Raises ValidationError when it is too easily guessed.
        """
        try:
            validate_password(password, self)
        except ValidationError as weak:
            raise ValidationError({"password": weak.messages}) from None
        self.set_password(password)
        self.first_password_until = until

    def get_session_auth_hash(self) -> str:
        """What a session must hold to be the user's; another after a new password or a sign-out."""
        password = super().get_session_auth_hash()
        said = f"{password} {self.sign_outs}"
        return salted_hmac("session", said, algorithm="sha256").hexdigest()

    def may(self, permission: Permission) -> bool:
        """Whether the user's role has the permission."""
        return self.is_active and permission in ROLE_PERMISSIONS[self.role]


class RoleClaimQuerySet(models.QuerySet["RoleClaim"]):
    def first_of(self, values: Iterable[str]) -> "RoleClaim | None":
        """The one that counts for somebody with these values."""
        return self.filter(value__in=list(values)).select_related("unit").first()

    def for_list(self) -> Self:
        """What the list of them shows, in the order that they count."""
        return self.select_related("unit")

    def next_place(self) -> int:
        """The place after the last one."""
        last: int = self.aggregate(last=Max("place", default=0))["last"]
        return min(last + 1, 999)


class RoleClaim(models.Model):
    """What the city's sign-in says of somebody, and the role in a unit that it gives: the first that fits."""

    value = models.CharField(
        "grupp eller roll hos kommunen",
        max_length=200,
        unique=True,
        error_messages={"unique": "Det värdet finns redan i listan."},
    )
    role = models.CharField("roll", max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name="enhet eller team"
    )
    place = models.PositiveSmallIntegerField(
        "plats i ordningen", validators=[MinValueValidator(1), MaxValueValidator(999)]
    )

    objects = RoleClaimQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "pk"]
        verbose_name = "behörighet från inloggningen"
        verbose_name_plural = "behörigheter från inloggningen"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="roleclaim_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        """The role and the unit fit together."""
        super().clean()
        if self.unit_id:
            check_fits(self.role, self.unit)


class SignInMiss(Occurrence):
    """That a wrong password came for a user name, of which only a fingerprint is kept, in use or not."""

    ALLOWED = 5
    WITHIN = timedelta(minutes=15)

    class Meta:
        verbose_name = "misslyckad inloggning"
        verbose_name_plural = "misslyckade inloggningar"
        indexes: ClassVar = [models.Index(fields=["sender", "at"], name="signinmiss_recent")]

    def __str__(self) -> str:
        return f"misslyckad inloggning {self.at:%Y-%m-%d}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> "AbsenceQuerySet":
        """Those with the day in them."""
        return self.filter(from_on__lte=day, until_on__gte=day)

    def of_unit(self, unit: Unit | int) -> "AbsenceQuerySet":
        """Those of everybody in the unit."""
        return self.filter(user__unit=unit)

    def of_unit_from(self, unit: Unit | int, day: date) -> "AbsenceQuerySet":
        """Those of the unit that are not over before the day, in order of time."""
        return (
            self.filter(user__unit=unit, user__is_active=True, until_on__gte=day)
            .select_related("user")
            .order_by("from_on", "user__name", "pk")
        )

    def to_end_by(self, user: User) -> "AbsenceQuerySet":
        """Those that the user may end: the own ones, for a manager everybody's in the unit."""
        if user.may(Permission.REGISTER_ABSENCES):
            return self.filter(user__unit=user.unit_id)
        return self.filter(user=user)


class Absence(models.Model):
    """Somebody is away, from and including one day to and including another. Why is nobody's business."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="absences", verbose_name="vem"
    )
    from_on = models.DateField("borta från och med")
    until_on = models.DateField("till och med")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "frånvaro"
        verbose_name_plural = "frånvaro"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="absence_ends_after_start",
                violation_error_message="Sista dagen kan inte vara före den första.",
            ),
            # Without the extension btree_gist a range of one number stands for "the same user".
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    (
                        Func(
                            F("user"),
                            F("user"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("from_on"),
                            F("until_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Det finns redan en frånvaro under de dagarna.",
            ),
        ]

    def __str__(self) -> str:
        return f"frånvaro {self.from_on}"

    def clean(self) -> None:
        """The last day is not before the first: the database would not even make a range of them."""
        super().clean()
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValidationError({"until_on": "Sista dagen kan inte vara före den första."})

    def has_begun_by(self, day: date) -> bool:
        """Whether the person is, or has been, away by the day."""
        return self.from_on <= day


class Versioned(models.Model):
    """A row that several may change: how many times it has been, when last and by whom."""

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    def touch(self, by: User | None) -> None:
        """Count up the version before the row is saved, so that whoever saw the one before is told."""
        self.version += 1
        self.changed_at, self.changed_by = timezone.now(), by


class DraftQuerySet(models.QuerySet["Draft"]):
    def of_user(self, user: User, subject: UUID | None) -> Self:
        """The user's own, on the subject: nobody else reads a draft."""
        return self.filter(user=user, subject=subject)

    def of_key(self, user_id: int, nonce: str) -> Self:
        """What was last written in that very form."""
        return self.filter(user=user_id, nonce=nonce)

    def saved_before(self, moment: datetime) -> Self:
        """Those that nobody has written on since."""
        return self.filter(saved_at__lt=moment)


class Draft(models.Model):
    """What a user has typed in a form and not sent yet. Only that user ever reads it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    form = models.CharField("formulär", max_length=60)
    # The public id of the participant or referral that the form is about; None for a new one.
    subject = models.UUIDField("gäller", null=True, blank=True)
    nonce = models.CharField(max_length=32)
    fields = models.JSONField("fält")
    saved_at = models.DateTimeField("sparat")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "utkast"
        verbose_name_plural = "utkast"
        indexes: ClassVar = [models.Index(fields=["saved_at"], name="draft_saved")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "subject", "form"], name="draft_one_a_form", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"utkast i {self.form}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def of_key(self, nonce: str) -> "Submission | None":
        """The one that used the key, if it has been used."""
        return self.filter(nonce=nonce).first()

    def made_before(self, moment: datetime) -> Self:
        """Those whose keys are too old to be sent again."""
        return self.filter(at__lt=moment)


class Submission(models.Model):
    """A form that has been saved: its key, a digest of what was in it, and the row that it made.

    The row stands by name and number, not as a relation: it is an answer that is kept for a while, so that
    the same form sent again is led to it, and nothing is ever joined on it.
    """

    nonce = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    made = models.CharField(max_length=60)
    made_id = models.BigIntegerField()
    at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="submission_at")]

    def __str__(self) -> str:
        return f"{self.made} {self.made_id}"


class Heartbeat(models.Model):
    """The one row says when a worker last did what the clock asked for: both are alive, and the queue."""

    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="heartbeat_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Narrowing(models.Model):
    """The one row counts each time that somebody may no longer see what is in a list.

    A replica that has not counted as far is not read from.
    """

    count = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="narrowing_one_row")
        ]

    def __str__(self) -> str:
        return str(self.count)
