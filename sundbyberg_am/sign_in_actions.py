"""Signing in and out: wrong passwords are counted, passwords changed, and every session ended at once."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from .identity import is_known_to_city
from .models import Session, SignInMiss, User
from .templatetags.swedish import plural

TOO_MANY = "too_many"

events = logging.getLogger("sundbyberg_am.events")


@transaction.atomic
def check_may_try(username: str, *, now: datetime) -> None:
    """Raise ValidationError while too many wrong passwords have come for the user name lately.

    The same for a name that nobody has. Those who try the same name wait here for each other, to the end of
    the transaction: many at once are counted as one after the other.
    """
    sender = fingerprint(username)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [sender])
    if wait := SignInMiss.objects.wait(sender, now):
        minutes = plural(-(-wait // 60), "minut,minuter")
        raise ValidationError(
            f"Det har blivit fel för många gånger. Vänta {minutes} och försök igen. Har du glömt "
            "lösenordet? Fråga systemförvaltaren på din enhet.",
            code=TOO_MANY,
        )


@transaction.atomic
def count_miss(username: str, *, now: datetime) -> None:
    """Remember a wrong password for a while, and forget those of before."""
    SignInMiss.objects.old(now).delete()
    SignInMiss.objects.create(sender=fingerprint(username), at=now)


@transaction.atomic
def forget_misses(username: str) -> None:
    """Whoever got in may get it wrong anew."""
    SignInMiss.objects.filter(sender=fingerprint(username)).delete()


@transaction.atomic
def change_password(user: User, *, password: str, by: User) -> User:
    """Give the user another password, which ends every session. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.check_password(password):
        raise ValidationError({"password": "Välj ett annat lösenord än det du har nu."})
    user.take_password(password)
    user.full_clean()
    user.save()
    events.info("Lösenordet är bytt för användare %s", user.pk)
    return user


@transaction.atomic
def give_first_password(user: User, *, password: str, now: datetime, by: User) -> User:
    """Give somebody who has lost the password one to come in with and change. Ends every session.

    Raises ValidationError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == by:
        raise ValidationError("Ditt eget lösenord byter du på sidan Ditt konto.")
    if not user.has_usable_password() or is_known_to_city(user):
        raise ValidationError(
            "Personen loggar in med kommunens inloggning och har inget lösenord här."
        )
    user.take_password(password, until=now + settings.FIRST_PASSWORD_LASTS)
    user.full_clean()
    user.save()
    events.info("Nytt första lösenord för användare %s, av %s", user.pk, by.pk)
    return user


@transaction.atomic
def sign_out_everywhere(user: User, *, by: User) -> User:
    """End every session of the user, in all browsers, by the next request."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.sign_outs += 1
    user.save(update_fields=["sign_outs"])
    return user


@transaction.atomic
def end_session(session: Session, *, by: User) -> Session:
    """Sign the user out of one browser, by its next request. Raises ValidationError."""
    if session.user_id != by.pk:
        raise ValidationError("Du kan bara avsluta dina egna inloggningar.")
    Session.objects.filter(pk=session.pk).delete()
    return session


def fingerprint(username: str) -> str:
    """What is kept of a user name that was typed: it may be a password, or somebody's personnummer."""
    name = username.strip().lower()
    return salted_hmac("sundbyberg_am.SignInMiss", name, algorithm="sha256").hexdigest()
