"""Two who change the same thing: the second is shown both texts, and chooses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from .models import User, Versioned

VERSION_CONFLICT = "version_conflict"


class Conflict(ValidationError):
    """Somebody else has changed what the user is changing, since the user saw it.

    `saved` is what stands now, by the names of the action's arguments; `by` and `at` who saved it and when,
    where that is known. `version` is what the user has seen after having been shown this: to send it is to
    choose one's own. Without it what is saved cannot be replaced here, and the sentence says what to do.
    """

    def __init__(
        self,
        sentence: str,
        *,
        saved: Mapping[str, Any],
        by: User | None,
        at: datetime | None,
        version: int | None = None,
    ) -> None:
        super().__init__(sentence, code=VERSION_CONFLICT)
        self.saved = saved
        self.by = by
        self.at = at
        self.version = version


def check_seen(
    row: Versioned, seen_version: int | None, sentence: str, given: Mapping[str, Any]
) -> None:
    """Raise Conflict when the locked row is another version than the user saw; None is not checked.

    `given` is what the user wants to stand in the row, by field. Where it stands there already, in every
    field, there is nothing to choose.
    """
    if seen_version is None or row.version == seen_version:
        return
    saved = {name: getattr(row, name) for name in given}
    if not given or saved != given:
        raise Conflict(
            sentence,
            saved=saved,
            by=row.changed_by,
            at=row.changed_at,
            version=row.version,
        )
