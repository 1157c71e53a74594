"""product.md's table *Who sees what, when*: every row × every state of round, report and plan × every relation.

Each expectation is written as the set of people who may; everybody else in the cast must get "not there" or a told reason.
`LOGGED` people may, and the read goes into the access log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from server.rules import visibility as v
from server.rules.facts import (
    AgreementFacts,
    PairState,
    Party,
    PlanState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
)
from server.rules.verdict import ALLOW, ALLOW_LOGGED, HIDDEN, Deny, Reason, Verdict
from tests.rules.cast import (
    ADULT,
    CAST,
    CHILD,
    GROUP,
    NOW,
    OTHER_GROUP,
    ROUNDS,
    SCHOOL,
    SHARES,
    TODAY,
    Person,
    feedback_of,
)

WRITERS = {"author", "co-teacher who has not written", "author whose student moved on", "substitute"}
AUTHORS = WRITERS | {"author who lost the group"}
MENTORS = {"mentor", "mentor with own feedback to do"}
TEACHERS = {
    "author",
    "co-teacher who has not written",
    "other teacher of the student",
    "mentor with own feedback to do",
}
"""Teachers of the student today; the mentor with own feedback to do teaches the student too."""
LOGGED = {"leader in scope"}


def expected(name: str, may: set[str]) -> Verdict:
    """Leaders in scope are logged wherever they may."""
    if name not in may:
        return HIDDEN
    return ALLOW_LOGGED if name in LOGGED else ALLOW


def cases(*axes: Mapping[str, object]) -> list[object]:
    """All combinations of the axes' names, as pytest parameters with readable ids."""
    return [pytest.param(*names, id=" · ".join(names)) for names in product(*axes)]


# --- feedback ---------------------------------------------------------------------------------------------------------

READ_FEEDBACK: dict[str, set[str]] = {
    "draft": set(),
    "open": AUTHORS,
    "open, mentors watch": AUTHORS | {"mentor"},
    "reopened for this group": AUTHORS,
    "reopened for this group, mentors watch": AUTHORS | {"mentor"},
    "reopened for another group": AUTHORS | TEACHERS | MENTORS | LOGGED,
    "closed": AUTHORS | TEACHERS | MENTORS | LOGGED,
    "closed, sharing off": AUTHORS | TEACHERS | MENTORS | LOGGED,
    "archived": AUTHORS | TEACHERS | MENTORS | LOGGED,
}


@pytest.mark.parametrize(("state", "who"), cases(READ_FEEDBACK, CAST))
def test_who_reads_feedback(state: str, who: str) -> None:
    person = CAST[who]
    found = v.read_feedback(person.viewer, person.ties, ROUNDS[state], feedback_of(person))
    # An author who also leads or mentors reads the own text as author: never logged.
    assert found == expected(who, READ_FEEDBACK[state])


@pytest.mark.parametrize(("state", "who"), cases(READ_FEEDBACK, CAST))
def test_text_without_a_stoplight_is_shown_to_its_authors_only(state: str, who: str) -> None:
    person = CAST[who]
    found = v.read_feedback(person.viewer, person.ties, ROUNDS[state], feedback_of(person, has_stoplight=False))
    assert found == expected(who, AUTHORS if state != "draft" else set())


@pytest.mark.parametrize("who", CAST)
def test_who_opens_the_clock_of_a_student(who: str) -> None:
    person = CAST[who]
    may = TEACHERS | MENTORS | LOGGED
    assert bool(v.open_clock(person.viewer, person.ties)) == (who in may)


@pytest.mark.parametrize("state", ROUNDS)
def test_a_substitute_writes_and_with_it_reads_the_clock_only_while_the_group_is_open(state: str) -> None:
    open_ = state in (
        "open",
        "open, mentors watch",
        "reopened for this group",
        "reopened for this group, mentors watch",
    )
    for who, person in CAST.items():
        now = v.writes_for_now(ROUNDS[state], person.pair())
        assert now == (open_ and person.stands_in)
        may = TEACHERS | MENTORS | LOGGED | ({"substitute"} if open_ else set())
        assert bool(v.open_clock(person.viewer, person.ties, stands_in=now)) == (who in may)


