"""A person who has only a keyboard: no mouse, no finger. Wherever Tab leads, it must be seen where one is."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150
# What is focused stands out, lies on the screen, and under nothing. A hidden radio shows its focus on its label.
LOST = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const said = `${one.tagName.toLowerCase()} “${(one.getAttribute('aria-label') ?? one.innerText ?? '').slice(0, 40)}”`;
  const seen = one.matches('.visually-hidden, input[type=radio]') ? (one.closest('label') ?? one) : one;
  const style = getComputedStyle(seen);
  const rings = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  if (!rings && style.boxShadow === 'none') return `focus is not seen: ${said}`;
  const { left, right, top, bottom, width, height } = seen.getBoundingClientRect();
  if (right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) return `focus is off the screen: ${said}`;
  const middle = [Math.max(left, 0) + (Math.min(right, innerWidth) - Math.max(left, 0)) / 2,
                  Math.max(top, 0) + (Math.min(bottom, innerHeight) - Math.max(top, 0)) / 2];
  const at = document.elementFromPoint(...middle);
  if (at && !seen.contains(at) && !at.contains(seen)) return `focus lies under ${at.className}: ${said}`;
  return null;
}"""


class Keys:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """Presses these one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Types where the caret is."""
        self.page.keyboard.type(text)

    def to(self, goal: Locator) -> None:
        """Goes on with Tab until there."""
        expect(goal).to_be_visible()
        for _ in range(MOST_TABS):
            self.press("Tab")
            lost = self.page.evaluate(LOST)
            assert lost is None, lost
            if goal.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {goal}")

    def enter(self, goal: Locator) -> None:
        """Goes there and presses Enter."""
        self.to(goal)
        self.press("Enter")
