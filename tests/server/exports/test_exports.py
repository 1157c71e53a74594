"""Exports through the API: counts for organisers, texts for leaders in their scope, and a line in the log for each."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import openpyxl

from server.platform import clock, db
from tests.factories import Group, Person, World
from tests.server.reports.acts import DUTCH, DUTCH_ACTION, MATHS, Cycle, cycle, type_of


async def export(made: Cycle, who: Person | None, what: str, query: str = "", language: str = "nl") -> httpx.Response:
    client = await made.world.as_(who, language=language)
    return await client.get(f"/api/v1/rounds/{made.round_id}/export/{what}{query}")


def lines(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def audit(world: World) -> list[tuple[UUID, str, dict[str, Any]]]:
    await world.speak()
    rows = await db.fetch(
        "select person_id, act, ids::text as ids from audit_log where school_id = $1 order by id", world.school_id
    )
    return [(row["person_id"], row["act"], msgspec.json.decode(row["ids"])) for row in rows]


# --- texts ------------------------------------------------------------------------------------------------------------


async def test_a_leader_gets_the_texts_of_the_scope(world: World) -> None:
    made = await cycle(world)
    other_home = await world.group("home", "h3b", world.outsider)
    stranger = await world.person("Sam Stranger", "student")
    for group in (other_home, world.maths):
        await world.enrol(stranger, group, "student")
    await world.speak()
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made.round_id, stranger.id, world.maths.id,
    )  # fmt: skip
    await world.feedback(made.round_id, stranger, world.maths, "warning", "canary-stranger", "canary-stranger")

    answer = await export(made, world.leader, "feedback")

    found = lines(answer)
    assert len(found) == 6
    assert "canary-stranger" not in answer.text
    first, second = found[:2]
    assert first | {"Gewijzigd": ""} == {
        "Klas": "h3a", "Leerling": "Les0, Student0 van der", "Vak": "netl", "Lesgroep": "h3a.netl", "Docenten": "Dirk de Dutch",
        "Stoplicht": "Let op", "Stand": "compleet", "Opmerking": DUTCH, "Actie": DUTCH_ACTION, "Tot en met": "", "Gewijzigd": "",
    }  # fmt: skip
    assert (second["Stoplicht"], second["Opmerking"]) == ("Ga zo door", MATHS)
    assert [(line["Stoplicht"], line["Stand"]) for line in found[2:]] == [("", "ontbreekt")] * 4


async def test_the_same_as_a_typed_sheet(world: World) -> None:
    made = await cycle(world, name="Najaar: ronde 1")

    answer = await export(made, world.leader, "feedback", "?form=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    today = clock.today().isoformat()
    assert answer.headers["content-disposition"] == f'attachment; filename="feedback-najaar-ronde-1-{today}.xlsx"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    assert (sheet.title, sheet.freeze_panes, sheet.max_row) == ("Najaar  ronde 1", "A2", 7)
    assert [cell.value for cell in sheet[2]][:9] == [
        "h3a", "Les0, Student0 van der", "netl", "h3a.netl", "Dirk de Dutch", "Let op", "compleet", DUTCH, DUTCH_ACTION,
    ]  # fmt: skip
    assert sheet["K2"].is_date and sheet["K2"].value.date() == clock.today()


async def test_one_home_group_of_the_scope_alone(world: World) -> None:
    made = await cycle(world)
    second = await world.group("home", "h2a", world.outsider)
    await world.scope(world.leader, second)

    assert len(lines(await export(made, world.leader, "feedback", f"?group={world.home.id}"))) == 6
    assert lines(await export(made, world.leader, "feedback", f"?group={second.id}")) == []
    outside = await world.group("home", "h1a", world.outsider)
    for group in (outside, world.dutch):
        assert (await export(made, world.leader, "feedback", f"?group={group.id}")).status_code == 404


async def test_nobody_else_gets_texts(world: World, other_school: World) -> None:
    made = await cycle(world)
    leader_elsewhere = await world.person("Lo Lead", "teacher", "leader")
    once_leader = await world.person("Oda Once", "teacher")
    await world.scope(once_leader, world.home)

    for who in (
        world.organiser, world.admin, world.mentor, world.dutch.teacher, world.outsider, world.students[0], world.guardian,
        leader_elsewhere, once_leader,
    ):  # fmt: skip
        for form in ("csv", "xlsx"):
            assert (await export(made, who, "feedback", f"?form={form}")).status_code == 404, who.name
    path = f"/api/v1/rounds/{made.round_id}/export/feedback"
    assert (await (await other_school.as_(other_school.leader)).get(path)).status_code == 404
    assert (await export(made, None, "feedback")).status_code == 401


async def test_each_export_of_texts_is_logged_for_each_student_and_as_an_act(world: World) -> None:
    made = await cycle(world)

    await export(made, world.leader, "feedback", f"?form=xlsx&group={world.home.id}")

    assert sorted(await made.reads_logged()) == sorted((world.leader.id, each.id, "export") for each in world.students)
    (entry,) = await audit(world)
    told = {"round": str(made.round_id), "group": str(world.home.id), "rows": 6, "form": "xlsx"}
    assert entry == (world.leader.id, "export.texts", told)


async def test_while_the_round_is_open_there_are_no_texts_and_nothing_is_logged(world: World) -> None:
    made = await cycle(world, "open")

    answer = await export(made, world.leader, "feedback")

    assert (answer.status_code, type_of(answer)) == (409, "/problems/still-open")
    assert await made.reads_logged() == []
    assert await audit(world) == []


async def test_groups_that_are_open_again_and_text_without_a_stoplight_are_left_out(world: World) -> None:
    made = await cycle(world)
    await world.feedback(made.round_id, world.students[1], world.maths, None, "canary-unfinished")
    await world.set_round(made.round_id, "open", [world.dutch.id])

    answer = await export(made, world.leader, "feedback")

    assert {line["Vak"] for line in lines(answer)} == {"wi"}
    assert DUTCH not in answer.text
    assert "canary-unfinished" not in answer.text
    assert lines(answer)[1]["Stand"] == "ontbreekt"


async def test_a_student_who_changed_group_stands_twice_with_the_day(world: World) -> None:
    made = await cycle(world)
    day = clock.today() - timedelta(days=3)
    await world.speak()
    await db.execute(
        "update expected_pair set state = 'ended', until = $4 where school_id = $1 and round_id = $2 and group_id = $3",
        world.school_id, made.round_id, world.dutch.id, day,
    )  # fmt: skip

    assert lines(await export(made, world.leader, "feedback"))[0]["Tot en met"] == day.isoformat()


async def test_what_teachers_typed_is_no_formula(world: World) -> None:
    round_id = await world.round("closed")
    await world.feedback(round_id, world.students[0], world.dutch, "warning", "=cmd|' /C calc'!A0", "+1 voor inzet")
    made = Cycle(world, round_id, round_id, round_id)

    line = lines(await export(made, world.leader, "feedback"))[0]
    assert (line["Opmerking"], line["Actie"]) == ("'=cmd|' /C calc'!A0", "'+1 voor inzet")
    answer = await export(made, world.leader, "feedback", "?form=xlsx")
    cell = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]["H2"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")


async def test_many_rows_come_in_parts_and_all_of_them_in_order(world: World) -> None:
    for number in range(3, 260):
        student = await world.person(f"Student{number:03} Les{number:03}", "student")
        for group in (world.home, world.dutch, world.maths):
            await world.enrol(student, group, "student")
    round_id = await world.round("closed")
    made = Cycle(world, round_id, round_id, round_id)

    found = lines(await export(made, world.leader, "feedback"))

    assert len(found) == 520
    assert [line["Leerling"] for line in found] == sorted(line["Leerling"] for line in found)
    assert [line["Vak"] for line in found] == ["netl", "wi"] * 260


# --- counts -----------------------------------------------------------------------------------------------------------


async def test_an_organiser_gets_counts_by_group_and_not_a_word_more(world: World) -> None:
    made = await cycle(world, "open")
    await world.feedback(made.round_id, world.students[1], world.dutch, "warning", "", "", complete=False)

    answer = await export(made, world.organiser, "counts")

    dutch, maths = lines(answer)
    assert dutch == {
        "Vak": "netl", "Lesgroep": "h3a.netl", "Docenten": "Dirk de Dutch", "Verwacht": "3", "Compleet": "1", "Onvolledig": "1",
        "Nog niets": "1",
    }  # fmt: skip
    assert (maths["Compleet"], maths["Nog niets"]) == ("1", "2")
    assert "canary" not in answer.text
    for student in world.students:
        assert student.name.split()[-1] not in answer.text
    told = {"round": str(made.round_id), "rows": 2, "form": "csv"}
    assert await audit(world) == [(world.organiser.id, "export.counts", told)]
    assert await made.reads_logged() == []


async def test_counts_in_a_sheet_are_numbers(world: World) -> None:
    made = await cycle(world)

    answer = await export(made, world.organiser, "counts", "?form=xlsx", language="nl")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["netl", "h3a.netl", "Dirk de Dutch", 3, 1, 0, 2]
    assert {cell.data_type for cell in sheet[2][3:]} == {"n"}


async def test_a_leader_gets_the_counts_of_the_scope_and_others_none(world: World) -> None:
    made = await cycle(world)
    german_teacher = await world.person("Duco Duits", "teacher")
    german: Group = await world.group("teaching", "h3b.dutl", german_teacher, subject="dutl")
    stranger = await world.person("Sam Stranger", "student")
    await world.enrol(stranger, german, "student")
    await world.speak()
    await db.execute(
        "insert into expected_pair (school_id, round_id, student_id, group_id) values ($1, $2, $3, $4)",
        world.school_id, made.round_id, stranger.id, german.id,
    )  # fmt: skip

    assert {line["Vak"] for line in lines(await export(made, world.organiser, "counts"))} == {"netl", "wi", "dutl"}
    assert {line["Vak"] for line in lines(await export(made, world.leader, "counts"))} == {"netl", "wi"}
    for who in (world.mentor, world.dutch.teacher, world.outsider, world.students[0], world.guardian):
        assert (await export(made, who, "counts")).status_code == 404, who.name


async def test_titles_and_words_are_in_the_readers_language(world: World) -> None:
    made = await cycle(world)
    await world.set(world.leader, locale="en")

    first = lines(await export(made, world.leader, "feedback", language="en"))[0]

    assert (first["Stoplight"], first["State"], first["Class"]) == ("Take care", "complete", "h3a")


async def test_a_form_that_there_is_not_is_told(world: World) -> None:
    made = await cycle(world)

    answer = await export(made, world.leader, "feedback", "?form=ods")

    assert answer.status_code in (400, 422)
    assert answer.json()["errors"]
