"""Who may make and remove a passkey: the whole table."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import uuid4

from server.rules.access import FRESH, add_passkey, remove_passkey
from server.rules.facts import Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason

SECOND = timedelta(seconds=1)


def viewer(*, active: bool, admin: bool, second_factor: bool) -> Viewer:
    return Viewer(uuid4(), active=active, admin=admin, second_factor=second_factor)


def test_a_passkey_is_made_right_after_signing_in_or_with_another_one_and_an_admin_shows_the_one_there_is() -> None:
    for active, admin, shown, has, age in product(*[(True, False)] * 4, (timedelta(), FRESH, FRESH + SECOND)):
        answer = add_passkey(viewer(active=active, admin=admin, second_factor=shown), age=age, has_passkey=has)
        if not active:
            expected = HIDDEN
        elif shown:
            expected = ALLOW
        elif admin and has:
            expected = Deny(Reason.SECOND_FACTOR)
        else:
            expected = ALLOW if age <= FRESH else Deny(Reason.SIGN_IN_AGAIN)
        assert answer == expected, (active, admin, shown, has, age)


def test_an_admin_removes_a_passkey_only_with_the_second_factor() -> None:
    for active, admin, shown in product(*[(True, False)] * 3):
        answer = remove_passkey(viewer(active=active, admin=admin, second_factor=shown))
        expected = HIDDEN if not active else Deny(Reason.SECOND_FACTOR) if admin and not shown else ALLOW
        assert answer == expected, (active, admin, shown)
