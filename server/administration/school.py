"""What a school decides for everybody, and how it looks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import UNSET

from server.administration import colour
from server.administration.colour import Look
from server.administration.schemas import AccentBody, Overview, SchoolChange, SchoolSettings
from server.administration.texts import name_errors, tidy
from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import managing_queries as queries
from server.people.schemas import Accent
from server.people.service import logo_address
from server.platform.request import Me
from server.rounds.schemas import RequiredRules
from server.rules.administration import administer

LARGEST_LOGO: Final = 200_000
LOOKS: Final[tuple[Look, Look]] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Picture:
    """The school's picture as it is sent."""

    media_type: str
    body: bytes
    digest: str


async def overview(me: Me) -> Overview:
    """How many of what there is, and what needs attention."""
    require(administer(me.viewer))
    row = await queries.overview(me.school_id)
    return Overview(**dict(row))


async def read(me: Me) -> SchoolSettings:
    """All settings."""
    require(administer(me.viewer))
    row = await queries.settings(me.school_id)
    return SchoolSettings(
        name=row["name"],
        slug=row["slug"],
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        guardians_admitted=row["guardians_admitted"],
        consent_at_16=row["consent_at_16"],
        long_sessions=row["long_sessions"],
        retention_years=row["retention_years"],
        languages=row["languages"],
        accent=Accent(row["accent_light"], row["accent_dark"]) if row["accent_light"] else None,
        logo=logo_address(row["digest"]),
    )


async def change(me: Me, body: SchoolChange) -> SchoolSettings:
    """Change settings; absent fields stay.

    Raises:
        Invalid: a field does not fit; a colour that cannot be read is told with its contrast and the nearest that can.
    """
    require(administer(me.viewer))
    values: dict[str, Any] = {
        name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET
    }
    errors = list(_errors(values))
    if errors:
        raise Invalid(*errors)
    fields = ",".join(sorted(values))
    if "name" in values:
        await queries.rename_school(tidy(values.pop("name")))
    if "accent" in values:
        accent: AccentBody | None = values.pop("accent")
        values["accent_light"] = accent and accent.light.lower()
        values["accent_dark"] = accent and accent.dark.lower()
    if values:
        await queries.change_settings(me.school_id, values)
    if fields:
        await audit.record(me.school_id, me.person_id, "school.settings", fields=fields)
    return await read(me)


def _errors(values: dict[str, Any]) -> Iterator[FieldError]:
    if "name" in values:
        yield from name_errors("/name", tidy(values["name"]))
    if "languages" in values:
        if not values["languages"]:
            yield FieldError("/languages", "required")
        elif len(set(values["languages"])) < len(values["languages"]):
            yield FieldError("/languages", "twice")
    accent = values.get("accent")
    for look in LOOKS if accent else ():
        yield from _colour_errors(f"/accent/{look}", getattr(accent, look).lower(), look)


def _colour_errors(pointer: str, value: str, look: Look) -> Iterator[FieldError]:
    if not colour.COLOUR.fullmatch(value):
        yield FieldError(pointer, "bad_colour")
        return
    ratio = colour.worst(value, look)
    if ratio < colour.ENOUGH:
        # Rounded down: 4.49 must not be called 4.5.
        told = f"{int(ratio * 10) / 10:.1f}"
        yield FieldError(pointer, "low_contrast", {"ratio": told, "nearest": colour.nearest(value, look)})


# --- the picture ------------------------------------------------------------------------------------------------------


def media_type_of(body: bytes) -> str | None:
    """What a picture is, by its first bytes; a name or a header may say anything."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    return None


async def set_logo(me: Me, body: bytes) -> SchoolSettings:
    """Take a picture over.

    Raises:
        Invalid: it is none that we show, or too large.
    """
    require(administer(me.viewer))
    if len(body) > LARGEST_LOGO:
        raise Invalid(FieldError("/logo", "picture_too_large", {"most": LARGEST_LOGO // 1000}))
    media_type = media_type_of(body)
    if media_type is None:
        raise Invalid(FieldError("/logo", "no_picture"))
    await queries.set_logo(me.school_id, media_type, body, hashlib.sha256(body).hexdigest()[:16])
    await audit.record(me.school_id, me.person_id, "school.logo")
    return await read(me)


async def remove_logo(me: Me) -> SchoolSettings:
    """Show no picture any more."""
    require(administer(me.viewer))
    await queries.remove_logo(me.school_id)
    await audit.record(me.school_id, me.person_id, "school.logo")
    return await read(me)


async def logo(me: Me) -> Picture:
    """The picture of the school that somebody is signed in at.

    Raises:
        NotFound: it has none.
    """
    row = await queries.logo(me.school_id)
    if row is None:
        raise NotFound
    return Picture(row["media_type"], bytes(row["body"]), row["digest"])
