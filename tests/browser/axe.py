"""What axe-core finds on a page, by all of its rules and by the size of targets, which it leaves out by itself."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.site import ROOT

AXE = (ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  const { violations } = await axe.run(document, {
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
    iframes: false,
  });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(' ')}`));
}"""


def axe(page: Page) -> list[str]:
    """What is wrong with this page as it stands: rule and element, a line each."""
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated, as the page's own policy lets no foreign script in.
        page.evaluate(f"() => {{ {AXE} }}")
    found: list[str] = page.evaluate(RUN)
    return found