@pytest.mark.parametrize(("state", "who"), cases(READ_FEEDBACK, CAST))
def test_who_reads_a_line_of_the_clock(state: str, who: str) -> None:
    """Of an earlier round, in which nobody stood in: what everybody reads anyway, and what a substitute reads by the subject."""
    person = CAST[who]
    earlier = feedback_of(replace(person, stands_in=False))
    found = v.read_clock(person.viewer, person.ties, ROUNDS[state], earlier, stands_in=person.stands_in)
    settled = state in ("reopened for another group", "closed", "closed, sharing off", "archived")
    others = READ_FEEDBACK[state] - {"substitute"}
    assert found == expected(who, others | ({"substitute"} if settled else set()))
    without = feedback_of(replace(person, stands_in=False), has_stoplight=False)
    if who == "substitute":
        assert v.read_clock(person.viewer, person.ties, ROUNDS[state], without, stands_in=True) == HIDDEN
        assert v.read_clock(person.viewer, person.ties, ROUNDS[state], earlier) == HIDDEN


WRITE_FEEDBACK: dict[str, Verdict] = {
    "draft": HIDDEN,
    "open": ALLOW,
    "open, mentors watch": ALLOW,
    "reopened for this group": ALLOW,
    "reopened for this group, mentors watch": ALLOW,
    "reopened for another group": Deny(Reason.ROUND_NOT_OPEN),
    "closed": Deny(Reason.ROUND_NOT_OPEN),
    "closed, sharing off": Deny(Reason.ROUND_NOT_OPEN),
    "archived": Deny(Reason.ROUND_ARCHIVED),
}


@pytest.mark.parametrize(("state", "who"), cases(WRITE_FEEDBACK, CAST))
def test_who_writes_feedback(state: str, who: str) -> None:
    person = CAST[who]
    found = v.write_feedback(person.viewer, ROUNDS[state], person.pair())
    assert found == (WRITE_FEEDBACK[state] if who in WRITERS else HIDDEN)


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_hears_at_once_of_what_is_written_in_a_group(state: str, who: str) -> None:
    person = CAST[who]
    found = v.follow_group(person.viewer, ROUNDS[state], author=person.teaches_group or person.stands_in)
    assert found == (ALLOW if who in WRITERS and state != "draft" else HIDDEN)


@pytest.mark.parametrize("pair", [PairState.ENDED, PairState.LEFT])
@pytest.mark.parametrize("state", [name for name in ROUNDS if name != "draft"])
def test_nobody_writes_about_a_student_who_changed_group_or_left(state: str, pair: PairState) -> None:
    for who, person in CAST.items():
        found = v.write_feedback(person.viewer, ROUNDS[state], person.pair(pair))
        assert found == (Deny(Reason.PAIR_ENDED) if who in WRITERS else HIDDEN), who


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_a_late_write_is_kept_for_its_author_only_when_it_cannot_be_written(state: str, who: str) -> None:
    person = CAST[who]
    pair = person.pair()
    late = state in ("reopened for another group", "closed", "closed, sharing off")
    assert v.keep_late_write(person.viewer, ROUNDS[state], pair) == (ALLOW if late and who in WRITERS else HIDDEN)


# --- counts while open ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_sees_n_of_m_of_one_student(state: str, who: str) -> None:
    person = CAST[who]
    may = set() if state == "draft" else MENTORS | {"organiser", "admin"}
    assert v.count_per_student(person.viewer, person.ties, ROUNDS[state]) == expected(who, may)


def test_an_organiser_or_admin_who_teaches_the_student_sees_no_count_of_that_student() -> None:
    for who in ("organiser", "admin"):
        ties = Ties(teaches=frozenset({GROUP}))
        assert v.count_per_student(CAST[who].viewer, ties, ROUNDS["open"]) == HIDDEN


