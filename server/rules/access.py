"""Who may make and remove a passkey. It opens an account for years, and for an admin it is the second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from server.rules.facts import Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason, Verdict

FRESH: Final = timedelta(minutes=10)
"""So long after signing in it is still the person who signed in."""


def add_passkey(viewer: Viewer, *, age: timedelta, has_passkey: bool) -> Verdict:
    """Make one more passkey in a session that began `age` ago.

    Whoever finds an open session must not be able to come back for years, so it takes a passkey that was shown, or a sign-in
    just now. An admin who has a passkey shows it: a mailbox that was taken over gets no second factor of its own.
    """
    if not viewer.active:
        return HIDDEN
    if viewer.second_factor:
        return ALLOW
    if viewer.admin and has_passkey:
        return Deny(Reason.SECOND_FACTOR)
    return ALLOW if age <= FRESH else Deny(Reason.SIGN_IN_AGAIN)


def remove_passkey(viewer: Viewer) -> Verdict:
    """Remove one of one's own. An admin shows one first, or the next sign-in could set up another second factor."""
    if not viewer.active:
        return HIDDEN
    return Deny(Reason.SECOND_FACTOR) if viewer.admin and not viewer.second_factor else ALLOW
