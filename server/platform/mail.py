"""Mail over SMTP: the one file that knows `aiosmtplib`. A mail is text and HTML of the same fixed words."""

from __future__ import annotations

import asyncio
import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final, Self
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
    message keys with the number in each. `unsubscribe`: the address that ends mails of this kind. `own`: what the
    organiser of a round adds.
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
    own: str = ""


def message_id(delivery_id: object, settings: Settings) -> str:
    """The same for each attempt of one delivery, so that mail servers recognise a repeated one."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return f"<{delivery_id}@{host}>"


BOUNDARY: Final = "=_driehoek"
"""Between the parts. In quoted-printable text no `=_` can stand."""


def fixed_words(language: str, key: str, n: int | None, school: str) -> dict[str, str]:
    """Subject, title, text and button of a mail."""
    return {
        name: counted(language, f"mail.{key}.{name}", n, school=school)
        for name in ("subject", "title", "text", "button")
    }


def compose(letter: Letter, to: Address, sender: str) -> bytes:
    """The mail as it is sent.

    Put together here, for a whole school is told at once: the library would parse each header again that we made, and takes four
    times as long. Whatever others write (addresses, names of schools) goes through it all the same.
    """
    said = fixed_words(letter.language, letter.key, letter.n, letter.school)
    context = {
        "said": said,
        "url": letter.url,
        "school": letter.school,
        "code": letter.code,
        "lines": [counted(letter.language, f"mail.{key}", n) for key, n in letter.lines],
        "unsubscribe": letter.unsubscribe,
        "own": letter.own.strip().splitlines(),
    }
    lines = [
        _from(sender),
        _to(to),
        _subject(said["subject"]),
        f"Date: {format_datetime(letter.created_at)}",
        f"Message-ID: {letter.message_id}",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {letter.language}",
    ]
    if letter.unsubscribe:
        # RFC 8058: the reader's mail program ends these mails by one press, without a page and without signing in. On one line
        # however long: folded it would be an encoded word, which nobody follows.
        lines += [
            f"List-Unsubscribe: <{letter.unsubscribe}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"', ""]
    for kind, template in (("plain", "mail/notice.txt"), ("html", "mail/notice.html")):
        lines += [
            f"--{BOUNDARY}",
            f'Content-Type: text/{kind}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            _quoted(render(template, letter.language, **context)),
        ]
    lines += [f"--{BOUNDARY}--", ""]
    return "\r\n".join(lines).encode()


def _header(name: str, value: Any, policy: EmailPolicy[Any] = SMTP) -> str:
    """One header as the library folds and encodes it, without the end of its line."""
    return str(policy.fold(name, policy.header_factory(name, value))).removesuffix("\r\n")


@lru_cache(maxsize=64)
def _from(sender: str) -> str:
    return _header("From", Address("Driehoek", addr_spec=sender))


@lru_cache(maxsize=1024)
def _subject(text: str) -> str:
    return _header("Subject", text)


def _to(address: Address) -> str:
    return _header("To", address, SMTP if address.addr_spec.isascii() else SMTPUTF8)


def recipient(text: str) -> Address:
    """A mail address as somebody wrote it down.

    Raises:
        ValueError: it is none.
    """
    user, at, host = text.strip().rpartition("@")
    if not (user and at and host):
        raise ValueError("not a mail address")
    try:
        return Address("", user, host)
    except (MessageError, IndexError) as error:
        raise ValueError("not a mail address") from error


def _quoted(text: str) -> str:
    """Quoted-printable, with the line ends of mail."""
    plain = "\r\n".join(text.splitlines()) + "\r\n"
    return b2a_qp(plain.encode(), istext=True).decode("ascii")


class Mailman:
    """One connection to the mail server, for several mails one after another; made when the first one leaves.

    When nobody answers there, the other mails in the bag are not tried either: they wait together.
    """

    def __init__(self, settings: Settings, *, patience: float = 10) -> None:
        """`patience` in seconds, for connecting and for each mail."""
        self._settings = settings
        self._patience = patience
        self._line: aiosmtplib.SMTP | None = None
        self._trouble: Attempt | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            async with asyncio.timeout(1):
                await line.quit()
        except (aiosmtplib.SMTPException, OSError):
            line.close()

    async def send(self, letter: Letter) -> Attempt:
        """Hand one mail to the mail server. Never raises for what the other side does."""
        sender = self._settings.smtp.sender
        try:
            to = recipient(letter.to)
            message = compose(letter, to, sender)
        except ValueError:
            return Attempt(Outcome.REFUSED, "bad_address")
        line = await self._connected()
        if line is None:
            return self._trouble or Attempt(Outcome.RETRY, "network")
        try:
            async with asyncio.timeout(self._patience):
                options = [] if to.addr_spec.isascii() else ["SMTPUTF8"]
                await line.sendmail(sender, to.addr_spec, message, mail_options=options)
        except ValueError:
            return Attempt(Outcome.REFUSED, "bad_address")
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            self._hang_up()
            # A 5xx that is not about the recipient is our own set-up: it may be put right while the mail waits.
            return Attempt(Outcome.RETRY, f"smtp_{error.code}")
        except (aiosmtplib.SMTPException, OSError):
            self._hang_up()
            return Attempt(Outcome.RETRY, "network")
        return Attempt(Outcome.SENT, "sent")

    async def _connected(self) -> aiosmtplib.SMTP | None:
        if self._line is not None or self._trouble is not None:
            return self._line
        smtp = self._settings.smtp
        line = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            use_tls=smtp.tls is SmtpTls.TLS,
            start_tls=smtp.tls is SmtpTls.STARTTLS,
            timeout=self._patience,
        )
        try:
            async with asyncio.timeout(self._patience):
                await line.connect()
        except aiosmtplib.SMTPResponseException as error:
            self._trouble = Attempt(Outcome.RETRY, f"smtp_{error.code}")
        except (aiosmtplib.SMTPException, OSError):
            self._trouble = Attempt(Outcome.RETRY, "network")
        else:
            self._line = line
            return line
        line.close()
        return None

    def _hang_up(self) -> None:
        """Without a word: it was not understood, or nobody listens. The next mail makes a new connection."""
        line, self._line = self._line, None
        if line is not None:
            line.close()


NO_MAILBOX: Final = frozenset({550, 551, 553})
_ABOUT_THE_MAILBOX: Final = re.compile(r"5\.(1\.\d|2\.1)\b")
_PRECISE: Final = re.compile(r"\s*[245]\.\d{1,3}\.\d{1,3}\b")


def _refused(answer: aiosmtplib.SMTPRecipientRefused) -> Attempt:
    """What it means that a mail server does not take this recipient.

    "No such mailbox" is for good. Other refusals for good (not from us, not this mail) say nothing about the address; where a
    server says more precisely what it means (RFC 3463), that counts.
    """
    if answer.code < 500:
        return Attempt(Outcome.RETRY, f"smtp_{answer.code}")
    precise = _PRECISE.match(answer.message)
    if answer.code in NO_MAILBOX and (precise is None or _ABOUT_THE_MAILBOX.match(precise.group().strip())):
        return Attempt(Outcome.GONE, "smtp_recipient")
    return Attempt(Outcome.REFUSED, f"smtp_{answer.code}")
