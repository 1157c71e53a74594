"""The demo's mail pages: mails are shown as text, never run."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from server.notices.caught import lines
from server.settings import Settings
from tests.factories import World

ID = "1766000000000-0123abcd"


@pytest.fixture
def mail(settings: Settings) -> str:
    """A caught mail with something nasty in it."""
    message = EmailMessage()
    message["To"] = "leerling@school.example"
    message["Subject"] = "Je feedback <b>staat</b> klaar"
    message.set_content(f"Hallo\n\n{settings.public_url}/rounds/1/students/2\nhttps://elsewhere.example/x\n")
    message.add_alternative("<script>alert(1)</script><h1>Hallo</h1>", subtype="html")
    settings.mail_folder.mkdir(parents=True, exist_ok=True)
    (settings.mail_folder / f"{ID}.eml").write_bytes(message.as_bytes())
    return ID


async def test_the_list_links_each_mail(world: World, mail: str) -> None:
    answer = await (await world.as_(None)).get("/demo/mail")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert f'href="/demo/mail/{mail}"' in answer.text
    assert "leerling@school.example" in answer.text
    assert "<b>staat</b>" not in answer.text


async def test_one_mail_has_its_text_with_our_own_links_and_its_html_as_source(world: World, mail: str) -> None:
    answer = await (await world.as_(None)).get(f"/demo/mail/{mail}")
    assert answer.status_code == 200
    assert '<a href="/rounds/1/students/2">' in answer.text
    assert 'href="https://elsewhere.example' not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert" not in answer.text


async def test_without_a_mail_it_says_how_to_get_one(world: World, settings: Settings) -> None:
    for file in settings.mail_folder.glob("*.eml"):
        file.unlink()
    answer = await (await world.as_(None)).get("/demo/mail")
    assert "Er is nog geen mail" in answer.text


@pytest.mark.parametrize("mail_id", ["1766000000000-ffffffff", "..%2F..%2Fvapid", "nothing", "1766000000000-0123ABCD"])
async def test_what_is_no_mail_is_not_found(world: World, mail: str, mail_id: str) -> None:
    answer = await (await world.as_(None)).get(f"/demo/mail/{mail_id}")
    assert answer.status_code == 404


def test_only_an_address_of_this_installation_becomes_a_link() -> None:
    text = "http://localhost:8000/rounds/1\nhttp://localhost:80001/x\nsee http://localhost:8000\n"
    assert [inside for _, inside in lines(text, "http://localhost:8000")] == ["/rounds/1", None, None]
