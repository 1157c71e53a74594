"""Properties of the import that hold for any school, found by Hypothesis."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.platform import db
from server.roster.service import import_file, undo_last
from tests.roster_files import Zip, small_school
from tests.server.roster import stored

pytestmark = pytest.mark.usefixtures("rollback")

slugs = (f"any-{number}" for number in count())
NAMES = (
    st.sampled_from(["Zoë", "Jan", "Noor", "Sem"]),
    st.sampled_from(["de Vries", "IJzerman", "van 't Hof", "Yılmaz"]),
)


@st.composite
def schools(draw: st.DrawFn) -> Zip:
    """A school of the same ids each time, in which anything may be absent, deleted, renamed or moved."""
    school = Zip()
    school.rows["academicSessions"] = small_school().rows["academicSessions"]
    school.rows["orgs"] = small_school().rows["orgs"]
    state = st.sampled_from(["active", "", "tobedeleted"])
    groups = [f"h{year}{kind}" for year in (1, 2) for kind in ("a", "a.wi")]
    for title in draw(st.lists(st.sampled_from(groups), unique=True)):
        subject = title.partition(".")[2]
        school.group(title, "scheduled" if subject else "homeroom", subject, draw(st.sampled_from(["", "Wiskunde"])))
        school.row("classes", title)["status"] = draw(state)
    people = draw(st.lists(st.sampled_from([f"p{number}" for number in range(6)]), unique=True, min_size=1))
    for one in people:
        role = draw(st.sampled_from(["student", "teacher", "parent", "siteAdministrator"]))
        agents = ",".join(draw(st.lists(st.sampled_from(people), max_size=2, unique=True)))
        enabled = draw(st.sampled_from(["true", "FALSE", ""]))
        school.person(one, role, draw(NAMES[0]), draw(NAMES[1]), agentSourcedIds=agents, enabledUser=enabled)
        school.row("users", one)["status"] = draw(state)
    school.person("head", "principal", "Iris", "Baas")  # a file with nobody in it is refused
    for row in school.rows["classes"]:
        for one in draw(st.lists(st.sampled_from(people), unique=True)):
            begin = draw(st.sampled_from(["", "2026-10-05", "9/15/2026"]))
            school.enrol(
                row["sourcedId"], one, draw(st.sampled_from(["student", "teacher", "proctor"])), beginDate=begin
            )
    return school


async def run(school: Zip, slug: str) -> bool:
    """Import into a school; True when nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        return (
            await import_file(school.write(Path(folder) / "x.zip"), slug, create_school=True, confirm_leaving=True)
        ).nothing


def shuffled(school: Zip, seed: int) -> Zip:
    mixed = school.copy()
    for rows in mixed.rows.values():
        Random(seed).shuffle(rows)
    return mixed


STEADY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@STEADY
@given(school=schools())
async def test_importing_twice_is_importing_once(school: Zip) -> None:
    slug = next(slugs)
    await run(school, slug)
    before = await stored.everything(slug)

    nothing = await run(school, slug)

    assert nothing
    assert await stored.everything(slug) == before


@STEADY
@given(school=schools(), seed=st.integers(0, 999))
async def test_the_order_of_rows_gives_the_same_school(school: Zip, seed: int) -> None:
    plain, mixed = next(slugs), next(slugs)
    await run(school, plain)
    await run(shuffled(school, seed), mixed)

    assert await stored.today(plain) == await stored.today(mixed)


@STEADY
@given(first=schools(), second=schools())
async def test_after_an_import_the_school_is_as_the_file_says_whatever_was_before(first: Zip, second: Zip) -> None:
    changed, fresh = next(slugs), next(slugs)
    await run(first, changed)
    await run(second, changed)
    await run(second, fresh)

    now, expected = await stored.today(changed), await stored.today(fresh)
    # Subjects stay, for earlier rounds name them.
    assert set(expected.pop("subject")) <= set(now.pop("subject"))
    assert now == expected


@STEADY
@given(first=schools(), second=schools(), back=st.booleans())
async def test_feedback_never_vanishes(first: Zip, second: Zip, back: bool) -> None:
    slug = next(slugs)
    await run(first, slug)
    school_id = await stored.enter(slug)
    round_id = await db.fetchval(
        """insert into round (school_id, name, state, deadline, required, audience)
           values ($1, 'Herfst', 'open', now() + interval '6 days', '{}', '{}') returning id""",
        school_id,
    )
    await db.execute(
        """insert into expected_pair (school_id, round_id, student_id, group_id)
           select distinct school_id, $2::uuid, person_id, group_id from enrolment where school_id = $1""",
        school_id,
        round_id,
    )
    await db.execute(
        """insert into feedback (school_id, round_id, student_id, group_id, stoplight, remark, author_id, written_by)
           select e.school_id, e.round_id, e.student_id, e.group_id, 'on_track', p.sourced_id || ' in ' || g.sourced_id, e.student_id,
                  array[e.student_id]
             from expected_pair e join person p on p.id = e.student_id join class_group g on g.id = e.group_id
            where e.school_id = $1""",
        school_id,
    )
    before = await written(school_id)

    nothing = await run(second, slug)
    if back or nothing:
        await undo_last(slug)

    assert await written(school_id) == before


async def written(school_id: UUID) -> list[tuple[str, str, str]]:
    """Every remark with whom and what it is about, found through the rows that it refers to."""
    rows = await db.fetch(
        """select f.remark, p.sourced_id, g.sourced_id as group_id
             from feedback f join person p on p.school_id = f.school_id and p.id = f.student_id
             join class_group g on g.school_id = f.school_id and g.id = f.group_id
            where f.school_id = $1 order by f.remark""",
        school_id,
    )
    assert all(row["remark"] == f"{row['sourced_id']} in {row['group_id']}" for row in rows)
    return [tuple(row.values()) for row in rows]


@STEADY
@given(first=schools(), second=schools())
async def test_taking_an_import_back_brings_all_facts_back(first: Zip, second: Zip) -> None:
    slug = next(slugs)
    await run(first, slug)
    before = await stored.today(slug)
    if await run(second, slug):
        return

    await undo_last(slug)

    assert await stored.today(slug) == before
    assert await run(first, slug), "the school is as the first file says"
