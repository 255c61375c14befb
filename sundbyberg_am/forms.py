"""The base of every form: fields checked here, rules checked by the action.

A form reads and cleans what was typed; the action that it is applied to knows the rules and answers with
ValidationError, whose sentences are put beside the fields. What was typed is always kept.

A form on a page has a key of its own (`drafts.offer_drafts`): sent many times, it saves once. Where somebody
else has changed the same thing, `conflict` says what stands now, beside what was typed.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils import timezone

from .conflicts import Conflict
from .form_keys import FIELD, FormKey
from .models import Draft
from .personnummer import InvalidPersonnummer, Personnummer
from .room import NO_ROOM, has_room
from .submitting import KEY_IS_USED, save_draft, submit_once

if TYPE_CHECKING:
    from .second_look import Hint

T = TypeVar("T")

DASHES = BLANK_CHOICE_DASH[0][1]
NOTHING_CHOSEN = "Välj"
TAKE = (
    "take"  # the boxes of a conflict: the fields in which what somebody else has saved shall stand
)


@dataclass(frozen=True)
class Compared:
    """A field of a form whose thing somebody else has changed: what each has written."""

    name: str
    label: str
    mine: str
    saved: str
    saved_values: list[str]  # as the field would send it

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return self.mine != self.saved


class ActionForm(forms.Form):
    """A form whose data is handed to one action."""

    required_css_class = "required"
    # What a form of second_look.py has noticed and nobody has seen yet.
    hints: Sequence["Hint"] = ()
    key: FormKey | None = None
    kept: Draft | None = None  # the draft that the fields are filled in from
    save_url = ""
    conflict: Conflict | None = None
    key_is_used = False  # the key that was sent has saved something, so the form needs a new one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and TAKE in self.data:
            self._take_saved()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        # The linked error summary stands above the fields instead.
        self.helper.form_show_errors = True
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            elif isinstance(field, forms.ModelChoiceField):
                field.empty_label = field.empty_label and NOTHING_CHOSEN
            elif isinstance(field, forms.ChoiceField):
                choices = cast("Iterable[tuple[Any, Any]]", field.choices)
                field.choices = [
                    (value, NOTHING_CHOSEN if label == DASHES else label)
                    for value, label in choices
                ]

    def apply(self, action: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
        """Call the action with what was typed; None when it refused, with its sentences in the form.

        A form with a key that is sent again gives what it gave the first time.
        """
        if not has_room():
            self.add_error(None, NO_ROOM)
            return None
        key = None
        try:
            with transaction.atomic():
                key = self._sent_key(kwargs.get("by"))
                if key is None:
                    return action(*args, **self.cleaned_data, **kwargs)
                saved = submit_once(
                    key, self.data, lambda: action(*args, **self.cleaned_data, **kwargs)
                )
                self.key_is_used = True
                return saved
        except Conflict as conflict:
            if key and self.has_text:
                with suppress(ValidationError):  # too long for a draft: it stands on the page
                    save_draft(key, data=self.data, at=timezone.now())
            self._compare(conflict)
        except ValidationError as refusal:
            self.key_is_used = getattr(refusal, "code", None) == KEY_IS_USED
            self._show(refusal)
        except IntegrityError:
            self.add_error(
                None,
                "Någon annan sparade samtidigt, så det här sparades inte. Det du skrev står kvar. "
                "Läs om sidan i en ny flik och jämför innan du sparar igen.",
            )
        return None

    def retype(self, name: str, value: Any) -> None:
        """Let a field stand with another value when the form is shown again."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix(name)] = value
        self.data = data

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows the form: 422 when what was sent is not saved.

        409 when somebody else has changed the same thing.
        """
        if self.conflict:
            return 409
        return 422 if self.is_bound and (self.errors or self.hints) else 200

    @property
    def has_text(self) -> bool:
        """Whether anything is written in it, not only chosen."""
        return any(
            isinstance(field.widget, forms.Textarea | forms.TextInput)
            and not isinstance(field.widget, forms.DateInput | forms.PasswordInput)
            for field in self.fields.values()
        )

    def compared(self) -> list[Compared]:
        """Field by field, what was typed and what somebody else has saved; after a conflict."""
        if self.conflict is None:
            return []
        saved = self.by_field(self.conflict.saved)
        return [
            Compared(
                field.html_name,
                str(field.label or ""),
                _in_words(field.field, self.typed.get(field.name)),
                _in_words(field.field, saved[field.name]),
                _as_sent(field.field, saved[field.name]),
            )
            for field in self.visible_fields()
            if field.name in saved
        ]

    def by_field(self, saved: Mapping[str, Any]) -> Mapping[str, Any]:
        """What stands now by the names of the fields, where they are not those of the action's arguments."""
        return saved

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """What was typed, each letter as one character (NFC) however the keyboard makes it; else as it is.

        A password is compared with what the sign-in reads, which is just what was typed.
        """
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]
        if isinstance(value, str) and not isinstance(widget, forms.PasswordInput):
            return unicodedata.normalize("NFC", value)
        return value

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        self.typed = dict(self.cleaned_data)  # before clean() makes of it what the action wants

    def _take_saved(self) -> None:
        """Where the user chose what somebody else has saved, that is what was sent."""
        data = cast("QueryDict", self.data).copy()
        for name in data.pop(TAKE):
            data.setlist(name, data.getlist(f"saved-{name}"))
        self.data = data

    def _sent_key(self, by: Any) -> FormKey | None:
        """The key that came with the form; None for a form that was given none."""
        sent = self.data.get(FIELD)
        if not sent or by is None:
            return None
        key = FormKey.read(sent)
        if key is None or key.user != by.pk:
            raise ValidationError(
                "Sidan var öppnad för länge sedan eller av någon annan, så det här sparades inte. "
                "Det du skrev står kvar. Läs igenom det och spara igen."
            )
        return key

    def _compare(self, conflict: Conflict) -> None:
        self.conflict = conflict
        self.add_error(None, conflict)
        if conflict.version is not None:
            # To send the form once more, after having seen both, is to choose what stands in it.
            data = cast("QueryDict", self.data).copy()
            data[self.add_prefix("seen_version")] = str(conflict.version)
            self.data = data

    def _show(self, refusal: ValidationError) -> None:
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            field = name if name in self.fields and name != NON_FIELD_ERRORS else None
            for error in errors:
                self.add_error(field, error)


