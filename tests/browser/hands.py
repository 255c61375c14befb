"""How somebody uses a page: with a mouse, or with the keyboard alone."""

from playwright.sync_api import Locator, Page, expect

from .conftest import violations

FAR = 120  # no page asks for more presses of Tab


class Mouse:
    """Clicks, and counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, place: Locator) -> None:
        """Use a link, a button or a choice."""
        place.click()
        self.clicks += 1

    def write(self, place: Locator, text: str) -> None:
        """Type in a field; whoever has a mouse points at it first, unless the focus is there."""
        if not _focused(place):
            place.click()
        self.page.keyboard.type(text)

    def send(self, button: Locator) -> None:
        """Send the form that was typed in."""
        self.press(button)


class Keyboard:
    """Tab, Enter and Space, and never a click."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def go_to(self, place: Locator) -> None:
        """Tab from where the focus is until it is there."""
        place.wait_for()
        for _ in range(FAR):
            if _focused(place):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The keyboard does not reach {place}")

    def press(self, place: Locator) -> None:
        """Use a link, a button or a choice."""
        if place.get_attribute("type") == "radio":
            self._choose(place)
            return
        self.go_to(place)
        self.page.keyboard.press("Enter")

    def _choose(self, radio: Locator) -> None:
        """Tab to the group, which has one place in the order, and go on with the arrows."""
        in_group = "radio => radio.name === document.activeElement.name"
        for key in ("Tab", "ArrowDown"):
            for _ in range(FAR):
                if _focused(radio):
                    self.page.keyboard.press("Space")
                    return
                if key == "Tab" and radio.evaluate(in_group):
                    break
                self.page.keyboard.press(key)
        raise AssertionError(f"The keyboard does not reach {radio}")

    def write(self, place: Locator, text: str) -> None:
        """Type in a field."""
        self.go_to(place)
        self.page.keyboard.type(text)

    def send(self, button: Locator) -> None:
        """Send the form that was typed in, from the field."""
        self.page.keyboard.press("Enter")


def _focused(place: Locator) -> bool:
    return bool(place.evaluate("place => place === document.activeElement"))


def wait_for_focus(place: Locator) -> None:
    """Wait until the focus is there."""
    expect(place).to_be_focused(timeout=10_000)


def check(page: Page) -> None:
    """The page as it stands has room for what is on it, and axe-core finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    assert violations(page) == []
