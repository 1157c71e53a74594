"""What an invitation and a code say when their mail leaves. Made then and there, because their codes are stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from server.access import queries
from server.access.derived import invitation_token, mailed_code
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class AccessMail:
    """One mail: message key under `mail.`, and what is in it beside fixed words. Never a name, never anything of a student."""

    to: str
    language: str
    key: str
    school: str
    code: str
    url: str = ""


async def invitation(school_id: UUID, invitation_id: UUID, settings: Settings) -> AccessMail | None:
    """The invitation, to the address on record; None when it was used, revoked or is over. In a transaction of the school."""
    row = await queries.invitation_mail(school_id, invitation_id)
    if row is None:
        return None
    token = invitation_token(settings, invitation_id)
    url = f"{settings.public_url}/i/{token}"
    return AccessMail(row["email"], row["locale"], "invitation", row["school"], token, url)


async def code(school_id: UUID, code_id: UUID, settings: Settings) -> AccessMail | None:
    """Six digits; None when they are over, or nobody has that address. In a transaction of the school."""
    row = await queries.code_mail(school_id, code_id)
    if row is None:
        return None
    return AccessMail(row["sent_to"], row["locale"], "code", row["school"], mailed_code(settings, code_id))
