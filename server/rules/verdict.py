"""The answer of every rule: `Allow`, or `Deny` with a reason.

A `Deny` says whether the viewer may know that the thing exists. `hidden` answers exactly like something that is not there
(404 at the edge); the other reasons are told to the viewer in words, because the viewer already knows the thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a rule says no. Every reason except `HIDDEN` has a sentence in both languages (`problem.<reason>`)."""

    HIDDEN = "hidden"
    ROUND_NOT_OPEN = "round_not_open"
    ROUND_NOT_CLOSED = "round_not_closed"
    ROUND_ARCHIVED = "round_archived"
    ROUND_NOT_DRAFT = "round_not_draft"
    WRONG_TRANSITION = "wrong_transition"
    DEADLINE_PAST = "deadline_past"
    AUDIENCE_EMPTY = "audience_empty"
    PAIR_ENDED = "pair_ended"
    SHARING_OFF = "sharing_off"
    NOT_SHARED = "not_shared"
    NOTHING_TO_SHARE = "nothing_to_share"
    ALREADY_READ = "already_read"
    RECALL_TOO_LATE = "recall_too_late"
    PLAN_CONCLUDED = "plan_concluded"
    PLAN_EMPTY = "plan_empty"
    CANNOT_ERASE = "cannot_erase"
    ROSTER_NOT_READY = "roster_not_ready"
    MANY_LEAVE = "many_leave"
    NOTHING_TO_UNDO = "nothing_to_undo"
    SOURCE_BUSY = "source_busy"
    NOT_YOURS = "not_yours"
    SECOND_FACTOR = "second_factor"
    SIGN_IN_AGAIN = "sign_in_again"
    LAST_ADMIN = "last_admin"
    FROM_ROSTER = "from_roster"
    CANNOT_MERGE = "cannot_merge"
    STILL_OPEN = "still_open"
    ALREADY_AGREED = "already_agreed"
    BUNDLE_TOO_EARLY = "bundle_too_early"
    BUNDLE_NOT_READY = "bundle_not_ready"
    BUNDLE_OUTDATED = "bundle_outdated"
    BUNDLES_WAITING = "bundles_waiting"


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes. `logged` means that the read is written to the access log (leaders)."""

    logged: bool = False

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and why."""

    reason: Reason = Reason.HIDDEN

    @property
    def hidden(self) -> bool:
        """True when even the existence of the thing is not the viewer's business."""
        return self.reason is Reason.HIDDEN

    def __bool__(self) -> bool:
        return False


Verdict = Allow | Deny

ALLOW: Final = Allow()
ALLOW_LOGGED: Final = Allow(logged=True)
HIDDEN: Final = Deny()