@pytest.mark.parametrize(("withheld", "may"), [(0, True), (1, False), (4, False), (5, True), (28, True)])
def test_counts_of_students_are_not_listed_beside_a_few_that_the_sum_would_tell(withheld: int, may: bool) -> None:
    assert v.list_counts(withheld=withheld) is may


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_sees_counts_per_group_and_per_teacher(state: str, who: str) -> None:
    person = CAST[who]
    staff = set() if state == "draft" else {"organiser", "admin"}
    in_scope = person.viewer.leader and person.ties.leader
    per_group = v.count_per_group(person.viewer, ROUNDS[state], in_scope=in_scope)
    assert bool(per_group) == (who in (staff | ({"leader in scope"} if staff else set())))
    assert v.count_per_teacher(person.viewer, ROUNDS[state]) == expected(who, staff)
    assert v.follow_progress(person.viewer, ROUNDS[state], in_scope=in_scope) == per_group


# --- report, sharing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_of_the_staff_opens_a_report(state: str, who: str) -> None:
    person = CAST[who]
    if state == "draft":
        may = set()
    elif state in ("open", "open, mentors watch"):
        may = MENTORS
    else:
        may = MENTORS | TEACHERS | LOGGED
    assert v.read_report(person.viewer, person.ties, ROUNDS[state]) == expected(who, may)


SHARE: dict[str, Verdict] = {
    "draft": HIDDEN,
    "open": Deny(Reason.ROUND_NOT_CLOSED),
    "open, mentors watch": Deny(Reason.ROUND_NOT_CLOSED),
    "reopened for this group": Deny(Reason.ROUND_NOT_CLOSED),
    "reopened for this group, mentors watch": Deny(Reason.ROUND_NOT_CLOSED),
    "reopened for another group": Deny(Reason.ROUND_NOT_CLOSED),
    "closed": ALLOW,
    "closed, sharing off": Deny(Reason.SHARING_OFF),
    "archived": Deny(Reason.ROUND_ARCHIVED),
}


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_only_a_mentor_of_the_student_shares_and_only_after_closing(state: str, who: str) -> None:
    person = CAST[who]
    assert v.share_report(person.viewer, person.ties, ROUNDS[state]) == (SHARE[state] if who in MENTORS else HIDDEN)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize(
    ("share", "answer"),
    [
        (None, Deny(Reason.NOT_SHARED)),
        (ShareFacts(1, NOW - timedelta(minutes=10)), ALLOW),
        (ShareFacts(1, NOW - timedelta(minutes=10, seconds=1)), Deny(Reason.RECALL_TOO_LATE)),
        (ShareFacts(1, NOW, opened=True), Deny(Reason.ALREADY_READ)),
    ],
    ids=["not shared", "ten minutes ago", "a second later", "opened"],
)
def test_recall_within_ten_minutes_while_nobody_has_opened_it(
    who: str, share: ShareFacts | None, answer: Verdict
) -> None:
    person = CAST[who]
    found = v.recall_report(person.viewer, person.ties, ROUNDS["closed"], share, NOW)
    assert found == (answer if who in MENTORS else HIDDEN)


@pytest.mark.parametrize("who", CAST)
def test_nothing_is_recalled_from_an_archived_round(who: str) -> None:
    person = CAST[who]
    found = v.recall_report(person.viewer, person.ties, ROUNDS["archived"], ShareFacts(1, NOW), NOW)
    assert found == (Deny(Reason.ROUND_ARCHIVED) if who in MENTORS else HIDDEN)


READ_SHARED: dict[str, set[str]] = {
    "not shared": set(),
    "shared with the student": {"student"},
    "shared with guardians too": {"student", "guardian"},
}


@pytest.mark.parametrize(("share", "who"), cases(READ_SHARED, CAST))
def test_who_reads_a_shared_version(share: str, who: str) -> None:
    person = CAST[who]
    found = v.read_shared(person.viewer, person.ties, CHILD, SCHOOL, SHARES[share], TODAY)
    assert found == expected(who, READ_SHARED[share])


