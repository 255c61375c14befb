"""A form saves once, however many times it is sent; until then its text is kept as a draft."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from .form_keys import FormKey, digest, typed
from .models import Draft, Submission, User

T = TypeVar("T")

KEY_IS_USED = "key_is_used"
LARGEST = 200_000  # characters in a draft: ten of the longest notes


@transaction.atomic
def submit_once(key: FormKey, data: Mapping[str, Any], make: Callable[[], T]) -> T:
    """What `make` gives, and the draft of the form removed; for the same form sent again, what it gave then.

    All who send the same form wait here for the first, by a lock on the user. Raises ValidationError, also
    when the form is sent again with something else in it.
    """
    take_turns(key.user)
    content = digest(data)
    if earlier := Submission.objects.of_key(key.nonce):
        if earlier.digest != content:
            raise ValidationError(
                "Formuläret är redan sparat, men med en annan text. Det som står här är inte sparat. "
                "Spara igen om du vill lägga till det också.",
                code=KEY_IS_USED,
            )
        table = apps.get_model(earlier.made)._default_manager
        again: T | None = table.filter(pk=earlier.made_id).first()
        if again is None:
            raise ValidationError(
                "Det är redan sparat, men har sedan tagits bort av någon.", code=KEY_IS_USED
            )
        return again
    made = make()
    if isinstance(made, models.Model) and made.pk:
        Submission.objects.create(
            nonce=key.nonce,
            user_id=key.user,
            digest=content,
            made=made._meta.label_lower,
            made_id=made.pk,
            at=timezone.now(),
        )
    Draft.objects.of_key(key.user, key.nonce).delete()
    return made


@transaction.atomic
def save_draft(key: FormKey, *, data: Mapping[str, object], at: datetime) -> Draft | None:
    """Keep what has been typed so far; None when the form has been saved since. Raises ValidationError."""
    take_turns(key.user)
    if Submission.objects.of_key(key.nonce):
        return None
    fields = typed(data)
    if sum(len(one) for values in fields.values() for one in values) > LARGEST:
        raise ValidationError("Texten är för lång för att sparas som utkast.")
    draft, _ = Draft.objects.update_or_create(
        user_id=key.user,
        form=key.form,
        subject=key.subject,
        defaults={"nonce": key.nonce, "fields": fields, "saved_at": at},
    )
    return draft


def take_turns(user_id: int) -> None:
    """Wait for what else the user is saving: a draft on its way never comes after the saving of its form.

    The lock leaves room for the foreign keys of rows that name the user.
    """
    User.objects.select_for_update(no_key=True).get(pk=user_id)
