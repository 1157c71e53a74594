"""Templates: what a round is made from, kept under a name. Rounds that were made from one do not change with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from server.audit import service as audit
from server.errors import FieldError, Invalid, NotFound, Stale, require
from server.platform import clock, db
from server.platform.request import Me
from server.rounds import plan_queries as queries
from server.rounds.schemas import RequiredRules, Template, TemplateBody, TemplateKept, TemplateName, TemplatePlan
from server.rounds.service import audience_of, by_year_of, load, words_of
from server.rules import lifecycle

MOST: Final = 50


async def list_templates(me: Me) -> list[Template]:
    """All templates of the school, by name."""
    require(lifecycle.plan_rounds(me.viewer))
    return [_template(row) for row in await queries.templates(me.school_id)]


async def plan_of(me: Me, template_id: UUID) -> TemplatePlan:
    """What a template holds.

    Raises:
        NotFound: this school has no such template.
    """
    require(lifecycle.plan_rounds(me.viewer))
    row = await _find(me, template_id)
    return msgspec.json.decode(row["plan"], type=TemplatePlan)


async def tell(me: Me, kept: TemplateKept) -> Template:
    """The answer about a template.

    Raises:
        NotFound: it was deleted since.
    """
    return _template(await _find(me, kept.id))


async def save(me: Me, body: TemplateBody) -> TemplateKept:
    """Keep a round's plan under a name.

    Raises:
        NotFound: this school has no such round.
        Invalid: no name, one that a template has already, or too many templates.
    """
    require(lifecycle.plan_rounds(me.viewer))
    row, _ = await load(me.school_id, body.round_id)
    plan = TemplatePlan(
        name=row["name"],
        explanation=row["explanation"],
        audience=audience_of(row),
        required=msgspec.json.decode(row["required"], type=RequiredRules),
        required_by_year=by_year_of(row),
        mentors_watch=row["mentors_watch"],
        sharing=row["sharing"],
        reminders=row["reminders"],
        words=words_of(row),
    )
    there = await _locked(me)
    if len(there) >= MOST:
        raise Invalid(FieldError("/name", "too_many", {"most": MOST}))
    name = _name(body.name, there)
    template_id = await queries.add_template(
        me.school_id, me.person_id, name, msgspec.json.encode(plan).decode(), clock.now()
    )
    await audit.record(me.school_id, me.person_id, "round.template_saved", template=template_id)
    return TemplateKept(template_id)


async def rename(me: Me, template_id: UUID, version: int | None, body: TemplateName) -> TemplateKept:
    """Another name.

    Raises:
        NotFound: this school has no such template.
        Stale: somebody renamed it since `version`.
        Invalid: no name, or one that another template has.
    """
    require(lifecycle.plan_rounds(me.viewer))
    there = await _locked(me)
    row = await _find(me, template_id)
    if (version or 0) != row["version"]:
        raise Stale(_template(row), row["version"])
    name = _name(body.name, [each for each in there if each["id"] != template_id])
    if name != row["name"]:
        await queries.rename_template(me.school_id, template_id, name)
        await audit.record(me.school_id, me.person_id, "round.template_renamed", template=template_id)
    return TemplateKept(template_id)


async def remove(me: Me, template_id: UUID) -> None:
    """Away with it; rounds that were made from it stay.

    Raises:
        NotFound: this school has no such template.
    """
    require(lifecycle.plan_rounds(me.viewer))
    if not await queries.remove_template(me.school_id, template_id):
        raise NotFound
    await audit.record(me.school_id, me.person_id, "round.template_removed", template=template_id)


async def _locked(me: Me) -> list[Any]:
    """All templates, once nobody else is naming one."""
    await db.lock(f"templates:{me.school_id}")
    return await queries.templates(me.school_id)


async def _find(me: Me, template_id: UUID) -> Any:
    row = await queries.template(me.school_id, template_id)
    if row is None:
        raise NotFound
    return row


def _name(wanted: str, others: Sequence[Any]) -> str:
    name = " ".join(wanted.split())
    if not name:
        raise Invalid(FieldError("/name", "required"))
    if "\x00" in name:
        raise Invalid(FieldError("/name", "bad_character"))
    if name.lower() in {each["name"].lower() for each in others}:
        raise Invalid(FieldError("/name", "template_name_taken"))
    return name


def _template(row: Any) -> Template:
    return Template(row["id"], row["name"], row["version"], row["created_at"])
