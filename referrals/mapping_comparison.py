"""Two answered mappings laid side by side, question by question. Pure.

They may have been answered in different versions of the form: a question is the same when its key is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from participants.plan_comparison import Mark

from .mapping import (
    Answered,
    Answers,
    Content,
    hindrances,
    needs,
    proposed_level,
    questions,
    sections,
    shown,
)


@dataclass(frozen=True)
class Filled:
    """An answered mapping, by its number among those that can be compared and what it is called."""

    number: int
    label: str
    content: Content
    answers: Answers

    @property
    def level(self) -> str:
        """The level that the answers speak for."""
        return proposed_level(self.content, self.answers)[0]

    @property
    def needs(self) -> list[str]:
        """The needs that the answers show, in words."""
        return [str(need.label) for need in needs(self.content, self.answers)]

    @property
    def hindrances(self) -> list[str]:
        """What the answers say stands in the way."""
        return hindrances(self.content, self.answers)

    def by_key(self) -> dict[str, Answered]:
        """Each question of its version as it was answered."""
        return {one.key: shown(one, self.answers) for one in questions(self.content)}


@dataclass(frozen=True)
class Pair:
    """A question as it was answered in each; None where the version does not ask it."""

    question: str
    before: Answered | None
    after: Answered | None
    mark: Mark


@dataclass(frozen=True)
class Change:
    """What is said of the person in one of two mappings or in both."""

    gone: list[str]
    same: list[str]
    new: list[str]


def compare(before: Filled, after: Filled) -> list[tuple[str, list[Pair]]]:
    """Every question by the sections of the later one; those that only the earlier asks come last."""
    was, became = before.by_key(), after.by_key()

    def pair(key: str) -> Pair:
        old, new = was.get(key), became.get(key)
        said = [one.answers.get(key) or None for one in (before, after)]
        question = (new or old or Answered("", [], False)).question
        if old and new:
            mark = Mark.SAME if said[0] == said[1] else Mark.CHANGED
        else:
            mark = Mark.NEW if new else Mark.GONE
        return Pair(question, old, new, mark)

    found = [
        (section.title, [pair(question.key) for question in section.questions])
        for section in sections(after.content)
    ]
    gone = [pair(key) for key in was if key not in became]
    return [*found, ("Frågor som inte ställs längre", gone)] if gone else found


def change(before: Sequence[str], after: Sequence[str]) -> Change:
    """What has gone, what remains and what has come."""
    return Change(
        gone=[one for one in before if one not in after],
        same=[one for one in after if one in before],
        new=[one for one in after if one not in before],
    )
