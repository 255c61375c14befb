"""The key of a form on a page: unguessable, signed, and good for one saving by the user it was made for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils.crypto import get_random_string, salted_hmac

FIELD = "form_key"
# What a form sends beside what was typed.
_NOT_TYPED = (FIELD, "csrfmiddlewaretoken", "discard")
_SALT = "form"


@dataclass(frozen=True)
class FormKey:
    """Whose form it is, which, about whom, and on which page it stands.

    A page makes it only after its door has been passed. Whoever has the key can therefore be given back what
    is sent with it, also when the session has ended on the way: to that user, after sign-in, on that page.
    """

    user: int
    form: str
    subject: UUID | None
    page: str
    nonce: str = field(default_factory=lambda: get_random_string(22))

    def __str__(self) -> str:
        subject = self.subject and self.subject.hex
        return signing.dumps([self.user, self.form, subject, self.page, self.nonce], salt=_SALT)

    @classmethod
    def read(cls, text: str) -> "FormKey | None":
        """The key that was put in a page; None when it is none of ours or the page is too old."""
        try:
            user, form, subject, page, nonce = signing.loads(
                text, salt=_SALT, max_age=timedelta(days=settings.DRAFT_DAYS)
            )
        except signing.BadSignature:
            return None
        return cls(user, form, subject and UUID(subject), page, nonce)


def typed(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """What was typed in a form, by the names of the fields."""
    lists = data.lists() if isinstance(data, QueryDict) else [(k, [v]) for k, v in data.items()]
    return {
        name.replace("\0", ""): [str(one).replace("\0", "") for one in values]
        for name, values in lists
        if name not in _NOT_TYPED
    }


def digest(data: Mapping[str, Any]) -> str:
    """The same for the same typed text, and telling nothing of it."""
    content = repr(sorted(typed(data).items()))
    return salted_hmac(_SALT, content, algorithm="sha256").hexdigest()
