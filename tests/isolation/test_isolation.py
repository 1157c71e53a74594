"""Two schools, every hidden text a unique canary: none appears in an answer to somebody who must not see it."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from server.platform import db
from tests.isolation.canaries import CANARY, Aviary, build

ROSTER = "/api/v1/admin/roster"


@pytest.fixture
async def ours(rollback: None, http: httpx.AsyncClient) -> Aviary:
    return await build(http, "ours")


@pytest.fixture
async def theirs(rollback: None, ours: Aviary, http: httpx.AsyncClient) -> Aviary:
    return await build(http, "theirs")


def reading_paths(app: Litestar) -> list[tuple[str, list[str]]]:
    """Every GET of the API with the names of its path parameters."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/") and "GET" in route.methods:
            names = [component.name for component in route.path_components if not isinstance(component, str)]
            found.append((route.path, names))
    assert len(found) >= 10
    return found


def addresses(app: Litestar, *aviaries: Aviary) -> list[str]:
    """Every GET of the API filled in with every id that exists in these schools."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for aviary in aviaries:
        for kind, found in aviary.ids.items():
            ids[kind] |= found
    filled = []
    for path, names in reading_paths(app):
        for values in product(*(sorted(ids[name], key=str) for name in names)):
            address = path
            for name, value in zip(names, values, strict=True):
                address = address.replace(f"{{{name}:uuid}}", str(value))
            assert "{" not in address, f"the suite knows no id for {address}"
            filled.append(address)
    return filled


async def test_no_hidden_text_is_in_any_answer_to_anybody(app: Litestar, ours: Aviary, theirs: Aviary) -> None:
    may = ours.may | theirs.may
    seen: dict[str, set[UUID]] = defaultdict(set)
    for name, person in ours.people.items():
        client = await ours.world.as_(person)
        for address in addresses(app, ours, theirs):
            answer = await client.get(address)
            assert answer.status_code in (200, 404, 409), f"{name}: {answer.status_code} {address} {answer.text[:200]}"
            for canary in CANARY.findall(answer.text):
                assert person.id in may[canary], f"{name} saw {canary} at {address}"
                seen[canary].add(person.id)
    # The suite can only be trusted when something could leak: every canary is really shown to everyone who may see it.
    unseen = {
        (canary, name)
        for canary, people in ours.may.items()
        for name, person in ours.people.items()
        if person.id in people and person.id not in seen[canary] and (canary, person.id) not in ours.replaced
    }
    assert not unseen


async def test_foreign_ids_answer_exactly_like_ids_that_do_not_exist(
    app: Litestar, ours: Aviary, theirs: Aviary
) -> None:
    for name in ("mentor", "dutch", "student", "organiser", "leader", "admin"):
        client = await ours.world.as_(ours.people[name])
        for path, names in reading_paths(app):
            if not names:
                continue
            foreign = missing = path
            for parameter in names:
                foreign = foreign.replace(f"{{{parameter}:uuid}}", str(min(theirs.ids[parameter], key=str)))
                missing = missing.replace(f"{{{parameter}:uuid}}", str(uuid4()))
            theirs_answer, missing_answer = await client.get(foreign), await client.get(missing)
            assert theirs_answer.status_code == missing_answer.status_code == 404, f"{name}: {foreign}"
            assert theirs_answer.json() == missing_answer.json()


async def test_writing_to_another_school_is_writing_to_nothing(ours: Aviary, theirs: Aviary) -> None:
    round_id = min(theirs.ids["round_id"], key=str)
    student_id = theirs.people["student"].id
    group_id = theirs.world.dutch.id
    agreement_id = min(theirs.ids["agreement_id"], key=str)
    report = f"/api/v1/rounds/{round_id}/students/{student_id}"
    writes: list[tuple[str, str, str, object]] = [
        ("dutch", "PUT", f"/api/v1/rounds/{round_id}/groups/{group_id}/students/{student_id}/feedback",
         {"stoplight": "warning", "remark": "", "action": ""}),
        ("dutch", "PUT", f"/api/v1/rounds/{round_id}/groups/{group_id}/feedback",
         {"items": [{"student": str(student_id), "key": str(uuid4()), "version": 0, "stoplight": "warning"}]}),
        ("mentor", "PUT", f"{report}/message", {"text": "hallo"}),
        ("mentor", "POST", f"{report}/share", {"guardians": True}),
        ("student", "PUT", f"{report}/feedback/{min(theirs.ids['feedback_id'])}/question", {"on": True}),
        ("dutch", "PUT", f"/api/v1/my/questions/{min(theirs.ids['question_id'])}", {"answered": True}),
        ("mentor", "POST", f"{report}/recall", None),
        ("mentor", "POST", "/api/v1/bundles", {"round": str(round_id), "scope": {"school": True}}),
        ("mentor", "DELETE", f"/api/v1/bundles/{min(theirs.ids['bundle_id'])}", None),
        ("mentor", "POST", f"/api/v1/rounds/{round_id}/home-groups/{theirs.world.home.id}/share", {"guardians": True}),
        ("student", "PUT", f"{report}/plan", {"proud": "x", "improve": "", "how": "", "help": "", "when": "", "answers": {}}),
        ("student", "POST", f"{report}/plan/hand-in", None),
        ("mentor", "POST", f"{report}/plan/conclude", None),
        ("mentor", "POST", f"{report}/agreements", {"what": "x", "party": "student"}),
        ("mentor", "PATCH", f"/api/v1/agreements/{agreement_id}", {"what": "x"}),
        ("mentor", "DELETE", f"/api/v1/agreements/{agreement_id}", None),
        ("student", "POST", f"/api/v1/agreements/{agreement_id}/confirm", None),
        ("student", "POST", f"/api/v1/agreements/{agreement_id}/tick", {"done": True}),
        ("mentor", "POST", f"{report}/decisions", {"text": "x"}),
        ("leader", "POST", f"{report}/decisions", {"text": "x"}),
        ("mentor", "PUT", f"/api/v1/decisions/{min(theirs.ids['decision_id'])}", {"text": "x"}),
        ("leader", "DELETE", f"/api/v1/decisions/{min(theirs.ids['decision_id'])}", None),
        ("mentor", "POST", f"/api/v1/decisions/{min(theirs.ids['decision_id'])}/agreement", {"what": "x", "party": "student"}),
        ("organiser", "PATCH", f"/api/v1/rounds/{round_id}", {"name": "x"}),
        ("organiser", "DELETE", f"/api/v1/rounds/{round_id}", None),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/open", None),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/close", None),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/reopen", {"group_ids": None, "reason": "x"}),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/archive", None),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/nudges", {"person": None}),
        ("organiser", "PATCH", f"/api/v1/round-templates/{min(theirs.ids['template_id'])}", {"name": "x"}),
        ("organiser", "DELETE", f"/api/v1/round-templates/{min(theirs.ids['template_id'])}", None),
        ("organiser", "POST", f"/api/v1/rounds/{round_id}/stand-ins",
         {"group_id": str(group_id), "person_id": str(ours.people["outsider"].id)}),
        ("organiser", "DELETE", f"/api/v1/rounds/{round_id}/groups/{group_id}/stand-ins/{theirs.people['mentor'].id}", None),
        ("admin", "POST", f"{ROSTER}/uploads/{min(theirs.ids['upload_id'])}/apply", {"confirm_leaving": True}),
        ("admin", "POST", f"{ROSTER}/imports/{min(theirs.ids['import_id'])}/undo", None),
        ("admin", "PATCH", f"{ROSTER}/sources/{min(theirs.ids['source_id'])}", {"name": "x"}),
        ("admin", "DELETE", f"{ROSTER}/sources/{min(theirs.ids['source_id'])}", None),
        ("admin", "POST", f"{ROSTER}/sources/{min(theirs.ids['source_id'])}/sync", {}),
        ("admin", "POST", f"/api/v1/admin/people/{theirs.people['mentor'].id}/disable", None),
        ("admin", "PUT", f"/api/v1/admin/people/{theirs.people['mentor'].id}/roles", {"roles": ["admin"]}),
        ("admin", "PUT", f"/api/v1/admin/people/{theirs.people['leader'].id}/scope", {"everything": True}),
        ("admin", "POST", f"/api/v1/admin/people/{theirs.people['outsider'].id}/merge", {"into": str(ours.people["mentor"].id)}),
        ("admin", "PUT", f"/api/v1/admin/students/{student_id}/guardians/{theirs.people['guardian'].id}", {"barred": True}),
        ("admin", "PUT", f"/api/v1/admin/groups/{theirs.world.home.id}/mentors", {"person_ids": []}),
        ("admin", "PATCH", f"/api/v1/admin/subjects/{theirs.world.dutch.subject_id}", {"name": "x"}),
    ]  # fmt: skip
    for name, method, path, body in writes:
        client = await ours.world.as_(ours.people[name])
        more = {} if body is None else {"json": body}
        answer = await client.request(method, path, if_match=1, **more)
        assert answer.status_code == 404, f"{method} {path}: {answer.status_code} {answer.text}"


async def test_the_database_itself_shows_no_other_school(ours: Aviary, theirs: Aviary) -> None:
    await ours.world.speak()
    tables = [
        row["relname"]
        for row in await db.fetch(
            """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and c.relkind = 'r' and c.relforcerowsecurity"""
        )
    ]
    assert {"feedback", "feedback_history", "late_write", "plan", "session", "device_secret", "outbox"} <= set(tables)
    for table in tables:
        # No condition on the school in this query: the policy alone must hold.
        foreign = await db.fetchval(f"select count(*) from {table} where school_id = $1", theirs.world.school_id)
        assert foreign == 0, table


async def test_every_table_with_a_school_is_under_forced_row_level_security(rollback: None) -> None:
    open_tables = await db.fetch(
        """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
              and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id')"""
    )
    assert [row["relname"] for row in open_tables] == []


async def test_without_a_school_the_database_raises_instead_of_showing_nothing(pool: None) -> None:
    async with db.transaction():
        with pytest.raises(Exception, match="no school set"):
            await db.fetch("select * from feedback")


async def test_a_reference_into_another_school_is_refused_by_the_database(ours: Aviary, theirs: Aviary) -> None:
    await ours.world.speak()
    with pytest.raises(db.ForeignKeyViolation):
        async with db.transaction():
            await db.execute(
                "insert into enrolment (school_id, sourced_id, group_id, person_id, role) values ($1, 'x', $2, $3, 'student')",
                ours.world.school_id, ours.world.dutch.id, theirs.people["student"].id,
            )  # fmt: skip
