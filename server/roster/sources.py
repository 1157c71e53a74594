"""OneRoster REST services that the roster comes from: set up by the admin, fetched by a worker each night or when asked.

A worker's step is safe to run twice. The mirror of what a source said, the roster that follows from it and the result are
written in one transaction: what fails half-way leaves everything as it was, and is fetched again the next time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import UNSET

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, Refused, require
from server.platform import clock, db, outbox
from server.platform.addresses import address_allowed as public_address
from server.platform.request import Me
from server.platform.sealing import BrokenSeal, seal, unseal
from server.roster import mirror, queries, service, source_queries
from server.roster.errors import RosterFileError
from server.roster.model import Roster
from server.roster.oneroster import read_archive
from server.roster.preview import Preview, preview_of
from server.roster.rest import Fetched, Service, SourceTrouble, fetch
from server.roster.schemas import RosterSource, SourceAnswer, SourceBody, SourceChange, SyncBody
from server.roster.service import Origin
from server.roster.showing import show_source
from server.roster.uploads import AGAIN, TRIES, encoded
from server.rules.administration import administer
from server.rules.verdict import Reason
from server.settings import Mode, Settings

PURPOSE: Final = "roster source"
WHOLE: Final = timedelta(days=7)
"""So long changes are believed to tell of everything that went; then all is fetched anew."""

Fetch = Callable[[Service, datetime | None], Awaitable[Fetched]]


def address_allowed(address: str, settings: Settings) -> bool:
    """May we send a request there? In production public addresses only, or hosts that the settings allow."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        return False
    if not usable or not address.isprintable():
        return False
    return settings.mode is not Mode.PRODUCTION or public_address(address, settings.push_allowed_hosts)


def _errors(values: Mapping[str, Any], settings: Settings) -> Iterator[FieldError]:
    for name, value in values.items():
        if isinstance(value, str) and not value.strip():
            yield FieldError(f"/{name}", "required")
        elif isinstance(value, str) and not value.isprintable():
            yield FieldError(f"/{name}", "bad_character")
        elif name in ("base_url", "token_url") and not address_allowed(value, settings):
            yield FieldError(f"/{name}", "bad_address")


def _bound(school_id: UUID, source_id: UUID) -> bytes:
    return school_id.bytes + source_id.bytes


async def list_sources(me: Me) -> list[RosterSource]:
    """Every source of the school, oldest first."""
    require(administer(me.viewer))
    return [show_source(row, me) for row in await source_queries.sources(me.school_id)]


async def read(me: Me, source_id: UUID) -> RosterSource:
    """One source.

    Raises:
        NotFound: there is no such source.
    """
    require(administer(me.viewer))
    return show_source(await _find(me.school_id, source_id), me)


async def _find(school_id: UUID, source_id: UUID) -> Any:
    row = await source_queries.source(school_id, source_id)
    if row is None:
        raise NotFound
    return row


async def add(me: Me, body: SourceBody, settings: Settings) -> SourceAnswer:
    """Set a source up. Nothing is fetched before somebody asks, or the night comes.

    Raises:
        Invalid: an address where we send nothing, or text that is none.
    """
    require(administer(me.viewer))
    values = msgspec.structs.asdict(body)
    if errors := list(_errors(values, settings)):
        raise Invalid(*errors)
    secret = values.pop("client_secret")
    source_id = await source_queries.new_id()
    values["secret"] = seal(settings.secret, PURPOSE, secret.encode(), _bound(me.school_id, source_id))
    await source_queries.add_source(me.school_id, source_id, values)
    await audit.record(me.school_id, me.person_id, "roster.source_added", source=source_id)
    return SourceAnswer(source_id)


async def change(me: Me, source_id: UUID, body: SourceChange, settings: Settings) -> SourceAnswer:
    """Change a source. Who sends us to another address has to know the secret that goes there.

    Raises:
        NotFound: there is no such source.
        Invalid: an address where we send nothing, text that is none, or another address without its secret.
        Refused: it is being fetched right now.
    """
    require(administer(me.viewer))
    row = await _find(me.school_id, source_id)
    values = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    errors = list(_errors(values, settings))
    moved = {name for name in ("base_url", "token_url", "version") if values.get(name, row[name]) != row[name]}
    if moved - {"version"} and "client_secret" not in values:
        errors.append(FieldError("/client_secret", "required"))
    if errors:
        raise Invalid(*errors)
    if row["state"] != "idle":
        raise Refused(Reason.SOURCE_BUSY)
    if (secret := values.pop("client_secret", None)) is not None:
        values["secret"] = seal(settings.secret, PURPOSE, secret.encode(), _bound(me.school_id, source_id))
    if moved:
        values["fetched_until"] = None  # what another service changed since then says nothing about this one
    await source_queries.change_source(me.school_id, source_id, values)
    await audit.record(me.school_id, me.person_id, "roster.source_changed", source=source_id)
    return SourceAnswer(source_id)


async def remove(me: Me, source_id: UUID) -> None:
    """Remove a source with its mirror.

    Raises:
        NotFound: there is no such source.
    """
    require(administer(me.viewer))
    await _find(me.school_id, source_id)
    await source_queries.remove_source(me.school_id, source_id)
    await audit.record(me.school_id, me.person_id, "roster.source_removed", source=source_id)


