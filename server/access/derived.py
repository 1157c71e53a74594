"""Codes that are stored nowhere: each is computed from the id of its row and the installation's secret.

An invitation's token and the six digits of a mail have to reach a letter or a mail that is made minutes later, by another
process, perhaps twice. Kept in the row, whoever reads the database (a copy of it, a log of its statements) could sign in as
anybody. So the row holds no code: HMAC-SHA256 over its id, under `DRIEHOEK_SECRET` and a label of its own, gives the same
code each time it is needed, and gives nothing to who has only the database. An invitation is found by a hash of its token,
keyed with the same secret, because a plain hash of twelve letters could be turned back by trying them all.

A new secret ends every code and every invitation that is under way; people ask for a new one.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID

from server.settings import Settings

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Without 0 and O, 1 and I, and U, which a hand-written V looks like."""
TOKEN_LENGTH: Final = 12
"""31^12: 59 bits, and each guess is a request."""
DIGITS: Final = 6


def invitation_token(settings: Settings, invitation_id: UUID) -> str:
    """The code of an invitation, as it stands in mail, letter and link: `XXXX-XXXX-XXXX`."""
    number = _number(settings, b"invitation", invitation_id)
    letters = []
    for _ in range(TOKEN_LENGTH):
        number, at = divmod(number, len(LETTERS))
        letters.append(LETTERS[at])
    return "-".join("".join(letters[start : start + 4]) for start in range(0, TOKEN_LENGTH, 4))


def token_hash(settings: Settings, typed: str) -> bytes | None:
    """What an invitation is found by; None when nobody's code looks like this. Case, spaces and hyphens do not matter."""
    letters = "".join(each for each in typed.upper() if each not in " -\u2010\u2011\u2013\u2014\t")
    if len(letters) != TOKEN_LENGTH or not set(letters) <= set(LETTERS):
        return None
    return _mac(settings, b"token", letters.encode())


def hash_of_invitation(settings: Settings, invitation_id: UUID) -> bytes:
    """What this invitation will be found by."""
    return _mac(settings, b"token", invitation_token(settings, invitation_id).replace("-", "").encode())


def mailed_code(settings: Settings, code_id: UUID) -> str:
    """The six digits that a mail brings."""
    return f"{_number(settings, b'code', code_id) % 10**DIGITS:0{DIGITS}}"


def same_code(settings: Settings, code_id: UUID, typed: str) -> bool:
    """Is this what the mail says? Spaces do not matter."""
    digits = "".join(typed.split())
    return hmac.compare_digest(mailed_code(settings, code_id).encode(), digits.encode())


def _number(settings: Settings, label: bytes, row_id: UUID) -> int:
    return int.from_bytes(_mac(settings, label, row_id.bytes))


def _mac(settings: Settings, label: bytes, message: bytes) -> bytes:
    return hmac.new(settings.secret.encode(), b"driehoek " + label + b"\0" + message, hashlib.sha256).digest()