# --- mentor message ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_who_reads_the_mentor_message(state: str, share: str, who: str) -> None:
    person = CAST[who]
    if state == "draft":
        may: set[str] = set()
    else:
        may = MENTORS | (set() if share == "not shared" else TEACHERS | LOGGED)
    assert v.read_message(person.viewer, person.ties, ROUNDS[state], SHARES[share]) == expected(who, may)


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_writes_the_mentor_message(state: str, who: str) -> None:
    person = CAST[who]
    answer = {"draft": HIDDEN, "archived": Deny(Reason.ROUND_ARCHIVED)}.get(state, ALLOW)
    assert v.write_message(person.viewer, person.ties, ROUNDS[state]) == (answer if who in MENTORS else HIDDEN)


# --- plan -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", CAST)
def test_a_draft_of_a_plan_is_the_students_alone(who: str) -> None:
    person = CAST[who]
    assert v.read_plan_draft(person.viewer, person.ties) == expected(who, {"student"})


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
@pytest.mark.parametrize("plan", PlanState)
def test_who_writes_the_plan(state: str, share: str, who: str, plan: PlanState) -> None:
    person = CAST[who]
    found = v.write_plan(person.viewer, person.ties, ROUNDS[state], SHARES[share], plan)
    if who != "student" or share == "not shared":
        answer: Verdict = HIDDEN
    elif plan is PlanState.CONCLUDED:
        answer = Deny(Reason.PLAN_CONCLUDED)
    else:
        answer = Deny(Reason.ROUND_ARCHIVED) if state == "archived" else ALLOW
    assert found == answer


AFTER_SHARING: dict[str, set[str]] = {
    "not shared": set(),
    "shared with the student": TEACHERS | MENTORS | {"student"} | LOGGED,
    "shared with guardians too": TEACHERS | MENTORS | {"student", "guardian"} | LOGGED,
}


@pytest.mark.parametrize(("share", "who"), cases(AFTER_SHARING, CAST))
@pytest.mark.parametrize("plan", PlanState)
def test_who_reads_the_plan_as_handed_in(share: str, who: str, plan: PlanState) -> None:
    person = CAST[who]
    found = v.read_plan(person.viewer, person.ties, CHILD, SCHOOL, SHARES[share], plan, TODAY)
    handed_in = plan in (PlanState.HANDED_IN, PlanState.CONCLUDED)
    assert found == expected(who, AFTER_SHARING[share] if handed_in else set())


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_the_mentor_concludes_the_plan_after_sharing(state: str, share: str, who: str) -> None:
    person = CAST[who]
    found = v.conclude_plan(person.viewer, person.ties, ROUNDS[state], SHARES[share], PlanState.HANDED_IN)
    assert found == (mentor_after_sharing(state, share) if who in MENTORS else HIDDEN)
    again = v.conclude_plan(person.viewer, person.ties, ROUNDS[state], SHARES[share], PlanState.CONCLUDED)
    assert not again


def mentor_after_sharing(state: str, share: str) -> Verdict:
    """What a mentor may do on top of a shared report until the school year ends."""
    if state == "draft":
        return HIDDEN
    if share == "not shared":
        return Deny(Reason.NOT_SHARED)
    return Deny(Reason.ROUND_ARCHIVED) if state == "archived" else ALLOW


# --- agreements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "who"), cases(AFTER_SHARING, CAST))
def test_who_reads_agreements(share: str, who: str) -> None:
    person = CAST[who]
    found = v.read_agreements(person.viewer, person.ties, CHILD, SCHOOL, SHARES[share], TODAY)
    assert found == expected(who, AFTER_SHARING[share])


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_who_writes_agreements(state: str, share: str, who: str) -> None:
    person = CAST[who]
    found = v.write_agreements(person.viewer, person.ties, ROUNDS[state], SHARES[share])
    assert found == (mentor_after_sharing(state, share) if who in MENTORS else HIDDEN)


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_only_the_student_confirms_agreements(state: str, share: str, who: str) -> None:
    person = CAST[who]
    found = v.confirm_agreement(person.viewer, person.ties, ROUNDS[state], SHARES[share])
    if who != "student" or share == "not shared":
        assert found == HIDDEN
    else:
        assert found == (Deny(Reason.ROUND_ARCHIVED) if state == "archived" else ALLOW)


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("who", CAST)
def test_everyone_ticks_off_the_own_agreements_and_the_mentor_all(party: Party, who: str) -> None:
    person = CAST[who]
    owner = CAST["other teacher of the student"].viewer.person_id
    share = SHARES["shared with guardians too"]
    found = v.tick_agreement(person.viewer, person.ties, CHILD, SCHOOL, share, AgreementFacts(party, owner), TODAY)
    own = {Party.STUDENT: "student", Party.GUARDIAN: "guardian", Party.TEACHER: "other teacher of the student"}.get(
        party
    )
    if who in MENTORS or who == own:
        assert found == ALLOW
    elif who in AFTER_SHARING["shared with guardians too"]:
        assert found == Deny(Reason.NOT_YOURS)
    else:
        assert found == HIDDEN


