"""Reading a mapping: from a form's content and its answers to a level, needs and hindrances. Pure.

The shape of the content is described on `MappingForm` in models.py. Answers are {key of the question:
value}, a list of values where several may be chosen; a question without an answer is not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from participants.models import Level, Need
from sundbyberg_am.forms import ActionForm

Content = dict[str, Any]
Answers = dict[str, Any]

TEXT_LENGTH = 2_000


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen, and what it speaks for."""

    value: str
    label: str
    level: str = ""
    needs: tuple[str, ...] = ()
    hindrance: str = ""


@dataclass(frozen=True)
class Question:
    """A question of the form."""

    key: str
    text: str
    kind: str
    help: str
    required: bool
    options: tuple[Option, ...]

    def chosen(self, answers: Answers) -> list[Option]:
        """The options that were chosen, in the order of the form."""
        answer = answers.get(self.key, [])
        values = answer if isinstance(answer, list) else [answer]
        return [option for option in self.options if option.value in values]


@dataclass(frozen=True)
class Section:
    """Questions that belong together."""

    title: str
    help: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Answered:
    """A question with its answers in words; none when it was left out."""

    question: str
    answers: list[str]
    is_text: bool


def sections(content: Content) -> list[Section]:
    """The form's sections, in order."""
    return [
        Section(
            section["title"],
            section.get("help", ""),
            tuple(_question(question) for question in section["questions"]),
        )
        for section in content["sections"]
    ]


def _question(data: dict[str, Any]) -> Question:
    options = data.get("options", [])
    if data["kind"] == "yes_no" and not options:
        options = [{"value": "yes", "label": "Ja"}, {"value": "no", "label": "Nej"}]
    return Question(
        data["key"],
        data["text"],
        data["kind"],
        data.get("help", ""),
        data.get("required", False),
        tuple(
            Option(
                option["value"],
                option["label"],
                option.get("level", ""),
                tuple(option.get("needs", [])),
                option.get("hindrance", ""),
            )
            for option in options
        ),
    )


def questions(content: Content) -> Iterator[Question]:
    """Every question, in order."""
    for section in sections(content):
        yield from section.questions


def _chosen(content: Content, answers: Answers) -> Iterator[tuple[Question, Option]]:
    for question in questions(content):
        for option in question.chosen(answers):
            yield question, option


def proposed_level(content: Content, answers: Answers) -> tuple[Level, list[tuple[str, str]]]:
    """The highest level that any answer speaks for, AM1 when none, and the answers that led there."""
    chosen = list(_chosen(content, answers))
    level = max((Level(option.level) for _, option in chosen if option.level), default=Level.AM1)
    return level, [
        (question.text, option.label) for question, option in chosen if option.level == level
    ]


def needs(content: Content, answers: Answers) -> list[Need]:
    """What the answers say that the person needs, each once."""
    said = {need for _, option in _chosen(content, answers) for need in option.needs}
    return [need for need in Need if need in said]


def hindrances(content: Content, answers: Answers) -> list[str]:
    """What the answers say stands in the way, each once."""
    return list(dict.fromkeys(o.hindrance for _, o in _chosen(content, answers) if o.hindrance))


def missing(content: Content, answers: Answers) -> list[Question]:
    """The questions that must be answered before the form is sent, and are not."""
    return [
        question
        for question in questions(content)
        if question.required and not answers.get(question.key)
    ]


def answers_shown(content: Content, answers: Answers) -> list[tuple[str, list[Answered]]]:
    """The answered form to read: each section's title with its questions and answers in words."""
    return [
        (section.title, [shown(question, answers) for question in section.questions])
        for section in sections(content)
    ]


def shown(question: Question, answers: Answers) -> Answered:
    """A question and how it was answered, in words."""
    if question.kind == "text":
        text = answers.get(question.key)
        return Answered(question.text, [text] if text else [], is_text=True)
    return Answered(
        question.text, [option.label for option in question.chosen(answers)], is_text=False
    )


class AnswersForm(ActionForm):
    """The mapping as a form. Its data is {"answers": {…}} with what has been answered so far.

    A draft may leave everything out: `is_valid()` then only refuses what cannot be kept.
    """

    prefix = "q"

    def __init__(self, *args: Any, content: Content, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self._sections = sections(content)
        for question in questions(content):
            self.fields[question.key] = _field(question)

    def sections(self) -> list[tuple[Section, list[BoundField]]]:
        """Each section with its fields, to draw."""
        return [(s, [self[question.key] for question in s.questions]) for s in self._sections]

    def clean(self) -> dict[str, Any]:
        """Gather the answers; what a draft leaves out is no error."""
        super().clean()
        if self.draft:
            for key in [key for key in self.errors if self.has_error(key, "required")]:
                del self.errors[key]
        return {"answers": {key: value for key, value in self.cleaned_data.items() if value}}


def _field(question: Question) -> forms.Field:
    shared: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help,
        "required": question.required,
    }
    if question.kind == "text":
        return forms.CharField(
            max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), **shared
        )
    choices = [(option.value, option.label) for option in question.options]
    if question.kind == "several":
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **shared
        )
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)


def checked(content: Content, answers: Answers) -> Answers:
    """The answers as they are kept: texts trimmed, empty ones left out.

    Raises ValidationError for an answer to a question or an option that the form does not have.
    """
    form = AnswersForm(
        {f"{AnswersForm.prefix}-{key}": value for key, value in answers.items()},
        content=content,
        draft=True,
    )
    if not form.is_valid() or answers.keys() - form.fields.keys():
        raise ValidationError("Några av svaren hör inte till kartläggningen. Ladda om sidan.")
    kept: Answers = form.cleaned_data["answers"]
    return kept
