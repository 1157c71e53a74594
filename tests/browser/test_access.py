"""Getting in without a provider, with Chromium's virtual authenticator: invitation, code, passkey, second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.notices import caught
from tests.browser.axe import axe
from tests.browser.conftest import Open
from tests.browser.hands import Api, eventually
from tests.browser.site import Site
from tests.browser.test_pwa import person

pytestmark = pytest.mark.browser

INVITATION, CODE = "Je toegang tot", "Je inlogcode"
NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""A browser that shows passkeys only when it is asked to."""


class Mailbox:
    """What the demo's mail catcher kept since this was made."""

    def __init__(self, site: Site) -> None:
        self.folder = site.data / "mail"
        self.before = {mail.id for mail in caught.newest(self.folder)}

    def take(self, page: Page, subject: str, pattern: str) -> str:
        """Waits for a mail and answers what of it fits the pattern."""
        found: list[str] = []

        def there() -> bool:
            for mail in caught.newest(self.folder):
                if mail.id not in self.before and mail.subject.startswith(subject):
                    self.before.add(mail.id)
                    match = re.search(pattern, mail.text)
                    assert match is not None, mail.text
                    found.append(match.group(1))
            return bool(found)

        eventually(page, there)
        return found[0]


def authenticator(page: Page) -> None:
    """A phone with a finger on it, that keeps passkeys and always says yes."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def invite(site: Site, phone: Callable[..., BrowserContext], person_id: str) -> str:
    """The admin invites somebody by mail; the short name of the school."""
    context = phone()
    site.sign_in(context, person(site, "Beheerder"))
    api = Api(context, site.url)
    made = api.post("/admin/access/invitations", {"persons": [person_id], "channel": "mail"})
    assert made.ok, made.text()
    assert made.json()["made"] == 1
    slug: str = api.get("/me")["school"]["slug"]
    return slug


def me(page: Page, url: str) -> Any:
    """Who is signed in on this page's browser."""
    answer = page.context.request.get(f"{url}/api/v1/me")
    return answer.json()["id"] if answer.ok else None


def type_code(page: Page, code: str, device: str = "Eigen telefoon") -> None:
    page.get_by_label("Code uit de mail").fill(code)
    page.get_by_label(device).check()
    page.get_by_role("button", name="Inloggen").click()


