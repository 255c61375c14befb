"""A referral sent at once, all of it: the steps of the pages, by the same forms and actions."""

import hashlib
import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from referrals import actions
from referrals.forms import LevelForm, PersonForm
from referrals.mapping import Answers, AnswersForm, Content, questions
from referrals.models import MappingForm, Referral, SendingSystem
from sundbyberg_am.form_keys import FormKey
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.models import User
from sundbyberg_am.submitting import submit_once

from .schemas import ReferralIn


class WholePersonForm(PersonForm):
    """Whom the referral is about, where the unit is named and not chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_unit"].to_field_name = "name"  # type: ignore[attr-defined]


def submit_from(
    system: SendingSystem, sent: ReferralIn, *, key: str, today: date, by: User
) -> Referral:
    """Draft, answer and submit, all or nothing; for the same key and content again, what it gave then.

    The key is the system's own, good for one referral like the key of a form on a page. Raises
    ValidationError.
    """
    nonce = hashlib.sha256(f"{system.public_id} {key}".encode()).hexdigest()[:32]
    content = json.dumps([by.username, sent.model_dump()], sort_keys=True)
    form_key = FormKey(by.pk, "api", None, "", nonce)
    return submit_once(form_key, {"sent": content}, lambda: _submit(sent, today, by))


def _submit(sent: ReferralIn, today: date, by: User) -> Referral:
    form = MappingForm.objects.in_force_on(today)
    if form and form.version != sent.mapping_version:
        raise ValidationError(
            {
                "mapping_version": f"Det är version {form.version} av kartläggningen som gäller. "
                "Hämta den och svara på dess frågor."
            }
        )
    typed = sent.model_dump()
    person, level = WholePersonForm(typed), LevelForm(typed)
    answers = _answers_form(form.content if form else {"sections": []}, sent.answers)
    _check(person, level, answers)
    draft = actions.draft_referral(**person.cleaned_data, today=today, by=by)
    draft = actions.save_answers(draft, **answers.cleaned_data, by=by)
    return actions.submit(draft, **level.cleaned_data, today=today, by=by)


def _answers_form(content: Content, answers: Answers) -> AnswersForm:
    """The mapping's form, filled in. Raises ValidationError for what the page has no place for."""
    kinds = {question.key: question.kind for question in questions(content)}
    wrong = {}
    for name, value in answers.items():
        if name not in kinds:
            wrong[f"answers.{name}"] = "Frågan finns inte i kartläggningen."
        elif isinstance(value, list) != (kinds[name] == "several"):
            wrong[f"answers.{name}"] = (
                "Svara med en lista." if kinds[name] == "several" else "Svara med en text."
            )
    if wrong:
        raise ValidationError(wrong)
    return AnswersForm(
        {f"{AnswersForm.prefix}-{name}": value for name, value in answers.items()}, content=content
    )


def _check(*forms: ActionForm) -> None:
    """Every form is rightly filled in. Raises ValidationError with what each says of its fields."""
    wrong = {
        f"answers.{name}" if form.prefix else name: errors
        for form in forms
        for name, errors in form.errors.as_data().items()
    }
    if wrong:
        raise ValidationError(wrong)
