"""What people choose to hear over which channel, and what a school sends to nobody. The list in the app always has everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Final
from uuid import UUID

from server.audit import service as audit
from server.errors import FieldError, Invalid, require
from server.notices import choice_queries as queries
from server.notices.kind import Audience, Channel, Way
from server.notices.kinds import DAILY, DAILY_WAY, KINDS
from server.notices.schemas import Calm, ChannelChoices, KindChoices, NoticeChoice, NoticeChoices, QuietHours
from server.notices.sending import Unsubscribing
from server.notices.timing import CALM_FROM, CALM_UNTIL
from server.platform import db
from server.platform.request import Me
from server.platform.texts import text
from server.rules.administration import administer

Chosen = Mapping[tuple[str, str], bool]

DAILY_FOR: Final = frozenset(audience for kind in KINDS.values() for audience, way in kind.to.items() if way.digest)


def ways_of(kind: str, audiences: Set[Audience]) -> list[Way]:
    """How a kind, or the day's digest, reaches somebody who is all of these."""
    if kind == DAILY:
        return [DAILY_WAY] if audiences & DAILY_FOR else []
    return [way for audience, way in KINDS[kind].to.items() if audience in audiences]


def default_of(ways: Iterable[Way], channel: Channel) -> bool | None:
    """Used where nobody chose otherwise? None: not offered."""
    offered = [default for way in ways if (default := way.default(channel)) is not None]
    return any(offered) if offered else None


async def _audiences(me: Me) -> frozenset[Audience]:
    """All that the person may be to some news today."""
    ties = await queries.ties(me.school_id, me.person_id)
    is_so = {
        Audience.STUDENT: ties["studies"],
        Audience.GUARDIAN: ties["guards"],
        Audience.MENTOR: ties["mentors"],
        Audience.ROUND_MENTOR: ties["mentors"],
        Audience.TEACHER: ties["teaches"],
        Audience.RATER: ties["teaches"],
        Audience.ORGANISER: me.viewer.organiser,
        Audience.ADMIN: me.viewer.admin,
        Audience.STAFF: me.viewer.staff,
    }
    return frozenset(audience for audience, so in is_so.items() if so)


def _choices(
    language: str, audiences: Set[Audience], chosen: Chosen, off: Set[tuple[str, str]], quiet: bool
) -> NoticeChoices:
    kinds = []
    for kind in (*KINDS, DAILY):
        ways = ways_of(kind, audiences)
        defaults = {channel: default_of(ways, channel) for channel in Channel}
        if all(default is None for default in defaults.values()):
            continue
        shown = {
            channel: None if default is None or (kind, channel) in off else chosen.get((kind, channel), default)
            for channel, default in defaults.items()
        }
        words = f"notices.kind.{kind.replace('.', '_')}"
        kinds.append(
            KindChoices(
                kind=kind,
                label=text(language, f"{words}.label"),
                hint=text(language, f"{words}.hint"),
                channels=ChannelChoices(push=shown[Channel.PUSH], mail=shown[Channel.MAIL]),
            )
        )
    return NoticeChoices(kinds, Calm(f"{CALM_FROM:%H:%M}", f"{CALM_UNTIL:%H:%M}") if quiet else None)


def _require_offered(kind: str, channel: Channel, audiences: Set[Audience]) -> None:
    """Raises:
    Invalid: no such kind for these people, or not over this channel.
    """
    ways = ways_of(kind, audiences) if kind in KINDS or kind == DAILY else []
    if not any(way.push is not None or way.mail is not None for way in ways):
        raise Invalid(FieldError("/kind", "unknown_value"))
    if default_of(ways, channel) is None:
        raise Invalid(FieldError("/channel", "unknown_value"))


# --- a person's own ---------------------------------------------------------------------------------------------------


