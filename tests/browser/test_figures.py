"""Figures as an organiser and a leader see them, and nobody else."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe
from tests.browser.conftest import Open
from tests.browser.fits import enlarge, unfit
from tests.browser.hands import calm, show_all
from tests.browser.site import Site
from tests.browser.tour import LEADER, ORGANISER, TEACHER, asked

pytestmark = pytest.mark.browser


def person(site: Site, role: str) -> str:
    return next(one.id for one in site.offered() if one.role == role)


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_an_organiser_looks_at_one_subject_and_finds_it_again(phone: Open, site: Site, browser: Browser) -> None:
    context = phone(reduced_motion="reduce", color_scheme="light")
    site.sign_in(context, person(site, ORGANISER))
    page = context.new_page()
    page.goto(f"{site.url}/organise")
    page.get_by_role("link", name="Cijfers").click()
    expect(page.get_by_role("heading", name="Cijfers", level=1)).to_be_visible()
    expect(page.get_by_text("De hele school")).to_be_visible()

    subject = page.get_by_role("combobox", name="Vak")
    subject.focus()
    subject.select_option(index=1)
    chosen = subject.input_value()
    page.get_by_role("radio", name="Lesgroep").check(force=True)
    assert query(page) == {"subject": [chosen], "by": ["group"]}
    page.reload()
    expect(page.get_by_role("combobox", name="Vak")).to_have_value(chosen)
    chart = page.get_by_role("figure", name="Stoplichten per lesgroep")
    expect(chart.get_by_role("img")).to_have_accessible_name(re.compile("De volgorde is die van de naam|overal"))
    chart.get_by_text("Bekijk als tabel").click()
    with asked(browser, site, person(site, ORGANISER)) as api:
        found = api.get(f"/figures?subject={chosen}")
    rows = chart.get_by_role("row")
    expect(rows).to_have_count(len(found["split"]["groups"]) + 1)
    for at, one in enumerate(found["split"]["groups"]):
        expect(rows.nth(at + 1).get_by_role("rowheader")).to_have_text(one["name"])
        expect(rows.nth(at + 1).get_by_role("cell").first).to_have_text(str(sum(one["lights"].values())))
    for word in ("Excellent", "Ga zo door", "Let op", "Pas op"):
        expect(rows.first).to_contain_text(word)

    calm(page)
    show_all(page)
    assert axe(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    enlarge(page)
    calm(page)
    assert unfit(page) == []


def test_a_leader_comes_from_the_students_and_sees_the_own_scope(phone: Open, site: Site) -> None:
    context = phone(reduced_motion="reduce")
    site.sign_in(context, person(site, LEADER))
    page = context.new_page()
    page.goto(f"{site.url}/students")
    page.get_by_role("link", name="Cijfers van je leerlingen").click()
    expect(page.get_by_text("De leerlingen die jij als teamleider volgt")).to_be_visible()
    expect(page.get_by_role("figure").first.get_by_role("img")).to_be_visible()
    page.get_by_role("link", name="Terug").click()
    expect(page.get_by_role("heading", name="Mijn leerlingen", level=1)).to_be_visible()


def test_for_others_there_is_no_such_page(phone: Open, site: Site) -> None:
    context = phone()
    site.sign_in(context, person(site, TEACHER))
    page = context.new_page()
    page.goto(f"{site.url}/organise/figures")
    expect(page.get_by_text("Deze pagina is er niet")).to_be_visible()
