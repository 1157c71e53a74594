"""*** Who sees what, when: product.md's table, row by row. ***

Pure and total: every function answers for every combination of facts, without a query, a clock or an exception. Anything not
named here is not visible. Each function names its row of the table; columns are checked in the order author, other teachers,
mentor, student, guardian, leader, organiser / admin.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from server.rules.facts import (
    AgreementFacts,
    FeedbackFacts,
    PairFacts,
    PairState,
    Party,
    PlanState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
    Viewer,
)
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict

RECALL_WINDOW: Final = timedelta(minutes=10)
"""How long a mentor may take a shared report back, if nobody has opened it (product.md, Report)."""

FEWEST: Final = 5
"""Fewer people than this are not hidden by a sum."""

ADULT: Final = 18
CONSENT_AGE: Final = 16


# --- the round itself -------------------------------------------------------------------------------------------------


def group_open(round_: RoundFacts, group_id: UUID) -> bool:
    """True while feedback of this teaching group can be written: the whole round is open, or this group was reopened."""
    return round_.state is RoundState.OPEN and (round_.only_groups is None or group_id in round_.only_groups)


def settled(round_: RoundFacts, group_id: UUID) -> bool:
    """True once this group's feedback is open to colleagues: the round was closed and this group is not reopened."""
    if round_.state in (RoundState.CLOSED, RoundState.ARCHIVED):
        return True
    # A partial reopen hides only the named groups again; the rest stays as it was after closing.
    return round_.state is RoundState.OPEN and round_.only_groups is not None and group_id not in round_.only_groups