async def read(me: Me) -> NoticeChoices:
    """Every kind that can concern the person, with what is sent over which channel."""
    return _choices(
        me.locale,
        await _audiences(me),
        await queries.preferences(me.school_id, me.person_id),
        await queries.switched_off(me.school_id),
        await queries.quiet_hours(me.school_id),
    )


async def choose(me: Me, body: NoticeChoice) -> NoticeChoices:
    """Have a kind over a channel, or not.

    Raises:
        Invalid: a kind that does not concern the person, or a channel that it does not come over.
    """
    channel = Channel(body.channel)
    _require_offered(body.kind, channel, await _audiences(me))
    if (body.kind, channel) in await queries.switched_off(me.school_id):
        raise Invalid(FieldError("/channel", "notices_switched_off"))
    await queries.prefer(me.school_id, me.person_id, body.kind, channel, wanted=body.on)
    return await read(me)


async def unsubscribe(which: Unsubscribing) -> None:
    """No more mails of this kind to this person: who has the mail may say so. In a transaction of its own; safe to repeat."""
    async with db.school_transaction(which.school_id):
        await queries.prefer(which.school_id, which.person_id, which.kind, Channel.MAIL, wanted=False)


def label(language: str, which: Unsubscribing) -> str:
    """The kind in words."""
    return text(language, f"notices.kind.{which.kind.replace('.', '_')}.label")


# --- the school's -----------------------------------------------------------------------------------------------------

EVERYBODY: Final = frozenset(Audience)


async def read_switches(me: Me) -> NoticeChoices:
    """Every kind, with what the school sends."""
    require(administer(me.viewer))
    off = await queries.switched_off(me.school_id)
    sent = {(kind, channel): (kind, channel) not in off for kind in (*KINDS, DAILY) for channel in map(str, Channel)}
    return _choices(me.locale, EVERYBODY, sent, frozenset(), await queries.quiet_hours(me.school_id))


async def switch(me: Me, body: NoticeChoice) -> NoticeChoices:
    """Send a kind over a channel, or to nobody.

    Raises:
        Invalid: there is no such kind, or it does not come over this channel.
    """
    require(administer(me.viewer))
    channel = Channel(body.channel)
    _require_offered(body.kind, channel, EVERYBODY)
    await queries.switch(me.school_id, body.kind, channel, on=body.on)
    await _record(me)
    return await read_switches(me)


async def set_quiet_hours(me: Me, body: QuietHours) -> NoticeChoices:
    """Hold push and mail back at night, in weekends and in holidays, or not."""
    require(administer(me.viewer))
    await queries.set_quiet_hours(me.school_id, on=body.on)
    await _record(me)
    return await read_switches(me)


async def _record(me: Me) -> None:
    await audit.record(me.school_id, me.person_id, "school.settings", fields="notices")


# --- for the relay ----------------------------------------------------------------------------------------------------


class Wanted:
    """What the people whom one piece of news concerns want of its kind."""

    def __init__(self, chosen: Mapping[tuple[UUID, str], bool], off: Set[str], quiet: bool) -> None:
        self.quiet = quiet
        self._chosen, self._off = chosen, off

    def wants(self, person_id: UUID, ways: Iterable[Way], channel: Channel) -> bool:
        """Does it go to this person over this channel?"""
        default = default_of(ways, channel)
        if default is None or channel in self._off:
            return False
        return self._chosen.get((person_id, channel), default)


async def wanted(school_id: UUID, kind: str, person_ids: Iterable[UUID]) -> Wanted:
    """Choices of these people and of the school, and whether it has quiet hours; in one statement."""
    chosen: dict[tuple[UUID, str], bool] = {}
    off: set[str] = set()
    quiet = True
    for row in await queries.choices(school_id, kind, list(person_ids)):
        if row["person_id"] is not None:
            chosen[row["person_id"], row["channel"]] = row["wanted"]
        elif row["channel"] == "quiet":
            quiet = row["wanted"]
        else:
            off.add(row["channel"])
    return Wanted(chosen, off, quiet)