# --- who has read, questions, paper, log ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", CAST)
def test_who_sees_the_readers_of_a_report_or_plan(who: str) -> None:
    person = CAST[who]
    assert v.see_readers(person.viewer, person.ties) == expected(who, MENTORS | {"student"})


@pytest.mark.parametrize(
    ("asked", "asker"), [(True, False), (False, True), (False, False)], ids=["asked", "asker", "neither"]
)
def test_a_question_is_between_the_asked_author_and_the_asker(asked: bool, asker: bool) -> None:
    for who, person in CAST.items():
        may = person.viewer.active and (asked or asker)
        assert bool(v.read_question(person.viewer, asked=asked, asker=asker)) == may, who
        assert v.answer_question(person.viewer, asked=asked) == (ALLOW if person.viewer.active and asked else HIDDEN)


@pytest.mark.parametrize(("state", "share", "who"), cases(ROUNDS, SHARES, CAST))
def test_who_asks_about_a_feedback_of_the_own_report(state: str, share: str, who: str) -> None:
    person = CAST[who]
    if who != "student" or share == "not shared":
        told: Verdict = HIDDEN
    else:
        told = Deny(Reason.ROUND_ARCHIVED) if state == "archived" else ALLOW
    for in_version, expected_ in ((True, told), (False, HIDDEN)):
        found = v.ask_question(person.viewer, person.ties, ROUNDS[state], SHARES[share], in_version=in_version)
        assert found == expected_, in_version


@pytest.mark.parametrize(("share", "who"), cases(SHARES, CAST))
def test_who_prints_a_report(share: str, who: str) -> None:
    person = CAST[who]
    may = MENTORS | LOGGED | READ_SHARED[share]
    assert v.print_report(person.viewer, person.ties, CHILD, SCHOOL, SHARES[share], TODAY) == expected(who, may)


@pytest.mark.parametrize("who", CAST)
def test_who_sees_the_group_board(who: str) -> None:
    person = CAST[who]
    found = v.see_group_board(
        person.viewer, mentor=person.ties.mentor, in_scope=person.viewer.leader and person.ties.leader
    )
    assert found == expected(who, MENTORS | LOGGED)


@pytest.mark.parametrize("who", CAST)
def test_who_reads_the_access_log(who: str) -> None:
    person = CAST[who]
    assert v.read_access_log(person.viewer, person.ties) == expected(who, {"student", "admin"})


@pytest.mark.parametrize(("state", "who"), cases(ROUNDS, CAST))
def test_who_knows_that_a_round_exists(state: str, who: str) -> None:
    person = CAST[who]
    if not person.viewer.active:
        may = False
    elif state == "draft":
        may = who == "organiser"
    else:
        may = person.viewer.staff
    assert bool(v.see_round(person.viewer, ROUNDS[state])) == may


# --- guardians --------------------------------------------------------------------------------------------------------

GUARDIAN = CAST["guardian"]
SHARED = SHARES["shared with guardians too"]


