"""Mail over SMTP: the one file that knows `aiosmtplib`. A mail is text and HTML of the same fixed words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import aiosmtplib

from server.platform.pages import render
from server.platform.push import Attempt, Outcome
from server.platform.texts import counted
from server.settings import Settings, SmtpTls


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person. `key` is a message key with `.subject`, `.title`, `.text`, `.button`; `url` is absolute.

    `code`: what its reader types over. A letter without `url` has no button. `n`: how many, for words that say so. `lines`:
    message keys with the number in each. `unsubscribe`: the address that ends mails of this kind.
    """

    to: str
    language: str
    key: str
    url: str
    school: str
    message_id: str
    created_at: datetime
    code: str = ""
    n: int | None = None
    lines: tuple[tuple[str, int], ...] = ()
    unsubscribe: str = ""


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a long address would become an encoded word, which nobody follows."""

    def fold(self, *, policy: Policy[Any]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _OneLine)
    return EmailPolicy(linesep=SMTP.linesep, header_factory=registry)


POLICY: Final = _policy()


def message_id(delivery_id: object, settings: Settings) -> str:
    """The same for each attempt of one delivery, so that mail servers recognise a repeated one."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return f"<{delivery_id}@{host}>"


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The mail as it is sent.

    Raises:
        ValueError: the address cannot be written into a header.
    """
    message = EmailMessage(policy=POLICY)
    user, at, host = letter.to.strip().rpartition("@")
    if not (user and at and host):
        raise ValueError("not a mail address")
    said = {
        name: counted(letter.language, f"mail.{letter.key}.{name}", letter.n, school=letter.school)
        for name in ("subject", "title", "text", "button")
    }
    context = {
        "said": said,
        "url": letter.url,
        "school": letter.school,
        "code": letter.code,
        "lines": [counted(letter.language, f"mail.{key}", n) for key, n in letter.lines],
        "unsubscribe": letter.unsubscribe,
    }
    try:
        message["From"] = Address("Driehoek", addr_spec=sender)
        message["To"] = Address("", user, host)
        message["Subject"] = said["subject"]
    except (MessageError, IndexError) as error:
        raise ValueError("not a mail address") from error
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    if letter.unsubscribe:
        # RFC 8058: the reader's mail program ends these mails by one press, without a page and without signing in.
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(render("mail/notice.txt", letter.language, **context), cte="quoted-printable")
    message.add_alternative(
        render("mail/notice.html", letter.language, **context), subtype="html", cte="quoted-printable"
    )
    return message


async def send(letter: Letter, settings: Settings, *, patience: float = 15) -> Attempt:
    """Hand one mail to the mail server; `patience` in seconds. Never raises for what the other side does."""
    smtp = settings.smtp
    try:
        message = compose(letter, smtp.sender)
    except ValueError:
        return Attempt(Outcome.REFUSED, "bad_address")
    try:
        await aiosmtplib.send(
            message,
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            use_tls=smtp.tls is SmtpTls.TLS,
            start_tls=smtp.tls is SmtpTls.STARTTLS,
            timeout=patience,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        if all(code >= 500 for code in codes):
            return Attempt(Outcome.REFUSED, "smtp_recipient")
        return Attempt(Outcome.RETRY, f"smtp_{codes[0]}")
    except aiosmtplib.SMTPResponseException as error:
        # A 5xx that is not about the recipient is our own set-up: it may be put right while the mail waits.
        return Attempt(Outcome.RETRY, f"smtp_{error.code}")
    except (aiosmtplib.SMTPException, OSError):
        return Attempt(Outcome.RETRY, "network")
    return Attempt(Outcome.SENT, "sent")
