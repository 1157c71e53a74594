"""Who administers a school: its roster, sign-in, settings and access. An admin sees no feedback (product.md)."""

from __future__ import annotations

from server.rules.facts import Viewer
from server.rules.verdict import ALLOW, HIDDEN, Deny, Reason, Verdict


def administer(viewer: Viewer) -> Verdict:
    """Read and change the school's roster, roles, settings, sign-in providers and audit log.

    Only with a second factor: who takes over an admin's first one must not become everybody (issue 4).
    """
    if not (viewer.active and viewer.admin):
        return HIDDEN
    return ALLOW if viewer.second_factor else Deny(Reason.SECOND_FACTOR)


def show_second_factor(viewer: Viewer) -> Verdict:
    """Set up and show the second factor: who will administer with it."""
    return ALLOW if viewer.active and viewer.admin else HIDDEN


def stay_in_charge(*, others: int) -> Verdict:
    """May an admin's role or account go? Only while somebody else can administer the school: `others` who are active."""
    return ALLOW if others > 0 else Deny(Reason.LAST_ADMIN)
