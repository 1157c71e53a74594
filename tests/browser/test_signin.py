"""Signing in with an account elsewhere: a real Chromium, a certified OpenID provider, and everything in between."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.demo.seed import SLUG
from server.platform import embedded
from tests.browser.conftest import Open
from tests.browser.hands import Api, Listener
from tests.browser.site import ROOT, Site

pytestmark = pytest.mark.browser

FOLDER = ROOT / "tests" / "signin_provider"
SECRET = "a secret + of/the tests"
BUTTON = "Inloggen met Testschool"


@dataclass(frozen=True)
class Elsewhere:
    """The provider, and the school that has it."""

    url: str
    school: str

    def rotate(self) -> None:
        """From now on it signs with another key, and publishes that one alone."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/test/rotate", method="POST"), timeout=10)


@dataclass(frozen=True)
class Somebody:
    """A teacher of the demo school, with the name of an account."""

    id: str
    name: str
    username: str


@pytest.fixture(scope="module")
def elsewhere(site: Site) -> Iterator[Elsewhere]:
    node = ROOT / ".venv" / "node" / "node"
    program = str(node) if node.exists() else shutil.which("node")
    assert program is not None, "no Node here: `make install` finds or installs one"
    port = embedded.free_port()
    url = f"http://127.0.0.1:{port}"
    told = site.driehoek(
        "provider", "add", "--school", SLUG, "--preset", "oidc", "--issuer", url, "--client-id", "driehoek",
        "--name", "Testschool", said=f"{SECRET}\n",
    )  # fmt: skip
    redirect = re.search(r"redirect URI there: (\S+)", told)
    assert redirect is not None, told
    process = subprocess.Popen(
        [program, "provider.mjs", str(port), redirect[1], f"{site.url}/sign-in"],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Elsewhere(url, SLUG)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def somebody(site: Site) -> Somebody:
    offered = next(one for one in site.offered() if one.role == "Vakdocent")
    with zipfile.ZipFile(ROOT / "server" / "demo" / "school.zip") as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("users.csv").decode("utf-8-sig"))))
    row = next(row for row in rows if f"{row['givenName']} {row['familyName']}" == offered.name)
    return Somebody(offered.id, offered.name, row["username"])


def begin(page: Page, site: Site, elsewhere: Elsewhere, next_: str = "/more", device: str = "Eigen telefoon") -> None:
    """From the school's link to the provider."""
    page.goto(f"{site.url}/s/{elsewhere.school}?next={next_}")
    page.get_by_role("radio", name=device).check()
    page.get_by_role("button", name=BUTTON).click()
    expect(page).to_have_url(re.compile(f"^{elsewhere.url}/interaction/"))


def prove(page: Page, username: str) -> None:
    """Type a name there, and let it tell Driehoek."""
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def opened(phone: Open) -> BrowserContext:
    """A browser that fetches no fonts for the provider's page."""
    context = phone()
    context.route(re.compile("googleapis"), lambda route: route.abort())
    return context


def test_a_link_leads_through_the_schools_account_to_its_page_and_out_again_at_both(
    site: Site, elsewhere: Elsewhere, somebody: Somebody, phone: Open
) -> None:
    context = opened(phone)
    page = context.new_page()
    heard = Listener(context, site.url)
    begin(page, site, elsewhere, "/notices")
    assert not [one for one in heard.take() if "Content Security Policy" in one and site.url in one]
    prove(page, somebody.username)
    expect(page).to_have_url(f"{site.url}/notices")
    expect(page.get_by_role("heading", name="Meldingen").first).to_be_visible()
    me = Api(context, site.url).get("/me")
    assert (me["id"], me["name"], me["device"]) == (somebody.id, somebody.name, "own")

    page.goto(f"{site.url}/more")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page).to_have_url(re.compile(f"^{elsewhere.url}/session/end"))
    assert Api(context, site.url).status("/me") == 401
    page.locator("button[name=logout][value=yes]").click()
    expect(page).to_have_url(f"{site.url}/sign-in")
    # There too nobody is signed in any more: it asks who one is.
    begin(page, site, elsewhere)
    expect(page.locator("input[name=login]")).to_be_visible()


def test_who_is_signed_in_there_comes_in_without_being_asked_and_a_new_key_changes_nothing(
    site: Site, elsewhere: Elsewhere, somebody: Somebody, phone: Open
) -> None:
    context = opened(phone)
    page = context.new_page()
    begin(page, site, elsewhere)
    prove(page, somebody.username)
    expect(page).to_have_url(f"{site.url}/more")
    first = {cookie["name"]: cookie["value"] for cookie in context.cookies(site.url)}["driehoek"]
    elsewhere.rotate()
    page.goto(f"{site.url}/s/{elsewhere.school}?next=/notices")
    page.get_by_role("radio", name="Gedeeld apparaat").check()
    page.get_by_role("button", name=BUTTON).click()
    expect(page).to_have_url(f"{site.url}/notices")
    second = {cookie["name"]: cookie["value"] for cookie in context.cookies(site.url)}["driehoek"]
    assert first != second
    assert Api(context, site.url).get("/me")["device"] == "shared"


def test_an_account_that_nobody_at_the_school_has_gets_a_friendly_page_and_no_session(
    site: Site, elsewhere: Elsewhere, phone: Open
) -> None:
    context = opened(phone)
    page = context.new_page()
    begin(page, site, elsewhere)
    prove(page, "nobody-at-all")
    expect(page.get_by_role("alert")).to_contain_text("We weten niet wie er bij dit account hoort")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert Api(context, site.url).status("/me") == 401


def test_the_school_is_found_by_its_name_without_a_script(site: Site, elsewhere: Elsewhere, phone: Open) -> None:
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/sign-in?q=")
    page.get_by_label("Naam van je school").fill("COLLEGE")
    page.get_by_role("button", name="Zoek").click()
    page.locator(f"a[href^='/s/{elsewhere.school}']").click()
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    page.get_by_role("button", name=BUTTON).click()
    expect(page).to_have_url(re.compile(f"^{elsewhere.url}/interaction/"))
