"""What every row of a long list has, found out once and not for each row. Built in: no template loads it."""

from functools import cache
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

register = template.Library()
NOTHING = UUID(int=0)


@register.filter
def address(public_id: UUID, name: str) -> str:
    """`{{ row.public_id|address:"participant" }}` is what `{% url %}` gives, in a tenth of the time."""
    before, after = _around(name)
    return f"{before}{public_id}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, after = reverse(name, args=[NOTHING]).split(str(NOTHING))
    return before, after


@register.filter
@cache
def level(code: str) -> SafeString:
    """The mark of a level of support: one of four, so none is rendered twice."""
    return render_to_string("_components/level.html", {"level": code})
