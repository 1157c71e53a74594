"""A whole school year at random: rounds, sharing, plans and a changing roster, with the promises checked after every step.

The model is told what happened; the rules are told the facts of the moment. What is promised (product.md, *Who sees what* and
*three small state machines*) must hold whatever came before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.rules import lifecycle
from server.rules import visibility as v
from server.rules.facts import (
    FeedbackFacts,
    GuardianFacts,
    PairFacts,
    PairState,
    PlanState,
    RoundFacts,
    RoundState,
    SchoolFacts,
    ShareFacts,
    StudentFacts,
    Ties,
    Viewer,
)
from server.rules.lifecycle import TRANSITIONS, Act
from tests.rules.cast import GROUP, NOW, OTHER_GROUP

WRITER, COLLEAGUE, MENTOR, STUDENT, GUARDIAN, LEADER, ORGANISER = (UUID(int=number) for number in range(10, 17))
PEOPLE = (WRITER, COLLEAGUE, MENTOR, STUDENT, GUARDIAN, LEADER, ORGANISER)


class Year(RuleBasedStateMachine):
    """One student, one feedback by the writer's group, everybody around them."""

    @initialize(watch=st.booleans(), sharing=st.booleans(), born=st.dates(date(2007, 1, 1), date(2014, 1, 1)))
    def begin(self, watch: bool, sharing: bool, born: date) -> None:
        self.now = NOW
        self.round = RoundFacts(RoundState.DRAFT, sharing=sharing, mentors_watch=watch)
        self.written = False
        self.text_versions: list[str] = []
        self.share: ShareFacts | None = None
        self.shared_ever = False
        self.frozen_text: str | None = None
        self.plan = PlanState.NONE
        self.handed_in = 0
        self.active = dict.fromkeys(PEOPLE, True)
        self.writer_teaches = True
        self.colleague_teaches = True
        self.mentors = True
        self.mentor_done = True
        self.guards = True
        self.barred = False
        self.in_scope = True
        self.student = StudentFacts(birth_date=born)
        self.school = SchoolFacts()

    # --- facts of the moment

    def viewer(self, person: UUID) -> Viewer:
        staff = person in (WRITER, COLLEAGUE, MENTOR, LEADER, ORGANISER)
        return Viewer(person, self.active[person], staff, organiser=person == ORGANISER, leader=person == LEADER)

    def ties(self, person: UUID) -> Ties:
        teaches = {WRITER: self.writer_teaches and GROUP, COLLEAGUE: self.colleague_teaches and OTHER_GROUP}.get(person)
        return Ties(
            teaches=frozenset({teaches}) if teaches else frozenset(),
            mentor=person == MENTOR and self.mentors,
            is_student=person == STUDENT,
            guardian=GuardianFacts(self.barred) if person == GUARDIAN and self.guards else None,
            leader=person == LEADER and self.in_scope,
            own_complete=self.mentor_done,
        )

    def feedback(self, person: UUID) -> FeedbackFacts:
        pair = PairFacts(GROUP, PairState.EXPECTED, viewer_teaches=person == WRITER and self.writer_teaches)
        return FeedbackFacts(pair, frozenset({WRITER}) if self.written else frozenset(), has_stoplight=self.written)

    def reads(self, person: UUID) -> bool:
        return bool(v.read_feedback(self.viewer(person), self.ties(person), self.round, self.feedback(person)))

    def reads_shared(self, person: UUID) -> bool:
        return bool(
            v.read_shared(
                self.viewer(person), self.ties(person), self.student, self.school, self.share, self.now.date()
            )
        )

    def reads_plan(self, person: UUID) -> bool:
        return bool(
            v.read_plan(
                self.viewer(person),
                self.ties(person),
                self.student,
                self.school,
                self.share,
                self.plan,
                self.now.date(),
            )
        )

    # --- what can happen

    @rule(act=st.sampled_from(Act), named=st.sampled_from([None, GROUP, OTHER_GROUP]))
    def organiser_acts(self, act: Act, named: UUID | None) -> None:
        if act is Act.DELETE or not lifecycle.transition(self.viewer(ORGANISER), self.round, act):
            return
        target = TRANSITIONS[act].target
        assert target is not None
        only = frozenset({named}) if act is Act.REOPEN and named else None
        self.round = replace(self.round, state=target, only_groups=only)

    @rule(text=st.text(min_size=1, max_size=5))
    def teacher_writes(self, text: str) -> None:
        if v.write_feedback(self.viewer(WRITER), self.round, self.feedback(WRITER).pair):
            assert v.group_open(self.round, GROUP), "closed is closed"
            self.written = True
            self.text_versions.append(text)

    @precondition(lambda self: self.written)
    @rule(guardians=st.booleans())
    def mentor_shares(self, guardians: bool) -> None:
        if v.share_report(self.viewer(MENTOR), self.ties(MENTOR), self.round):
            number = self.share.number + 1 if self.share else 1
            self.share = ShareFacts(number, self.now, guardians)
            self.shared_ever = True
            self.frozen_text = self.text_versions[-1]

    @rule()
    def mentor_recalls(self) -> None:
        if v.recall_report(self.viewer(MENTOR), self.ties(MENTOR), self.round, self.share, self.now):
            self.share = None
            self.frozen_text = None

    @rule(person=st.sampled_from([STUDENT, GUARDIAN]))
    def somebody_opens_the_report(self, person: UUID) -> None:
        if self.reads_shared(person) and self.share:
            self.share = replace(self.share, opened=True)

    @rule(hand_in=st.booleans())
    def student_plans(self, hand_in: bool) -> None:
        if v.write_plan(self.viewer(STUDENT), self.ties(STUDENT), self.round, self.share, self.plan):
            if hand_in:
                self.plan, self.handed_in = PlanState.HANDED_IN, self.handed_in + 1
            elif self.plan is PlanState.NONE:
                self.plan = PlanState.DRAFT

    @rule()
    def the_talk_concludes(self) -> None:
        if v.conclude_plan(self.viewer(MENTOR), self.ties(MENTOR), self.round, self.share, self.plan):
            self.plan = PlanState.CONCLUDED

    @rule(days=st.integers(0, 200))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=3)

    @rule(person=st.sampled_from(PEOPLE), back=st.booleans())
    def an_account_ends_or_returns(self, person: UUID, back: bool) -> None:
        self.active[person] = back

    @rule(
        what=st.sampled_from(
            ["writer_teaches", "colleague_teaches", "mentors", "guards", "barred", "in_scope", "mentor_done"]
        ),
        value=st.booleans(),
    )
    def the_roster_changes(self, what: str, value: bool) -> None:
        setattr(self, what, value)

    # --- what is promised

    @invariant()
    def nobody_without_an_account_sees_anything(self) -> None:
        for person in PEOPLE:
            if not self.active[person]:
                assert not (self.reads(person) or self.reads_shared(person) or self.reads_plan(person))

    @invariant()
    def independent_feedback_while_open(self) -> None:
        if self.round.state is RoundState.DRAFT or v.group_open(self.round, GROUP):
            for person in (COLLEAGUE, LEADER, STUDENT, GUARDIAN, ORGANISER):
                assert not self.reads(person)
            if not (self.round.mentors_watch and self.mentor_done):
                assert not self.reads(MENTOR)

    @invariant()
    def an_author_keeps_the_own_text_while_at_the_school(self) -> None:
        if self.written and self.active[WRITER] and self.round.state is not RoundState.DRAFT:
            assert self.reads(WRITER)

    @invariant()
    def students_and_guardians_never_read_what_was_not_shared(self) -> None:
        assert not self.reads(STUDENT)
        assert not self.reads(GUARDIAN)
        if self.share is None:
            assert not self.reads_shared(STUDENT)
            assert not self.reads_shared(GUARDIAN)
        else:
            assert self.frozen_text in self.text_versions

    @invariant()
    def who_had_a_shared_version_keeps_it_through_a_reopen(self) -> None:
        if self.share is not None and self.active[STUDENT]:
            assert self.reads_shared(STUDENT)

    @invariant()
    def losing_a_relation_ends_the_sight(self) -> None:
        if not self.colleague_teaches:
            assert not (self.reads(COLLEAGUE) or self.reads_plan(COLLEAGUE))
        if not self.mentors:
            assert not (self.reads(MENTOR) or self.reads_plan(MENTOR))
        if not self.in_scope:
            assert not (self.reads(LEADER) or self.reads_plan(LEADER))
        if not self.guards or self.barred:
            assert not (self.reads_shared(GUARDIAN) or self.reads_plan(GUARDIAN))

    @invariant()
    def an_adult_without_consent_is_closed_to_guardians_the_past_too(self) -> None:
        if v.is_adult(self.student, self.now.date()):
            assert not (self.reads_shared(GUARDIAN) or self.reads_plan(GUARDIAN))

    @invariant()
    def a_draft_of_a_plan_is_seen_by_nobody_else(self) -> None:
        if self.plan in (PlanState.NONE, PlanState.DRAFT):
            assert not any(self.reads_plan(person) for person in PEOPLE)
        for person in PEOPLE:
            if person != STUDENT:
                assert not v.read_plan_draft(self.viewer(person), self.ties(person))

    @invariant()
    def the_organiser_never_reads_a_text(self) -> None:
        assert not (self.reads(ORGANISER) or self.reads_shared(ORGANISER) or self.reads_plan(ORGANISER))

    @invariant()
    def nothing_is_shared_where_sharing_is_off(self) -> None:
        assert self.round.sharing or not self.shared_ever


Year.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestYear = Year.TestCase