def sees(student: StudentFacts, school: SchoolFacts = SCHOOL, person: Person = GUARDIAN) -> tuple[bool, bool]:
    """Does a guardian read (the report, the plan)?"""
    report = v.read_shared(person.viewer, person.ties, student, school, SHARED, TODAY)
    plan = v.read_plan(person.viewer, person.ties, student, school, SHARED, PlanState.HANDED_IN, TODAY)
    agreements = v.read_agreements(person.viewer, person.ties, student, school, SHARED, TODAY)
    assert bool(plan) == bool(agreements)
    return bool(report), bool(plan)


SIXTEEN = date(2010, 11, 23)
SEVENTEEN = date(2009, 1, 1)
EIGHTEEN_TOMORROW = date(2008, 11, 24)


@pytest.mark.parametrize(
    ("student", "school", "answer"),
    [
        pytest.param(CHILD, SCHOOL, (True, True), id="14: reads without being asked"),
        pytest.param(CHILD, SchoolFacts(guardians_admitted=False), (False, False), id="school lets no guardians in"),
        pytest.param(ADULT, SCHOOL, (False, False), id="18 today: closed, the past too"),
        pytest.param(
            StudentFacts(birth_date=date(2008, 11, 23), consents_report=True),
            SCHOOL,
            (True, True),
            id="18 with consent",
        ),
        pytest.param(StudentFacts(birth_date=EIGHTEEN_TOMORROW), SCHOOL, (True, True), id="18 tomorrow: still reads"),
        pytest.param(StudentFacts(birth_date=SIXTEEN), SCHOOL, (True, True), id="16, school asks no consent"),
        pytest.param(
            StudentFacts(birth_date=SIXTEEN),
            SchoolFacts(consent_at_16=True),
            (True, False),
            id="16 today, no consent: feedback only",
        ),
        pytest.param(
            StudentFacts(birth_date=SEVENTEEN, consents_plan=True),
            SchoolFacts(consent_at_16=True),
            (True, True),
            id="17 with consent",
        ),
        pytest.param(
            StudentFacts(birth_date=date(2010, 11, 24)),
            SchoolFacts(consent_at_16=True),
            (True, True),
            id="15: nothing to ask",
        ),
        pytest.param(StudentFacts(), SCHOOL, (True, True), id="no birth date, not marked adult"),
        pytest.param(StudentFacts(adult_flag=True), SCHOOL, (False, False), id="no birth date, admin marked adult"),
        pytest.param(
            StudentFacts(adult_flag=True, consents_report=True), SCHOOL, (True, True), id="marked adult, with consent"
        ),
        pytest.param(
            StudentFacts(birth_date=date(2012, 5, 1), at_school=False), SCHOOL, (False, False), id="left the school"
        ),
        pytest.param(
            StudentFacts(birth_date=date(2012, 5, 1), adult_flag=True),
            SCHOOL,
            (True, True),
            id="a birth date beats the flag",
        ),
    ],
)
def test_guardians_read_by_age_and_consent(
    student: StudentFacts, school: SchoolFacts, answer: tuple[bool, bool]
) -> None:
    assert sees(student, school) == answer


def test_a_barred_guardian_reads_nothing_at_any_age() -> None:
    for student in (CHILD, StudentFacts(birth_date=SIXTEEN), StudentFacts(adult_flag=True, consents_report=True)):
        assert sees(student, person=CAST["barred guardian"]) == (False, False)


def test_who_is_born_on_29_february_comes_of_age_on_1_march() -> None:
    born = date(2008, 2, 29)
    assert v.age_on(born, date(2026, 2, 28)) == 17
    assert v.age_on(born, date(2026, 3, 1)) == 18


# --- what never happens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ROUNDS)
def test_a_round_is_never_open_and_settled_for_the_same_group(state: str) -> None:
    for group in (GROUP, OTHER_GROUP):
        assert not (v.group_open(ROUNDS[state], group) and v.settled(ROUNDS[state], group))


def test_a_whole_reopen_hides_everything_from_colleagues_again() -> None:
    reopened = RoundFacts(RoundState.OPEN)
    colleague = CAST["other teacher of the student"]
    assert not v.read_feedback(colleague.viewer, colleague.ties, reopened, feedback_of(colleague))
