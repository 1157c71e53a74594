"""The mail catcher, the push keys, and the purity of the rules."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from base64 import urlsafe_b64decode
from email import message_from_bytes
from pathlib import Path

import aiosmtplib
import pytest

from server.platform import embedded, vapid
from server.settings import Refused, load

RULES = Path(__file__).resolve().parents[2] / "server" / "rules"


async def test_the_mail_catcher_keeps_each_mail_as_a_file(tmp_path: Path) -> None:
    port = embedded.free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.cli",
        "mailcatcher",
        env={**os.environ, "DRIEHOEK_DATA": str(tmp_path), "DRIEHOEK_SMTP_PORT": str(port)},
    )
    try:
        mail = b"From: a@school.example\r\nTo: b@school.example\r\nSubject: Hoi\r\n\r\nEen bericht.\r\n"
        async with asyncio.timeout(20):
            while True:
                try:
                    await aiosmtplib.send(
                        mail,
                        sender="a@school.example",
                        recipients=["b@school.example"],
                        hostname="127.0.0.1",
                        port=port,
                    )
                    break
                except aiosmtplib.SMTPConnectError:
                    await asyncio.sleep(0.05)
        (kept,) = (tmp_path / "mail").glob("*.eml")
        assert message_from_bytes(kept.read_bytes())["Subject"] == "Hoi"
        assert kept.stat().st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        assert await process.wait() == 0


def test_push_keys_are_made_once_and_stay(tmp_path: Path) -> None:
    settings = load({"DRIEHOEK_DATA": str(tmp_path)})
    first = vapid.key_pair(settings)
    assert vapid.key_pair(settings) == first
    assert settings.vapid_file.stat().st_mode & 0o777 == 0o600
    assert len(urlsafe_b64decode(first.private_key + "=")) == 32
    assert urlsafe_b64decode(first.public_key + "=")[:1] == b"\x04"


def test_a_push_key_from_the_environment_wins(tmp_path: Path) -> None:
    own = vapid.new_private_key()
    settings = load({"DRIEHOEK_DATA": str(tmp_path), "DRIEHOEK_VAPID_PRIVATE_KEY": own})
    assert vapid.key_pair(settings).private_key == own
    assert not settings.vapid_file.exists()


@pytest.mark.parametrize("key", ["short", "A" * 43, "!" * 43])
def test_a_push_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(Refused, match="DRIEHOEK_VAPID_PRIVATE_KEY"):
        vapid.key_pair(load({"DRIEHOEK_DATA": str(tmp_path), "DRIEHOEK_VAPID_PRIVATE_KEY": key}))


@pytest.mark.parametrize("file", sorted(RULES.glob("*.py")), ids=lambda file: file.stem)
def test_the_rules_are_pure(file: Path) -> None:
    """Standard library and each other only; nothing asynchronous, no clock."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            assert name.startswith("server.rules") or top in sys.stdlib_module_names, f"{file}: {name}"
            assert top not in {"asyncio", "time", "os", "random", "http", "urllib"}, f"{file}: {name}"
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{file} awaits"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow"}, f"{file}: reads the clock"