def see_round(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """May the viewer know that the round exists? Organisers all; other staff from opening on. Students and guardians know a
    round only through a shared report."""
    if not viewer.active:
        return HIDDEN
    if viewer.organiser:
        return ALLOW
    return ALLOW if viewer.staff and round_.state is not RoundState.DRAFT else HIDDEN


# --- rows: feedback while open / closed / earlier rounds --------------------------------------------------------------


def author_of(viewer: Viewer, feedback: FeedbackFacts) -> bool:
    """Co-teachers and substitutes are the authors of a group together; who wrote keeps reading the own text."""
    return viewer.active and (feedback.pair.viewer_authors or viewer.person_id in feedback.written_by)


def read_feedback(viewer: Viewer, ties: Ties, round_: RoundFacts, feedback: FeedbackFacts) -> Verdict:
    """Rows *feedback, round (or its group) open*, *feedback, round closed* and *earlier rounds*.

    Student and guardian never read feedback itself, only a shared version of the report: see `read_shared`.
    """
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    if author_of(viewer, feedback):
        return ALLOW
    if not feedback.has_stoplight:
        return HIDDEN  # text without a stoplight is shown to its author only
    if not settled(round_, feedback.pair.group_id):
        watching = ties.mentor and round_.mentors_watch and ties.own_complete
        return ALLOW if watching else HIDDEN
    if ties.teaches or ties.mentor:
        return ALLOW
    return ALLOW_LOGGED if ties.leader else HIDDEN


def open_clock(viewer: Viewer, ties: Ties, *, stands_in: bool = False) -> Verdict:
    """May the viewer ask for this student's earlier feedback in a subject at all? What stands in it is asked per feedback.

    An author without any tie left still finds the own texts: who gets one of them opens the clock by it. `stands_in`: the
    viewer writes about the student now, in a group of this subject that is not the viewer's own.
    """
    return ALLOW if viewer.active and (stands_in or ties.teaches or ties.mentor or ties.leader) else HIDDEN


def writes_for_now(round_: RoundFacts, pair: PairFacts) -> bool:
    """Is the viewer the substitute of a group that can be written in now? Only so long its students' clocks are open."""
    return pair.viewer_stands_in and group_open(round_, pair.group_id)


def read_clock(
    viewer: Viewer, ties: Ties, round_: RoundFacts, feedback: FeedbackFacts, *, stands_in: bool = False
) -> Verdict:
    """One line of the clock: what the viewer reads anyway; for a substitute, what the subject had before (column author).

    Of what others wrote in other subjects a substitute reads nothing: that is for the teachers of the student.
    """
    found = read_feedback(viewer, ties, round_, feedback)
    if found or not stands_in or not viewer.active:
        return found
    closed = round_.state is not RoundState.DRAFT and settled(round_, feedback.pair.group_id)
    return ALLOW if closed and feedback.has_stoplight else HIDDEN


def follow_group(viewer: Viewer, round_: RoundFacts, *, author: bool) -> Verdict:
    """May the viewer hear at once that something was written in this group? Its authors of today, once the round is open.

    They hear which student and which version; what was written they read by `read_feedback`.
    """
    return ALLOW if viewer.active and author and round_.state is not RoundState.DRAFT else HIDDEN


def write_feedback(viewer: Viewer, round_: RoundFacts, pair: PairFacts) -> Verdict:
    """Row *feedback, round open*, column author: written only by a teacher or substitute of the group, only while it is open."""
    if not viewer.active or not pair.viewer_authors or round_.state is RoundState.DRAFT:
        return HIDDEN
    if pair.state is not PairState.EXPECTED:
        return Deny(Reason.PAIR_ENDED)
    if round_.state is RoundState.ARCHIVED:
        return Deny(Reason.ROUND_ARCHIVED)
    return ALLOW if group_open(round_, pair.group_id) else Deny(Reason.ROUND_NOT_OPEN)


def keep_late_write(viewer: Viewer, round_: RoundFacts, pair: PairFacts) -> Verdict:
    """A write that comes after closing is refused for the report and kept for its author (product.md, Round)."""
    late = viewer.active and pair.viewer_authors and round_.state in (RoundState.CLOSED, RoundState.OPEN)
    return ALLOW if late and not group_open(round_, pair.group_id) else HIDDEN


# --- row: counts while open -------------------------------------------------------------------------------------------


def count_per_student(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """n of m for one student: the mentor's; organiser and admin only for students whom they do not teach."""
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    if ties.mentor:
        return ALLOW
    if (viewer.organiser or viewer.admin) and not ties.teaches:
        return ALLOW
    return HIDDEN


def list_counts(*, withheld: int) -> bool:
    """May the counts of the other students of a home group be listed when those of `withheld` are not?

    Not when they are so few that what is listed and the group's own count tell theirs together.
    """
    return withheld == 0 or withheld >= FEWEST


def count_per_group(viewer: Viewer, round_: RoundFacts, *, in_scope: bool) -> Verdict:
    """n of m for one group. `in_scope`: the group lies in the viewer's scope as leader."""
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    return ALLOW if viewer.organiser or viewer.admin or in_scope else HIDDEN


def follow_progress(viewer: Viewer, round_: RoundFacts, *, in_scope: bool) -> Verdict:
    """May the viewer hear at once that counts may have changed? Who reads some of them, which are then asked again.

    `in_scope`: some group of the round lies in the viewer's scope as leader. Which group or student it was is not told.
    """
    return count_per_group(viewer, round_, in_scope=in_scope)


def count_per_teacher(viewer: Viewer, round_: RoundFacts) -> Verdict:
    """n of m per teacher: organiser and admin."""
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    return ALLOW if viewer.organiser or viewer.admin else HIDDEN


# --- the report: sharing ----------------------------------------------------------------------------------------------


def read_report(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """May a member of staff open the report page of one student in one round at all? What stands in it is asked per part.

    While the round is open a mentor sees the page (counts, own feedback, and the rest if the round lets mentors watch). A
    teacher opens it once the round was closed, also while some groups are reopened.
    """
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    if ties.mentor:
        return ALLOW
    if round_.state is RoundState.OPEN and round_.only_groups is None:
        return HIDDEN
    if ties.teaches:
        return ALLOW
    return ALLOW_LOGGED if ties.leader else HIDDEN


def share_report(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """Only a mentor of that student shares, only when the round is closed and sharing is on."""
    if not viewer.active or not ties.mentor or round_.state is RoundState.DRAFT:
        return HIDDEN
    if not round_.sharing:
        return Deny(Reason.SHARING_OFF)
    if round_.state is RoundState.ARCHIVED:
        return Deny(Reason.ROUND_ARCHIVED)
    return ALLOW if round_.state is RoundState.CLOSED else Deny(Reason.ROUND_NOT_CLOSED)


def recall_report(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None, now: datetime) -> Verdict:
    """Within 10 minutes and only while nobody has opened it; archived rounds are read-only."""
    if not viewer.active or not ties.mentor or round_.state is RoundState.DRAFT:
        return HIDDEN
    if share is None:
        return Deny(Reason.NOT_SHARED)
    if round_.state is RoundState.ARCHIVED:
        return Deny(Reason.ROUND_ARCHIVED)
    if share.opened:
        return Deny(Reason.ALREADY_READ)
    return ALLOW if now - share.shared_at <= RECALL_WINDOW else Deny(Reason.RECALL_TOO_LATE)


def read_shared(
    viewer: Viewer, ties: Ties, student: StudentFacts, school: SchoolFacts, share: ShareFacts | None, today: date
) -> Verdict:
    """Columns student and guardian included of *feedback*, *earlier rounds* and *mentor message*: the shared version."""
    if not viewer.active or share is None:
        return HIDDEN
    if ties.is_student:
        return ALLOW
    if guardian_reads(ties, student, school, today) and share.guardians:
        return ALLOW
    return HIDDEN


# --- row: mentor message ----------------------------------------------------------------------------------------------


def read_message(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None) -> Verdict:
    """The mentor always; other teachers and leaders after sharing. Who is no mentor reads the version that was shared."""
    if not viewer.active or round_.state is RoundState.DRAFT:
        return HIDDEN
    if ties.mentor:
        return ALLOW
    if share is None:
        return HIDDEN
    if ties.teaches:
        return ALLOW
    return ALLOW_LOGGED if ties.leader else HIDDEN


def write_message(viewer: Viewer, ties: Ties, round_: RoundFacts) -> Verdict:
    """The mentor, while the round is open or closed; a change after sharing reaches others with a new version only."""
    if not viewer.active or not ties.mentor or round_.state is RoundState.DRAFT:
        return HIDDEN
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


# --- rows: plan draft, plan handed in ---------------------------------------------------------------------------------


def read_plan_draft(viewer: Viewer, ties: Ties) -> Verdict:
    """The student alone."""
    return ALLOW if viewer.active and ties.is_student else HIDDEN


def write_plan(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None, plan: PlanState) -> Verdict:
    """The student, after sharing, until the talk concludes the plan; each version handed in is kept."""
    if not viewer.active or not ties.is_student or share is None:
        return HIDDEN
    if plan is PlanState.CONCLUDED:
        return Deny(Reason.PLAN_CONCLUDED)
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


def read_plan(
    viewer: Viewer,
    ties: Ties,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    plan: PlanState,
    today: date,
) -> Verdict:
    """The plan as handed in: teachers of the student, mentor, student, guardian (with consent at 16 and 17), leader."""
    if not viewer.active or plan not in (PlanState.HANDED_IN, PlanState.CONCLUDED):
        return HIDDEN
    return _read_after_sharing(viewer, ties, student, school, share, today)


def conclude_plan(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None, plan: PlanState) -> Verdict:
    """The talk concludes the plan: the mentor's act, after sharing, once. A talk may conclude without a written plan."""
    if not viewer.active or not ties.mentor or round_.state is RoundState.DRAFT:
        return HIDDEN
    if share is None:
        return Deny(Reason.NOT_SHARED)
    if plan is PlanState.CONCLUDED:
        return Deny(Reason.PLAN_CONCLUDED)
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


# --- row: agreements --------------------------------------------------------------------------------------------------


def read_agreements(
    viewer: Viewer, ties: Ties, student: StudentFacts, school: SchoolFacts, share: ShareFacts | None, today: date
) -> Verdict:
    """Teachers of the student, mentor, student, guardian (with consent at 16 and 17), leader."""
    if not viewer.active:
        return HIDDEN
    return _read_after_sharing(viewer, ties, student, school, share, today)


def write_agreements(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None) -> Verdict:
    """The mentor, once the report was shared, until the round is archived."""
    if not viewer.active or not ties.mentor or round_.state is RoundState.DRAFT:
        return HIDDEN
    if share is None:
        return Deny(Reason.NOT_SHARED)
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


def confirm_agreement(viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None) -> Verdict:
    """The student confirms; archived rounds are read-only."""
    if not viewer.active or not ties.is_student or share is None:
        return HIDDEN
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


def tick_agreement(
    viewer: Viewer,
    ties: Ties,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    agreement: AgreementFacts,
    today: date,
) -> Verdict:
    """Everyone ticks off the own agreements, the mentor all of them; also in an archived round."""
    if not read_agreements(viewer, ties, student, school, share, today):
        return HIDDEN
    own = (
        (agreement.party is Party.STUDENT and ties.is_student)
        or (agreement.party is Party.GUARDIAN and ties.guardian is not None)
        or (agreement.party is Party.TEACHER and bool(ties.teaches) and agreement.owner_id == viewer.person_id)
    )
    return ALLOW if ties.mentor or own else Deny(Reason.NOT_YOURS)


# --- rows: who has read, questions, paper, access log -----------------------------------------------------------------


def see_readers(viewer: Viewer, ties: Ties) -> Verdict:
    """Who has read my report and plan: the student's own, with names; the mentor's students."""
    return ALLOW if viewer.active and (ties.is_student or ties.mentor) else HIDDEN


def read_question(viewer: Viewer, *, asked: bool, asker: bool) -> Verdict:
    """A question to a teacher about a feedback, and its answer: the asked author and the asker, nobody else."""
    return ALLOW if viewer.active and (asked or asker) else HIDDEN


def ask_question(
    viewer: Viewer, ties: Ties, round_: RoundFacts, share: ShareFacts | None, *, in_version: bool
) -> Verdict:
    """The student asks, or takes it back, about a feedback in the version that was shared; archived rounds are read-only."""
    if not viewer.active or not ties.is_student or share is None or not in_version:
        return HIDDEN
    return Deny(Reason.ROUND_ARCHIVED) if round_.state is RoundState.ARCHIVED else ALLOW


def answer_question(viewer: Viewer, *, asked: bool) -> Verdict:
    """The asked author says that it was answered, or not yet; also in an archived round."""
    return ALLOW if viewer.active and asked else HIDDEN


def print_report(
    viewer: Viewer, ties: Ties, student: StudentFacts, school: SchoolFacts, share: ShareFacts | None, today: date
) -> Verdict:
    """Report PDFs: mentor the own home group, student and guardian what was shared, leader the scope (logged)."""
    if not viewer.active:
        return HIDDEN
    if ties.mentor or read_shared(viewer, ties, student, school, share, today):
        return ALLOW
    return ALLOW_LOGGED if ties.leader else HIDDEN


def see_group_board(viewer: Viewer, *, mentor: bool, in_scope: bool) -> Verdict:
    """The group board: the own home group, or the leader's scope (logged)."""
    if not viewer.active:
        return HIDDEN
    if mentor:
        return ALLOW
    return ALLOW_LOGGED if in_scope else HIDDEN


def read_access_log(viewer: Viewer, ties: Ties) -> Verdict:
    """Reads of own data for the student; the admin sees the log without content."""
    return ALLOW if viewer.active and (ties.is_student or viewer.admin) else HIDDEN


# --- guardians --------------------------------------------------------------------------------------------------------


def age_on(birth_date: date, today: date) -> int:
    """Completed years; who is born on 29 February has the birthday on 1 March of other years."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def is_adult(student: StudentFacts, today: date) -> bool:
    """18 or older; where no birth date came in the roster, the admin's flag decides."""
    return student.adult_flag if student.birth_date is None else age_on(student.birth_date, today) >= ADULT


def guardian_reads(ties: Ties, student: StudentFacts, school: SchoolFacts, today: date) -> bool:
    """Is the viewer a guardian who is let in today? From 18 on only with the student's consent, for the past too."""
    if ties.guardian is None or ties.guardian.barred or not school.guardians_admitted or not student.at_school:
        return False
    return student.consents_report or not is_adult(student, today)


def guardian_reads_plan(ties: Ties, student: StudentFacts, school: SchoolFacts, today: date) -> bool:
    """The same for plan and agreements, where a school may ask the student's consent at 16 and 17."""
    if not guardian_reads(ties, student, school, today):
        return False
    if student.birth_date is None or is_adult(student, today) or not school.consent_at_16:
        return True
    return age_on(student.birth_date, today) < CONSENT_AGE or student.consents_plan


def _read_after_sharing(
    viewer: Viewer,
    ties: Ties,
    student: StudentFacts,
    school: SchoolFacts,
    share: ShareFacts | None,
    today: date,
) -> Verdict:
    """The readers that plan and agreements have in common."""
    if share is None:
        return HIDDEN
    if ties.teaches or ties.mentor or ties.is_student:
        return ALLOW
    if share.guardians and guardian_reads_plan(ties, student, school, today):
        return ALLOW
    return ALLOW_LOGGED if ties.leader else HIDDEN
