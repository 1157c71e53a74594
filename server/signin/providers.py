"""The admin's side: a school's providers, a test that signs nobody in, and accounts to decide about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, require
from server.people import service as people
from server.platform import db
from server.platform.addresses import LOCAL, address_allowed
from server.platform.oidc import Oidc, ProviderTrouble
from server.platform.request import Me
from server.platform.sealing import BrokenSeal, seal
from server.platform.texts import text
from server.rules import administration
from server.settings import Mode, Settings
from server.signin import queries
from server.signin.binding import provider_of
from server.signin.errors import BadProviderError, NoSuchSchoolError
from server.signin.presets import PRESETS, Details, PresetName, issuer_of
from server.signin.schemas import (
    Candidate,
    Check,
    ClashDecision,
    ClashItem,
    PresetItem,
    ProviderBody,
    ProviderChange,
    ProviderItem,
    ProviderReport,
)
from server.signin.service import FOR_CLIENT, client_of, details_of, redirect_of, school_of_slug

LONGEST_DETAIL = 300


def presets(me: Me) -> list[PresetItem]:
    """The kinds of provider."""
    require(administration.administer(me.viewer))
    return [PresetItem(name, preset.issuer, list(preset.needs)) for name, preset in PRESETS.items()]


def _item(row: Any, settings: Settings) -> ProviderItem:
    return ProviderItem(
        id=row["id"],
        preset=PresetName(row["preset"]),
        name=row["name"],
        issuer=row["issuer"],
        client_id=row["client_id"],
        has_secret=row["client_secret"] is not None,
        settings=details_of(row),
        bind_by=row["bind_by"],
        enabled=row["enabled"],
        redirect_uri=redirect_of(settings, provider_of(row, details_of(row))),
    )


async def list_providers(me: Me, settings: Settings) -> list[ProviderItem]:
    """All of them, also those that are switched off."""
    require(administration.administer(me.viewer))
    return [_item(row, settings) for row in await queries.providers(me.school_id)]


async def _row(school_id: UUID, provider_id: UUID) -> Any:
    row = await queries.provider(school_id, provider_id)
    if row is None:
        raise NotFound
    return row


async def add(me: Me, body: ProviderBody, settings: Settings) -> ProviderItem:
    """A new provider.

    Raises:
        Invalid: something does not fit, at its field.
    """
    require(administration.administer(me.viewer))
    provider_id = await store(me.school_id, body, settings)
    await audit.record(me.school_id, me.person_id, "provider_added", provider_id=provider_id)
    return _item(await _row(me.school_id, provider_id), settings)


async def store(school_id: UUID, body: ProviderBody, settings: Settings) -> UUID:
    issuer = body.issuer.strip() or issuer_of(body.preset, body.settings)
    _check(body.preset, body.name, issuer, body.client_id, body.settings, settings)
    provider_id = await queries.new_id()
    values = {
        "name": body.name.strip(),
        "issuer": issuer,
        "client_id": body.client_id.strip(),
        "client_secret": _sealed(settings, provider_id, body.client_secret),
        "settings": msgspec.json.encode(body.settings).decode(),
        "bind_by": body.bind_by.value,
        "enabled": body.enabled,
    }
    await queries.add_provider(school_id, provider_id, body.preset.value, values)
    return provider_id


async def change(me: Me, provider_id: UUID, body: ProviderChange, settings: Settings) -> ProviderItem:
    """Change what is given.

    Raises:
        NotFound: no such provider.
        Invalid: something does not fit, at its field.
    """
    require(administration.administer(me.viewer))
    row = await _row(me.school_id, provider_id)
    values: dict[str, Any] = {}
    for name in ("name", "issuer", "client_id", "enabled"):
        if (value := getattr(body, name)) is not UNSET:
            values[name] = value.strip() if isinstance(value, str) else value
    preset = PresetName(row["preset"])
    details = details_of(row) if body.settings is UNSET else body.settings
    if values.get("issuer") == "":
        values["issuer"] = issuer_of(preset, details)
    _check(
        preset,
        values.get("name", row["name"]),
        values.get("issuer", row["issuer"]),
        values.get("client_id", row["client_id"]),
        details,
        settings,
    )
    if body.settings is not UNSET:
        values["settings"] = msgspec.json.encode(details).decode()
    if body.bind_by is not UNSET:
        values["bind_by"] = body.bind_by.value
    if body.client_secret is not UNSET:
        values["client_secret"] = _sealed(settings, provider_id, body.client_secret)
    if values:
        await queries.change_provider(me.school_id, provider_id, values)
        changed = ",".join(sorted(values))
        await audit.record(me.school_id, me.person_id, "provider_changed", provider_id=provider_id, fields=changed)
    return _item(await _row(me.school_id, provider_id), settings)


async def remove(me: Me, provider_id: UUID) -> list[bytes]:
    """Remove a provider, whose account is whose there, and the sessions that began there; the hashes of those.

    Raises:
        NotFound: no such provider.
    """
    require(administration.administer(me.viewer))
    await _row(me.school_id, provider_id)
    ended = await queries.remove_provider(me.school_id, provider_id)
    await audit.record(me.school_id, me.person_id, "provider_removed", provider_id=provider_id, sessions=len(ended))
    return ended


def _sealed(settings: Settings, provider_id: UUID, secret: str | None) -> bytes | None:
    return None if secret is None else seal(settings.secret, FOR_CLIENT, secret.encode(), provider_id.bytes)


def _check(preset: PresetName, name: str, issuer: str, client_id: str, details: Details, settings: Settings) -> None:
    """What no provider may be.

    Raises:
        Invalid: each field that does not fit.
    """
    hosts = () if settings.mode is Mode.PRODUCTION else LOCAL
    texts = {"/name": name, "/issuer": issuer, "/client_id": client_id}
    texts |= {f"/settings/{key}": value for key, value in msgspec.to_builtins(details).items()}
    found = [FieldError(pointer, "bad_character") for pointer, value in texts.items() if not value.isprintable()]
    found += [
        FieldError(pointer, "too_long", {"most": LONGEST_DETAIL})
        for pointer, value in texts.items()
        if pointer.startswith("/settings/") and len(value) > LONGEST_DETAIL
    ]
    found += [FieldError(pointer, "required") for pointer in ("/name", "/client_id") if not texts[pointer].strip()]
    found += [
        FieldError(f"/settings/{need}", "required") for need in PRESETS[preset].needs if not getattr(details, need)
    ]
    if not issuer:
        found.append(FieldError("/issuer", "required"))
    elif not address_allowed(issuer, hosts) or "?" in issuer:
        found.append(FieldError("/issuer", "bad_address"))
    if details.discovery and not address_allowed(details.discovery, hosts):
        found.append(FieldError("/settings/discovery", "bad_address"))
    if found:
        raise Invalid(*found)


# ------------------------------------------------------------------------------------------------------- the test


async def to_examine(me: Me, provider_id: UUID) -> Any:
    """The provider's row, so that the test itself holds no transaction.

    Raises:
        NotFound: no such provider.
    """
    require(administration.administer(me.viewer))
    return await _row(me.school_id, provider_id)


async def examine(oidc: Oidc, settings: Settings, row: Any, language: str) -> ProviderReport:
    """Look at a provider without signing anybody in: does it answer, with keys, does it know us, can one sign out there."""
    checks: list[Check] = []

    def say(key: str, outcome: str, detail: str = "") -> None:
        sentence = text(language, f"signin.check.{key}.{outcome}", detail=detail)
        checks.append(msgspec.convert({"key": key, "outcome": outcome, "text": sentence}, Check))

    async def look() -> None:
        try:
            client = client_of(settings, provider_of(row, details_of(row)))
        except BrokenSeal:
            say("secret", "failed")
            return
        try:
            metadata = await oidc.describe(client, fresh=True)
        except ProviderTrouble as trouble:
            say("discovery", "failed", text(language, f"signin.trouble.{trouble.code}"))
            return
        say("discovery", "ok")
        try:
            say("keys", "ok", str(len(await oidc.keys(metadata, fresh=True))))
        except ProviderTrouble:
            say("keys", "failed")
        methods = metadata.code_challenge_methods_supported
        say("pkce", "ok" if "S256" in methods else "warning")
        try:
            known = await oidc.knows_us(client)
        except ProviderTrouble:
            known = None
        say("secret", {True: "ok", False: "failed", None: "warning"}[known])
        say("sign_out", "warning" if metadata.end_session_endpoint is None else "ok")

    await look()
    return ProviderReport(all(one.outcome != "failed" for one in checks), checks)


# -------------------------------------------------------------------------------------------------------- clashes


async def list_clashes(me: Me) -> list[ClashItem]:
    """Accounts that wait for a decision."""
    require(administration.administer(me.viewer))
    rows = await queries.clashes(me.school_id)
    known = await people.cards_with_usernames(me.school_id, {one for row in rows for one in row["candidates"]})
    return [
        ClashItem(
            id=row["id"],
            provider_id=row["provider_id"],
            provider=row["provider"],
            label=row["label"],
            reason=row["reason"],
            candidates=[
                Candidate(one, known[one][0].name, known[one][1], known[one][0].home_group)
                for one in row["candidates"]
                if one in known
            ],
            created_at=row["created_at"],
            seen_at=row["seen_at"],
        )
        for row in rows
    ]


async def decide(me: Me, clash_id: UUID, body: ClashDecision) -> None:
    """Whose account it is; who had another one at the same provider has this one from now on.

    Raises:
        NotFound: nothing waits under this id.
        Invalid: the person is none of those it may be.
    """
    require(administration.administer(me.viewer))
    row = await queries.clash(me.school_id, clash_id)
    if row is None:
        raise NotFound
    person_id = body.person_id
    if person_id is not None:
        if person_id not in row["candidates"]:
            raise Invalid(FieldError("/person_id", "unknown_person"))
        await queries.release(me.school_id, row["issuer"], person_id)
        await queries.bind(me.school_id, row["provider_id"], row["issuer"], row["subject"], person_id, by=me.person_id)
    await queries.settle(me.school_id, clash_id, me.person_id)
    await audit.record(me.school_id, me.person_id, "clash_settled", clash_id=clash_id, bound_to=person_id)


# --------------------------------------------------------------------------------------------- the command line


async def add_for_school(slug: str, body: ProviderBody, settings: Settings) -> str:
    """A provider for a school that has no admin yet who could sign in; the redirect URI to register there.

    Raises:
        NoSuchSchoolError: there is none with this short name.
        BadProviderError: something does not fit.
    """
    school = await school_of_slug(slug)
    if school is None:
        raise NoSuchSchoolError(f"There is no school {slug}.")
    async with db.school_transaction(school.id):
        try:
            provider_id = await store(school.id, body, settings)
        except Invalid as invalid:
            raise BadProviderError(
                " ".join(
                    f"{error.pointer[1:]}: {text('en', f'field.{error.code}', **error.params)}"
                    for error in invalid.errors
                )
            ) from None
        await audit.record(school.id, None, "provider_added", provider_id=provider_id)
        row = await _row(school.id, provider_id)
    return redirect_of(settings, provider_of(row, details_of(row)))
