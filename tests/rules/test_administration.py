"""Who administers: an admin who is at the school and has shown a second factor in this session."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest

from server.rules.administration import administer, show_second_factor, stay_in_charge
from server.rules.facts import Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason

ME = UUID(int=1)


@pytest.mark.parametrize("flags", list(product([False, True], repeat=6)))
def test_only_an_active_admin_with_a_second_factor_administers(flags: tuple[bool, ...]) -> None:
    active, staff, organiser, admin, leader, second_factor = flags
    viewer = Viewer(ME, active, staff, organiser, admin, leader, second_factor)
    expected = HIDDEN if not (active and admin) else ALLOW if second_factor else Deny(Reason.SECOND_FACTOR)
    assert administer(viewer) == expected
    assert show_second_factor(viewer) == (ALLOW if active and admin else HIDDEN)


def test_somebody_always_administers_the_school() -> None:
    assert stay_in_charge(others=0) == Deny(Reason.LAST_ADMIN)
    assert stay_in_charge(others=1) == ALLOW
