"""What is wrong with the HTML of a page, as far as can be said at once and without other programs.

Also whether it can be used where no script runs: forms are sent by a button, and links lead somewhere.
"""

from collections import Counter
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Attributes that name another place on the page by its id.
REFERENCES = ("for", "form", "aria-controls", "aria-describedby", "aria-labelledby", "headers")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.hidden: list[int] = []  # how deep the elements stand that only a script shows
        self.waiting: list[
            tuple[int, str, str]
        ] = []  # how deep, what it has to hold, what is said if not
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)
            self.see_script(tag, {name: value or "" for name, value in attrs})

    def see_script(self, tag: str, given: dict[str, str]) -> None:
        """What does nothing where no script runs; and what takes the place of a script."""
        if "hidden" in given:
            self.hidden.append(len(self.open))
        if self.hidden:
            return
        says = f"<{' '.join(filter(None, (tag, given.get('class'))))}>"
        if any(name.startswith("on") for name in given):
            self.faults.append(f"{says} runs a script")
        if tag == "a" and given.get("href", "#") in ("", "#"):
            self.faults.append(f"{says} leads nowhere without a script")
        if tag == "button" and given.get("type") == "button":
            self.faults.append(f"{says} does nothing without a script")
        if tag == "form":
            if given.get("data-hx-post", given.get("action")) != given.get("action"):
                self.faults.append(f"{says} is sent elsewhere without a script")
            self.waiting.append((len(self.open), "button", f"{says} has no button"))
        elif "data-hx-get" in given and tag != "a":
            self.waiting.append((len(self.open), "a", f"{says} has no link to what a script gets"))
        elif self.waiting and tag == self.waiting[-1][1]:
            self.waiting.pop()

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
        if self.hidden and self.hidden[-1] > len(self.open):
            self.hidden.pop()
        if self.waiting and self.waiting[-1][0] > len(self.open):
            self.faults.append(self.waiting.pop()[2])


def faults_in(html: str) -> list[str]:
    """Elements not closed, attributes and ids given twice, ids that are not there, and needs of scripts."""
    page = _Page()
    page.feed(html)
    page.close()
    return (
        page.faults
        + [f"<{tag}> is not closed" for tag in page.open]
        + [f"the id {name!r} twice" for name, times in Counter(page.ids).items() if times > 1]
        + [f"no id {name!r}" for name in sorted(page.referred - set(page.ids))]
    )
