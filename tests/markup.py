"""What is wrong with the HTML of a page, as far as can be said at once and without other programs."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Attributes that name another place on the page by its id.
REFERENCES = ("for", "form", "aria-controls", "aria-describedby", "aria-labelledby", "headers")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for twice in [
            name for name, times in Counter(name for name, _ in attrs).items() if times > 1
        ]:
            self.faults.append(f"<{tag}> has {twice} twice")
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        for name in REFERENCES:
            self.referred.update(given.get(name, "").split())
        if given.get("href", "").startswith("#"):
            self.referred.add(given["href"][1:])

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def faults_in(html: str) -> list[str]:
    """Elements not closed in order, attributes and ids given twice, and references to ids that are not."""
    page = _Page()
    page.feed(html)
    page.close()
    return (
        page.faults
        + [f"<{tag}> is not closed" for tag in page.open]
        + [f"the id {name!r} twice" for name, times in Counter(page.ids).items() if times > 1]
        + [f"no id {name!r}" for name in sorted(page.referred - set(page.ids))]
    )