def _in_words(field: forms.Field, value: Any) -> str:
    """A value as the form's reader would say it; empty when there is none."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return ", ".join(_in_words(field, one) for one in value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):  # 12 and 12.0 are the same, whoever wrote them
        return f"{value.normalize():f}".replace(".", ",")
    if isinstance(field, forms.MultipleChoiceField):
        return str(dict(_options(field)).get(value, value))
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        for choice, label in _options(field):
            if choice == value or (choice and field.clean(choice) == value):
                return str(label)
    return str(value)


def _options(field: forms.ChoiceField) -> Iterator[tuple[Any, Any]]:
    """What can be chosen and how each is said, also within groups."""
    for choice, label in cast("Iterable[tuple[Any, Any]]", field.choices):
        yield from label if isinstance(label, list | tuple) else [(choice, label)]


def _as_sent(field: forms.Field, value: Any) -> list[str]:
    """A value as the browser would send it."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if value in (None, ""):
        return [""]
    if isinstance(field, forms.TypedChoiceField) and isinstance(value, bool):
        choices = cast("Iterable[tuple[Any, Any]]", field.choices)
        return [next(str(one) for one, _ in choices if one and field.coerce(one) == value)]
    return [str(field.prepare_value(value))]


def seen_version(*, required: bool = False) -> forms.IntegerField:
    """The version that the user saw: the action compares it with what stands when the form comes back."""
    return forms.IntegerField(widget=forms.HiddenInput, required=required, min_value=0)


class SeenVersion(ActionForm):
    """The base of a form that changes a row: it knows which version of the row was on the page."""

    seen_version = seen_version(required=True)


class ActionModelForm(ActionForm, forms.ModelForm):
    """An ActionForm with fields taken from a model; the instance is read, never changed."""

    def _post_clean(self) -> None:
        # ModelForm would change the instance and skip the constraints of fields it does not show.
        pass


class PersonnummerField(forms.CharField):
    """Reads a personnummer or samordningsnummer; gives its twelve digits, or None when empty."""

    def __init__(self, *, today: Callable[[], date], **kwargs: Any) -> None:
        self.today = today
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Personnummer.parse(text, today=self.today()).digits
        except InvalidPersonnummer as error:
            raise ValidationError(str(error)) from None