def sign_out(page: Page, url: str) -> None:
    page.goto(f"{url}/more")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_guardian_is_invited_makes_a_passkey_and_comes_back_with_it(site: Site, phone: Open) -> None:
    guardian = person(site, "Ouder")
    mailbox = Mailbox(site)
    slug = invite(site, phone, guardian)
    page = phone().new_page()
    authenticator(page)
    link = mailbox.take(page, INVITATION, rf"({site.url}/i/\S+)")
    page.goto(link)
    assert axe(page) == []
    page.get_by_role("button", name="Stuur mij de code").click()
    assert axe(page) == []
    type_code(page, mailbox.take(page, CODE, r"\b(\d{6})\b"))
    expect(page.get_by_role("heading", name="Sneller inloggen?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Maak een sleutel").click()
    expect(page).to_have_url(re.compile(f"^{site.url}/reports"))
    assert me(page, site.url) == guardian

    sign_out(page, site.url)
    assert me(page, site.url) is None
    # A finger that is always there takes what the browser offers at the field of the address.
    page.goto(f"{site.url}/auth/code?school={slug}&next=/passkeys")
    expect(page.get_by_role("heading", name="Sleutels")).to_be_visible()
    assert me(page, site.url) == guardian

    sign_out(page, site.url)
    page.add_init_script(NO_OFFER)
    page.goto(f"{site.url}/auth/passkey?school={slug}&next=/passkeys")
    button = page.get_by_role("button", name="Log in met je sleutel")
    expect(button).to_be_visible()
    assert axe(page) == []
    button.click()
    expect(page.get_by_role("heading", name="Sleutels")).to_be_visible()
    assert me(page, site.url) == guardian


def test_the_code_is_typed_inside_the_app_and_the_browser_that_asked_is_the_one_that_gets_in(
    site: Site, phone: Open
) -> None:
    guardian = person(site, "Ouder")
    mailbox = Mailbox(site)
    slug = invite(site, phone, guardian)
    page = phone().new_page()
    token = mailbox.take(page, INVITATION, r"(?m)^ +(\S{4}-\S{4}-\S{4})\s*$")
    page.goto(f"{site.url}/auth/code?school={slug}")
    page.get_by_role("link", name="Ik heb een uitnodiging").click()
    page.get_by_label("Code van twaalf tekens").fill(token.lower().replace("-", ""))
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Stuur mij de code").click()
    code = mailbox.take(page, CODE, r"\b(\d{6})\b")
    type_code(page, f"{(int(code) + 1) % 10**6:06}")
    expect(page.get_by_role("alert")).to_have_text("Deze code klopt niet. Kijk nog eens in de mail.")
    type_code(page, code, "Gedeeld apparaat")
    # On a shared device no passkey is offered.
    expect(page).to_have_url(re.compile(f"^{site.url}/reports"))
    assert me(page, site.url) == guardian


def test_passkeys_are_made_named_and_removed_in_the_app(site: Site, phone: Open) -> None:
    page = phone().new_page()
    site.sign_in(page.context, person(site, "Leerling"))
    authenticator(page)
    page.goto(f"{site.url}/more")
    page.get_by_role("link", name="Sleutels").click()
    page.get_by_role("button", name="Maak een sleutel op dit apparaat").click()
    item = page.get_by_role("listitem").filter(has_text="Gemaakt op")
    expect(item).to_have_count(1)
    page.reload()
    expect(item).to_have_count(1)
    assert axe(page) == []
    item.get_by_role("button", name="een andere naam geven").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Naam").fill("Mijn telefoon")
    sheet.get_by_role("button", name="Bewaar").click()
    expect(item).to_contain_text("Mijn telefoon")
    item.get_by_role("button", name="Verwijder Mijn telefoon").click()
    page.get_by_role("dialog").get_by_role("button", name="Verwijderen").click()
    expect(page.get_by_text("Je hebt nog geen sleutel")).to_be_visible()


def test_an_admin_makes_the_second_factor_and_shows_it_at_the_next_sign_in(site: Site, phone: Open) -> None:
    admin = person(site, "Beheerder")
    mailbox = Mailbox(site)
    slug = invite(site, phone, admin)
    page = phone().new_page()
    authenticator(page)
    page.goto(mailbox.take(page, INVITATION, rf"({site.url}/i/\S+)"))
    page.get_by_role("button", name="Stuur mij de code").click()
    type_code(page, mailbox.take(page, CODE, r"\b(\d{6})\b"))
    page.get_by_role("link", name="Nu niet").click()
    api = Api(page.context, site.url)
    assert api.status("/admin/access") == 403
    page.goto(f"{site.url}/second-factor?next=/passkeys")
    page.get_by_role("button", name="Maak een sleutel op dit apparaat").click()
    expect(page.get_by_role("heading", name="Sleutels")).to_be_visible()
    assert api.status("/admin/access") == 200

    sign_out(page, site.url)
    page.add_init_script(NO_OFFER)
    address = next(mail.to for mail in caught.newest(mailbox.folder) if mail.subject.startswith(CODE))
    page.goto(f"{site.url}/auth/code?school={slug}&next=/admin/letters")
    page.get_by_label("Je e-mailadres").fill(address)
    page.get_by_role("button", name="Stuur mij een code").click()
    type_code(page, mailbox.take(page, CODE, r"\b(\d{6})\b"))
    # Straight to the letters, which ask for the passkey first.
    button = page.get_by_role("button", name="Bevestig met je sleutel")
    expect(button).to_be_visible()
    assert axe(page) == []
    assert api.status("/admin/access") == 403
    button.click()
    expect(page.get_by_role("heading", name="Brieven om te printen")).to_be_visible()
    assert api.status("/admin/access") == 200
