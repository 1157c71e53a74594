"""Every screen of the tour: accessible in both looks, whole with text twice as large, and nothing of it from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, WebError

from tests.browser.axe import axe
from tests.browser.fits import enlarge, unfit
from tests.browser.hands import Listener, calm, show_all
from tests.browser.site import LAPTOP, PHONE, Site
from tests.browser.tour import Stop, by_person, new_context, prepare

pytestmark = pytest.mark.browser

# An open sheet is on the screen as a whole: what is in it scrolls, its buttons stay.
OFF_SCREEN = """() => [...document.querySelectorAll('dialog[open] > [class$=panel]')]
  .map((panel) => panel.getBoundingClientRect())
  .filter(({ top, bottom, left, right }) => top < 0 || left < 0 || bottom > innerHeight || right > innerWidth)
  .map(({ top, bottom, left, right }) => `sheet off the screen: ${[top, right, bottom, left].map(Math.round)}`)"""


@pytest.fixture(scope="module")
def stops(browser: Browser, site: Site) -> list[Stop]:
    return prepare(browser, site)


def look_at(page: Page, stop: Stop, url: str) -> Iterator[str]:
    """What is wrong with one screen."""
    try:
        stop.show(page, url)
    except (AssertionError, Error) as error:
        yield f"does not come: {error}"
        return
    yield from page.evaluate(OFF_SCREEN)
    size = page.viewport_size
    show_all(page)
    yield from axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    calm(page)
    yield from (f"dark: {found}" for found in axe(page))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert size is not None
    page.set_viewport_size(size)
    enlarge(page)
    calm(page)
    yield from (f"large text: {found}" for found in unfit(page))
    enlarge(page, 1)


@pytest.mark.parametrize(("device", "wide"), [(PHONE, False), (LAPTOP, True)], ids=["phone", "laptop"])
def test_every_screen_is_for_everybody_and_from_us_alone(
    browser: Browser, site: Site, stops: list[Stop], device: dict[str, Any], wide: bool
) -> None:
    wrong: list[str] = []

    def broke(error: WebError) -> None:
        wrong.append(f"error in the page: {error.error}")

    for who, of_one in by_person(stops).items():
        context = new_context(browser, site, who, device, service_workers="block")
        context.on("weberror", broke)
        listener = Listener(context, site.url)
        page = context.new_page()
        for stop in of_one:
            if stop.wide in (None, wide):
                wrong += [f"{stop.name}: {found}" for found in (*look_at(page, stop, site.url), *listener.take())]
        context.close()
    assert wrong == []