async def ask(me: Me, source_id: UUID, body: SyncBody) -> SourceAnswer:
    """Let a worker fetch the roster now.

    Raises:
        NotFound: there is no such source.
        Refused: it is being fetched already.
    """
    require(administer(me.viewer))
    await _find(me.school_id, source_id)
    asked = await source_queries.ask(
        me.school_id, source_id, me.person_id, confirm_leaving=body.confirm_leaving, full=body.full
    )
    if not asked:
        raise Refused(Reason.SOURCE_BUSY)
    await audit.record(me.school_id, me.person_id, "roster.sync_asked", source=source_id)
    return SourceAnswer(source_id)


# --- for the worker -------------------------------------------------------------------------------------------------------


async def ask_for_the_night(school_id: UUID) -> int:
    """Ask for every source of a school that is fetched each night; how many. Safe to run twice."""
    async with db.school_transaction(school_id):
        return await source_queries.ask_nightly(school_id)


async def work(school_id: UUID, source_id: UUID, tries: int, settings: Settings, fetch_: Fetch = fetch) -> None:
    """Fetch a source that a worker claimed and bring the school in line. After a fault of ours it is tried again."""
    try:
        if tries > TRIES:
            raise SourceTrouble("gave_up")
        await _synchronise(school_id, source_id, settings, fetch_)
    except SourceTrouble as trouble:
        await _failed(school_id, source_id, trouble.code)
    except RosterFileError as error:
        await _failed(school_id, source_id, "problems", encoded(error.problems))
    except BaseException as error:
        async with db.school_transaction(school_id):
            await source_queries.lease_source(
                school_id, source_id, AGAIN if isinstance(error, Exception) else timedelta(0)
            )
        raise


async def _failed(school_id: UUID, source_id: UUID, code: str, problems: str = "[]") -> None:
    async with db.school_transaction(school_id):
        row = await source_queries.source(school_id, source_id)
        await source_queries.settle(school_id, source_id, "failed", error=code, problems=problems)
        if row is not None:
            # Asked for in the night by nobody, it is for every admin.
            await outbox.append(school_id, "roster.failed", source=source_id, person=row["asked_by"])


async def _synchronise(school_id: UUID, source_id: UUID, settings: Settings, fetch_: Fetch) -> None:
    async with db.school_transaction(school_id):
        row = await source_queries.source(school_id, source_id)
        if row is None or row["state"] == "idle":
            return
        await source_queries.change_source(school_id, source_id, {"state": "reading"})
        slug, zone = await queries.school_of(school_id)
    until, whole_at = row["fetched_until"], row["fetched_whole_at"]
    whole = row["whole"] or until is None or whole_at is None or whole_at < clock.now() - WHOLE
    fetched = await fetch_(_service(row, settings), None if whole else until)
    fresh = {
        name: {sourced_id: mirror.cells_of(name, item) for sourced_id, item in items.items()}
        for name, items in fetched.items.items()
    }
    async with db.school_transaction(school_id):
        kept = await source_queries.rows(school_id)
    before = {} if whole else kept.get(source_id, {})
    kept[source_id] = {name: {**before.get(name, {}), **rows} for name, rows in fresh.items()}
    roster = await asyncio.to_thread(_read, kept, clock.today(zone))
    async with db.school_transaction(school_id):
        await service.lock(slug)
        current = await source_queries.source(school_id, source_id)
        if current is None or current["state"] != "reading":
            return
        plan, stored = await service.plan_for(school_id, roster, clock.today(zone))
        preview = preview_of(plan, stored)
        shown = {"preview": encoded(preview), "problems": encoded(roster.warnings)}
        if plan.needs_confirmation and not _confirmed(row, preview):
            await source_queries.settle(school_id, source_id, "held", **shown)
            return
        await source_queries.write(school_id, source_id, fresh, whole=whole)
        origin = Origin("source", row["name"], row["asked_by"], source_id)
        import_id = await service.carry(plan, stored, school_id, zone, origin)
        more = {"fetched_whole_at": clock.now()} if whole else {}
        await source_queries.settle(
            school_id,
            source_id,
            "nothing" if import_id is None else "changed",
            fetched_until=fetched.until,
            **shown,
            **more,
        )


def _service(row: Any, settings: Settings) -> Service:
    """Looked at again each time, for settings change and so does who may be asked."""
    if not all(address_allowed(row[name], settings) for name in ("base_url", "token_url")):
        raise SourceTrouble("address")
    try:
        secret = unseal(settings.secret, PURPOSE, row["secret"], _bound(row["school_id"], row["id"])).decode()
    except BrokenSeal:
        raise SourceTrouble("secret") from None
    return Service(row["version"], row["base_url"], row["token_url"], row["client_id"], secret)


def _read(kept: Mapping[UUID, mirror.Rows], today: date) -> Roster:
    """All sources of the school as one roster."""
    archive = mirror.MirrorArchive(mirror.together(kept.values()))
    try:
        roster = read_archive(archive, "", today=today)
    except RosterFileError as error:
        raise RosterFileError("", archive.located(error.problems)) from None
    return replace(roster, warnings=archive.located(roster.warnings))


def _confirmed(row: Any, now: Preview) -> bool:
    """The admin confirmed what was held and shown; when more leave than that, it is held again."""
    if not row["confirm_leaving"] or row["result"] != "held" or row["preview"] is None:
        return False
    return now.leaving <= msgspec.json.decode(row["preview"], type=Preview).leaving
