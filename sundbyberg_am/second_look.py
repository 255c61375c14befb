"""A form that asks for a second look: it says what it has noticed, and saves when it is sent again.

A hint is never a block. The first time, nothing is saved and the hints stand above the fields; the same
button, now "Spara ändå", sends what has been seen along with the form. Only what has been seen goes by:
when something new has come since, the form asks once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from django import forms

from .forms import ActionForm

T = TypeVar("T")


@dataclass(frozen=True)
class Hint:
    """Something noticed. `about` tells one hint from another; `sentence` is what is read."""

    about: str
    sentence: str


class SecondLook(ActionForm):
    """The base of such a form; `look` says what is noticed. Goes before ActionModelForm."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def look(self) -> list[Hint]:
        """What is worth a second look in what was typed; asked when every field is valid."""
        raise NotImplementedError

    def apply(self, action: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
        """As for every form, but None also when there are hints that have not been seen."""
        seen = self.cleaned_data.pop("seen")
        hints = self.look()
        if hints and seen != _mark(hints):
            self.hints = hints
            self.retype("seen", _mark(hints))
            return None
        return super().apply(action, *args, **kwargs)


def _mark(hints: Sequence[Hint]) -> str:
    return sha256("\n".join(sorted(hint.about for hint in hints)).encode()).hexdigest()
