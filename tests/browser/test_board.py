"""The group board in the hands of a mentor (phone) and a leader (laptop): what is decided there reaches the student with the share."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe
from tests.browser.conftest import Open
from tests.browser.hands import Api, calm, show_all
from tests.browser.site import LAPTOP, Site

pytestmark = pytest.mark.browser

ON_LAPTOP: dict[str, Any] = {**LAPTOP, "device_scale_factor": 1, "has_touch": False, "is_mobile": False}
OF_MENTOR = "Elke maandag samen de week plannen, kanarie-mentor."
OF_LEADER = "Over zes weken kijken we weer, kanarie-teamleider."
NOT_YET = "Hier praten we nog over, kanarie-later."


def signed_in(site: Site, open_context: Open, role: str, **more: Any) -> tuple[Page, Api]:
    """The first person of this role on a device of their own."""
    context = open_context(**more)
    site.sign_in(context, next(who.id for who in site.offered() if who.role == role))
    return context.new_page(), Api(context, site.url)


def listed(row: dict[str, Any]) -> str:
    """The name of a student on the board; two of one name are told apart."""
    card = row["student"]
    return f"{card['name']} ({card['apart']})" if card["apart"] else str(card["name"])


def note(page: Page, text: str) -> None:
    """Write a decision down in the sheet of the student that is open."""
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Nieuw besluit").fill(text)
    sheet.get_by_role("button", name="Noteer").click()
    expect(sheet.locator(".decision").filter(has_text=text)).to_be_visible()
    expect(sheet.get_by_label("Nieuw besluit")).to_have_value("")


def test_mentor_and_leader_discuss_a_group_and_the_student_reads_what_was_decided(
    site: Site, phone: Open, tmp_path: Path
) -> None:
    mentor, of_mentor = signed_in(site, phone, "Mentor")
    boards = of_mentor.get("/my/boards")
    round_id, group = boards["rounds"][0]["id"], boards["groups"][0]
    rows = of_mentor.get(f"/rounds/{round_id}/home-groups/{group['id']}/board")["students"]
    student, name = rows[0]["student"]["id"], listed(rows[0])
    report = f"/rounds/{round_id}/students/{student}"

    # The mentor comes from the own list, on a phone.
    mentor.goto(f"{site.url}/students?round={round_id}")
    mentor.get_by_role("link", name="Groepsbord").first.tap()
    expect(mentor.get_by_role("heading", name=f"Groepsbord {group['title']}")).to_be_visible()
    expect(mentor.get_by_role("row")).to_have_count(len(rows) + 1)
    expect(mentor.get_by_role("button", name="Meenemen als bestand")).to_have_count(0)
    calm(mentor)
    assert axe(mentor) == []
    mentor.get_by_role("button", name=name, exact=True).tap()
    note(mentor, OF_MENTOR)
    calm(mentor)
    assert axe(mentor) == []

    # The leader sees it on the laptop, and adds to it.
    leader, of_leader = signed_in(site, phone, "Teamleider", **ON_LAPTOP)
    leader.goto(f"{site.url}/students?board={group['id']}&round={round_id}")
    leader.get_by_text("Zorg eerst").click()
    concern = {listed(each): each["concern"] for each in rows}
    shown = leader.locator(".board-name").all_inner_texts()
    assert [concern[each] for each in shown] == sorted(concern.values(), reverse=True)
    leader.get_by_role("button", name=name, exact=True).click()
    expect(leader.get_by_role("dialog").get_by_text(OF_MENTOR)).to_be_visible()
    note(leader, OF_LEADER)
    leader.keyboard.press("Escape")
    expect(leader.get_by_role("dialog")).to_have_count(0)
    expect(leader.get_by_role("row", name=name).get_by_text("2 besluiten")).to_be_attached()

    # For the beamer: the whole screen, without names.
    leader.get_by_role("button", name="Volledig scherm").click()
    expect(leader.get_by_role("navigation", name="Onderdelen")).to_be_hidden()
    leader.get_by_role("button", name="Namen verbergen").click()
    expect(leader.locator(".board-name").first).to_have_text(
        f"Leerling {rows.index(max(rows, key=lambda each: each['concern'])) + 1}"
    )
    calm(leader)
    assert axe(leader) == []
    assert not any(each["student"]["name"] in leader.locator("main").inner_text() for each in rows)
    leader.get_by_role("button", name="Sluit volledig scherm").click()
    expect(leader.get_by_role("navigation", name="Onderdelen")).to_be_visible()
    # What was looked at so stands in the address.
    leader.reload()
    expect(leader.locator(".board-name").first).to_contain_text("Leerling ")

    # Texts for the leader, as a file that opens; the organiser gets counts and none of the rest.
    leader.get_by_role("button", name="Meenemen als bestand").click()
    with leader.expect_download() as coming:
        leader.get_by_role("menuitem", name=f"Feedback van {group['title']} voor Excel").click()
    coming.value.save_as(tmp_path / "feedback.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / "feedback.xlsx").read_bytes())).worksheets[0]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {group["title"]}
    assert sum(1 for row in sheet.iter_rows(min_row=2) if row[7].value) > len(rows)
    counts_and_no_texts(site, phone, round_id, group["id"])

    # The mentor shares, and writes one more that is not shared; the student reads the two, and one becomes an agreement.
    assert of_mentor.post(f"{report}/share", {"guardians": False}).ok
    assert of_leader.post(f"{report}/decisions", {"text": NOT_YET}).ok
    mentor.goto(f"{site.url}{report}")
    tab = mentor.get_by_role("tab", name="Feedback")
    if tab.count():
        tab.tap()
    decided = mentor.locator(".decision").filter(has_text=OF_MENTOR)
    decided.get_by_role("button", name="Maak afspraak").tap()
    sheet_of = mentor.get_by_role("dialog")
    expect(sheet_of.get_by_label("Wat")).to_have_value(OF_MENTOR)
    sheet_of.get_by_role("button", name="Zet erbij").tap()
    expect(decided.get_by_text("Is een afspraak")).to_be_visible()

    own = phone()
    site.sign_in(own, student)
    page = own.new_page()
    page.goto(f"{site.url}{report}")
    page.get_by_role("tab", name="Feedback").tap()
    expect(page.get_by_role("heading", name="Wat we hebben besloten")).to_be_visible()
    for text in (OF_MENTOR, OF_LEADER):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text(NOT_YET)).to_have_count(0)
    show_all(page)
    assert axe(page) == []
    assert Api(own, site.url).status(f"/rounds/{round_id}/home-groups/{group['id']}/board") == 404


def counts_and_no_texts(site: Site, open_context: Open, round_id: str, group_id: str) -> None:
    """The organiser, who is neither mentor of this group nor leader."""
    page, api = signed_in(site, open_context, "Organisator", **ON_LAPTOP)
    assert api.status(f"/rounds/{round_id}/home-groups/{group_id}/board") == 404
    assert api.status(f"/rounds/{round_id}/export/feedback") == 404
    page.goto(f"{site.url}/organise/{round_id}")
    page.get_by_role("button", name="Meer acties").click()
    with page.expect_download() as coming:
        page.get_by_role("menuitem", name="Neem aantallen mee als CSV").click()
    text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("Vak;Lesgroep;Docenten;Verwacht;Compleet;Onvolledig;Nog niets")
    assert len(text.splitlines()) > 5
