"""Text twice as large, and whether everything on a screen is still there: nothing wider, cut off or covered."""

from __future__ import annotations

from playwright.sync_api import Page

NORMAL_PX = 16

# Roots are what one sees now: the open sheet or question alone, else the page. Hidden text for screen readers, and what
# lies in a closed part, is not seen. What can be pressed or read must be on top where its middle is, once scrolled to.
UNFIT = r"""() => {
  const dialogs = [...document.querySelectorAll('dialog[open]')];
  const root = dialogs.at(-1) ?? document.querySelector('[role=menu]') ?? document.body;
  const said = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className} “${(one.innerText ?? '').slice(0, 40)}”`;
  const shown = (one) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !one.closest('.visually-hidden, [aria-hidden=true], [inert], .skip-link, svg');
  // A row of choices may go on sideways, if one can scroll there.
  const rolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth + 1) return true;
    return false;
  };
  const all = [...root.querySelectorAll('*')].filter(shown);
  const wrong = [];

  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth + 1) wrong.push(`page ${wide.scrollWidth} px wide`);
  for (const one of all) {
    const style = getComputedStyle(one);
    if (one.matches('textarea, input, select, option, pre')) continue;
    const holds = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const box = one.getBoundingClientRect();
    if (holds && (box.right > innerWidth + 1 || box.left < -1) && !rolls(one)) wrong.push(`off the screen: ${said(one)}`);
    if (holds && style.display !== 'inline' && !/hidden|clip|auto|scroll/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      wrong.push(`runs out of its box: ${said(one)}`);
    if (/hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1) wrong.push(`wider than it shows: ${said(one)}`);
    if (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 1 && one.innerText?.trim())
      wrong.push(`cut off: ${said(one)}`);
  }

  const read = 'a, button, input, textarea, select, summary, label, h1, h2, h3, p, dt, dd, li, legend';
  const [x, y] = [scrollX, scrollY];
  const scrolled = all.map((one) => [one, one.scrollLeft, one.scrollTop]);
  for (const one of all) {
    if (!one.matches(read) || getComputedStyle(one).pointerEvents === 'none') continue;
    const parts = [...one.getClientRects()].filter(({ width, height }) => width > 2 && height > 2);
    if (parts.length === 0) continue;
    one.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = one.getClientRects()[0];
    // A thing higher than the screen shows its middle at least.
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (at && at !== one && !one.contains(at) && !at.contains(one) && ![...(one.labels ?? [])].some((label) => label.contains(at)))
      wrong.push(`${said(one)} lies under ${said(at)}`);
    if (!at) wrong.push(`out of reach: ${said(one)}`);
  }
  for (const [one, left, top] of scrolled) one.scrollTo({ left, top, behavior: 'instant' });
  scrollTo({ left: x, top: y, behavior: 'instant' });
  return [...new Set(wrong)];
}"""


def enlarge(page: Page, times: int = 2) -> None:
    """The reader's browser has a text size this much larger, as its settings say it; for as long as the page lives."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Page.setFontSizes", {"fontSizes": {"standard": NORMAL_PX * times, "fixed": NORMAL_PX * times}})


def unfit(page: Page) -> list[str]:
    """What does not fit on this screen, in words."""
    found: list[str] = page.evaluate(UNFIT)
    return found
