"""Reading the group board: the rules are asked about the board, and again about each stoplight on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from server.audit.service import log_reads
from server.board import queries
from server.board.schemas import Board, BoardCell, BoardGroup, Boards, BoardStudent
from server.errors import NotFound, require
from server.people import service as people
from server.people.schemas import Card
from server.platform.request import Me
from server.reports.schemas import RoundCard
from server.reports.service import decode_decisions
from server.rounds.facts import round_facts
from server.rules import board as rules
from server.rules import exports, visibility
from server.rules.facts import FeedbackFacts, PairFacts, PairState, RoundFacts, RoundState, ShareFacts, Stoplight, Ties
from server.rules.verdict import Allow


class BoardPair(msgspec.Struct, frozen=True, array_like=True):
    """One pair of a row, in the order of columns of `queries.STUDENTS`. `written_by_me` stands for the list of writers."""

    group_id: UUID
    state: PairState
    until: date | None
    subject: str
    teaches: bool
    stoplight: Stoplight | None
    written_by_me: bool


_PAIRS = msgspec.json.Decoder(list[BoardPair])


async def boards(me: Me) -> Boards:
    """Of which groups and in which rounds the viewer may open the board; nothing for who has none."""
    found = await queries.groups(me.school_id, me.person_id)
    groups = [
        BoardGroup(row["id"], row["title"], "mentor" if row["mentor"] else "leader")
        for row in found
        if visibility.see_group_board(me.viewer, mentor=row["mentor"], in_scope=me.viewer.leader and row["in_scope"])
    ]
    rows = await queries.rounds(me.school_id, [group.id for group in groups]) if groups else []
    rounds = [_round_card(row) for row in rows if rules.was_closed(round_facts(row))]
    in_scope = any(row["in_scope"] for row in found)
    some_day = exports.export_texts(me.viewer, RoundFacts(RoundState.CLOSED), in_scope=in_scope)
    return Boards(rounds, groups, bool(some_day))


async def read(me: Me, round_id: UUID, group_id: UUID) -> Board:
    """The board of one home group in one round. A leader's look is logged for each student on it.

    Raises:
        NotFound: no such round or group, or neither its mentor nor a leader who has it in scope.
        Refused: the round was not closed yet.
    """
    head = await queries.head(me.school_id, me.person_id, round_id, group_id)
    if head is None:
        raise NotFound
    round_ = round_facts(head)
    in_scope = me.viewer.leader and head["in_scope"]
    verdict = require(rules.see_board(me.viewer, round_, mentor=head["mentor"], in_scope=in_scope))
    rows = await queries.students(me.school_id, me.person_id, round_id, group_id)
    read_pairs = [_readable(me, round_, _ties(me, head, row), row) for row in rows]
    columns = sorted({pair.subject for pairs in read_pairs for pair in pairs}, key=lambda name: (name.lower(), name))
    places = {name: number for number, name in enumerate(columns)}
    students = [
        _student(me, round_, _ties(me, head, row), row, card, _cells(pairs, places))
        for row, card, pairs in zip(rows, people.cards_of(rows), read_pairs, strict=True)
    ]
    if verdict.logged:
        await log_reads(me, [row["id"] for row in rows], round_id, "board")
    here = Ties(mentor=head["mentor"], leader=in_scope)
    return Board(
        round=_round_card(head),
        group=BoardGroup(group_id, head["title"], "mentor" if head["mentor"] else "leader"),
        columns=columns,
        students=students,
        decide=bool(rules.write_decision(me.viewer, here, round_)),
        export=bool(exports.export_texts(me.viewer, round_, in_scope=in_scope)),
    )


def _round_card(row: Any) -> RoundCard:
    return RoundCard(row["id"], row["name"], RoundState(row["state"]), row["sharing"])


def _ties(me: Me, head: Any, row: Any) -> Ties:
    return Ties(
        teaches=frozenset(row["teaches"]),
        mentor=head["mentor"],
        leader=me.viewer.leader and head["in_scope"],
        own_complete=row["own_complete"],
    )


def _readable(me: Me, round_: RoundFacts, ties: Ties, row: Any) -> list[BoardPair]:
    """The pairs of which the viewer may know what was given. Text without a stoplight looks like none, and of an earlier group
    only what was given counts."""
    found = []
    for pair in _PAIRS.decode(row["pairs"]):
        writers = frozenset({me.person_id}) if pair.written_by_me else frozenset()
        feedback = FeedbackFacts(PairFacts(pair.group_id, pair.state, pair.teaches), writers)
        told = pair.stoplight is not None or pair.state is PairState.EXPECTED
        if told and visibility.read_feedback(me.viewer, ties, round_, feedback):
            found.append(pair)
    return found


def _cells(pairs: Iterable[BoardPair], places: dict[str, int]) -> list[BoardCell]:
    """By column; what the student gets now stands before what was written in an earlier group."""
    cells = [BoardCell(places[pair.subject], pair.stoplight, pair.until) for pair in pairs]
    return sorted(cells, key=lambda cell: cell.column)


def _student(me: Me, round_: RoundFacts, ties: Ties, row: Any, card: Card, cells: list[BoardCell]) -> BoardStudent:
    shared_at: datetime | None = row["shared_at"]
    share = None if shared_at is None else ShareFacts(row["number"], shared_at, row["guardians"], row["opened"])
    reads = isinstance(rules.read_decisions(me.viewer, ties, round_), Allow)
    return BoardStudent(
        student=card,
        cells=cells,
        concern=rules.concern(cell.stoplight for cell in cells),
        decisions=decode_decisions(row["decisions"]) if reads else [],
        agree=bool(rules.agree(me.viewer, ties, round_, share, agreed=False)),
    )
