"""Uploads by the admin: kept, read and previewed by a worker, applied when the admin says so.

The worker's steps are safe to run twice: each looks at the state first, and the one that writes the roster moves the state in
the same transaction.
"""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, Refused, require
from server.platform import clock, db, outbox
from server.platform.request import Me
from server.roster import import_queries, queries, service
from server.roster.errors import NothingToUndoError, RosterFileError
from server.roster.model import Roster
from server.roster.oneroster import read_roster
from server.roster.preview import Preview, preview_of
from server.roster.schemas import ApplyBody, ImportAnswer, RosterImport, Upload, UploadAnswer
from server.roster.service import Origin
from server.roster.showing import show_import, show_upload
from server.rules.administration import administer
from server.rules.verdict import Reason

TRIES: Final = 3
LEASE: Final = timedelta(minutes=3)
"""So long after its last sign of life a worker counts as dead. One that lives after all does no harm: it looks again."""
AGAIN: Final = timedelta(seconds=20)
"""So long after a fault of ours the work is tried again."""
LATEST: Final = 20
LONGEST_NAME: Final = 120


def plain_name(filename: str) -> str:
    """The last part of a path, as far as it can be printed."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:LONGEST_NAME] or "roster.zip"


async def upload(me: Me, filename: str, zipped: bytes) -> UploadAnswer:
    """Keep a file for a worker to read. It takes the place of one that was looked at and not applied.

    Raises:
        Invalid: this is no zip.
    """
    require(administer(me.viewer))
    if not zipped.startswith(b"PK"):
        raise Invalid(FieldError("", "no_zip"))
    await import_queries.drop_waiting_uploads(me.school_id)
    upload_id = await import_queries.add_upload(me.school_id, me.person_id, filename, zipped)
    await audit.record(me.school_id, me.person_id, "roster.uploaded", upload=upload_id, bytes=len(zipped))
    return UploadAnswer(upload_id)


async def read_upload(me: Me, upload_id: UUID) -> Upload:
    """How far an upload is, with its problems and its preview.

    Raises:
        NotFound: there is no such upload.
    """
    require(administer(me.viewer))
    row = await import_queries.upload(me.school_id, upload_id)
    if row is None:
        raise NotFound
    return show_upload(row, me)


async def apply(me: Me, upload_id: UUID, body: ApplyBody) -> UploadAnswer:
    """Let a worker do what the preview says.

    Raises:
        NotFound: there is no such upload.
        Refused: it is not ready to be applied, or so many people leave that this has to be confirmed.
    """
    require(administer(me.viewer))
    row = await import_queries.lock_upload(me.school_id, upload_id)
    if row is None:
        raise NotFound
    if row["state"] != "ready":
        raise Refused(Reason.ROSTER_NOT_READY)
    preview = msgspec.json.decode(row["preview"], type=Preview)
    if preview.needs_confirmation and not body.confirm_leaving:
        raise Refused(Reason.MANY_LEAVE, leaving=preview.leaving, present=preview.present)
    await import_queries.change_upload(
        me.school_id,
        upload_id,
        "applying",
        confirm_leaving=body.confirm_leaving,
        changed=False,
        applied_by=me.person_id,
        rows_done=0,
        leased_until=None,
        tries=0,
    )
    return UploadAnswer(upload_id)


async def list_imports(me: Me) -> list[RosterImport]:
    """The latest imports, newest first."""
    require(administer(me.viewer))
    return [show_import(row, me.locale) for row in await import_queries.imports(me.school_id, LATEST)]


async def read_import(me: Me, import_id: UUID) -> RosterImport:
    """One import.

    Raises:
        NotFound: there is no such import.
    """
    require(administer(me.viewer))
    row = await import_queries.one_import(me.school_id, import_id)
    if row is None:
        raise NotFound
    return show_import(row, me.locale)


async def undo(me: Me, import_id: UUID) -> ImportAnswer:
    """Take the last import back.

    Raises:
        NotFound: there is no such import.
        Refused: it is not the last one, or was taken back already.
    """
    await read_import(me, import_id)
    try:
        await service.undo(me.school_id, import_id, me.person_id)
    except NothingToUndoError:
        raise Refused(Reason.NOTHING_TO_UNDO) from None
    return ImportAnswer(import_id)


# --- for the worker -------------------------------------------------------------------------------------------------------


async def claim(lease: timedelta) -> Any | None:
    """Take the next upload or source of any school for `lease`: what, school_id, id, state, tries."""
    async with db.transaction():
        return await import_queries.claim(lease)


async def work(school_id: UUID, upload_id: UUID, state: str, tries: int) -> None:
    """Read or apply an upload that a worker claimed. After a fault of ours it is tried again, and at last given up."""
    if tries > TRIES:
        async with db.school_transaction(school_id):
            row = await import_queries.upload(school_id, upload_id)
            await import_queries.change_upload(school_id, upload_id, "failed", error="gave_up")
            if row is not None:
                by = row["applied_by"] or row["uploaded_by"]
                await outbox.append(school_id, "roster.failed", upload=upload_id, person=by)
        return
    try:
        if state == "applying":
            await _apply(school_id, upload_id)
        else:
            await _read(school_id, upload_id)
    except BaseException as error:
        # A worker that is asked to stop leaves it to the next one at once.
        async with db.school_transaction(school_id):
            await import_queries.lease_upload(
                school_id, upload_id, AGAIN if isinstance(error, Exception) else timedelta(0)
            )
        raise


async def _roster_of(row: Any, zipped: bytes, zone: str) -> Roster:
    """Reading keeps a processor busy for seconds: not the one that the other jobs wait for."""
    today = clock.today(zone)
    return await asyncio.to_thread(read_roster, io.BytesIO(zipped), today=today, name=row["filename"])


async def _read(school_id: UUID, upload_id: UUID) -> None:
    async with db.school_transaction(school_id):
        row = await import_queries.lock_upload(school_id, upload_id)
        if row is None or row["state"] not in ("waiting", "reading"):
            return
        await import_queries.change_upload(school_id, upload_id, "reading")
        await import_queries.lease_upload(school_id, upload_id, LEASE)
        zipped = await import_queries.zipped(school_id, upload_id)
        _, zone = await queries.school_of(school_id)
    try:
        roster = await _roster_of(row, zipped, zone)
    except RosterFileError as error:
        await _settle(school_id, upload_id, "refused", problems=encoded(error.problems))
        return
    async with db.school_transaction(school_id):
        plan, stored = await service.plan_for(school_id, roster, clock.today(zone))
    await _settle(
        school_id,
        upload_id,
        "ready",
        problems=encoded(roster.warnings),
        preview=encoded(preview_of(plan, stored)),
        digest=plan.digest,
        rows_total=plan.rows,
    )


async def _settle(school_id: UUID, upload_id: UUID, state: str, **columns: Any) -> None:
    """Move on, unless a newer file took the place of this one meanwhile."""
    async with db.school_transaction(school_id):
        row = await import_queries.lock_upload(school_id, upload_id)
        if row is not None and row["state"] == "reading":
            await import_queries.change_upload(school_id, upload_id, state, tries=0, **columns)


async def _apply(school_id: UUID, upload_id: UUID) -> None:
    async with db.school_transaction(school_id):
        row = await import_queries.upload(school_id, upload_id)
        zipped = await import_queries.zipped(school_id, upload_id)
        slug, zone = await queries.school_of(school_id)
        await import_queries.lease_upload(school_id, upload_id, LEASE)
    if row is None or row["state"] != "applying":
        return
    roster = await _roster_of(row, zipped, zone)
    total = row["rows_total"]

    async def tell(written: int) -> None:
        async with db.apart(school_id):
            await import_queries.tell_progress(school_id, upload_id, written, total)
            await import_queries.lease_upload(school_id, upload_id, LEASE)

    async with db.school_transaction(school_id):
        await service.lock(slug)
        # Only now nobody else imports: the row itself stays unlocked until the end, for the progress.
        row = await import_queries.upload(school_id, upload_id)
        if row is None or row["state"] != "applying":
            return
        plan, stored = await service.plan_for(school_id, roster, clock.today(zone))
        if plan.digest != row["digest"] or (plan.needs_confirmation and not row["confirm_leaving"]):
            await import_queries.change_upload(
                school_id,
                upload_id,
                "ready",
                changed=True,
                confirm_leaving=False,
                preview=encoded(preview_of(plan, stored)),
                digest=plan.digest,
                rows_total=plan.rows,
                tries=0,
            )
            return
        origin = Origin("upload", row["filename"], row["applied_by"])
        import_id = await service.carry(plan, stored, school_id, zone, origin, tell)
        await import_queries.change_upload(school_id, upload_id, "done", import_id=import_id, rows_done=plan.rows)


def encoded(value: object) -> str:
    """As it is kept."""
    return msgspec.json.encode(value).decode()
