"""What the mail catcher of the demo kept, for its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from server.platform.clock import DEFAULT_ZONE

SHOWN = 100
_NAME = re.compile(r"\d{13}-[0-9a-f]{8}")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Caught:
    """One caught mail."""

    id: str
    to: str
    subject: str
    caught_at: datetime
    text: str
    html: str

    @property
    def clock(self) -> str:
        """When it was caught, as people in the Netherlands say it: 14.05."""
        return f"{self.caught_at.astimezone(ZoneInfo(DEFAULT_ZONE)):%H.%M}"


def newest(folder: Path) -> list[Caught]:
    """The newest mails, newest first; none where there is no folder yet."""
    files = sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]
    return [mail for file in files if (mail := find(folder, file.stem)) is not None]


def find(folder: Path, mail_id: str) -> Caught | None:
    """One mail, or None when there is none of that id."""
    if _NAME.fullmatch(mail_id) is None:
        return None
    try:
        content = (folder / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=default)
    return Caught(
        id=mail_id,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        caught_at=datetime.fromtimestamp(int(mail_id[:13]) / 1000, UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def lines(text: str, public_url: str) -> list[tuple[str, str | None]]:
    """The text line by line, each with the address in it that leads into this installation, if any."""
    found: list[tuple[str, str | None]] = []
    for line in text.splitlines():
        match = _ADDRESS.search(line)
        inside = match is not None and match.group().startswith(f"{public_url}/")
        found.append((line, match.group().removeprefix(public_url) if match is not None and inside else None))
    return found
