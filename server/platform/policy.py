"""Every handler names its policy: the rules it asks, or one of the few words below. Without one the app does not start.

@get("/rounds/{round_id:uuid}", opt=policy(visibility.see_round))
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute


class Open(StrEnum):
    """Policies that ask no rule of `server/rules/`."""

    PUBLIC = "public"
    """Anybody: sign-in, app shell, health. Carries no data of a school beyond what a signed-out visitor needs."""
    SELF = "self"
    """Any signed-in person, and only that person's own things (me, notices, push subscriptions, own relations)."""
    DEMO = "demo"
    """Registered in demo mode only."""
    OPERATOR = "operator"
    """The installation's own pages (metrics), no data of a school."""


Rule = Callable[..., object] | Open


class MissingPolicy(RuntimeError):
    """A handler without a policy. The app does not start."""


def policy(*rules: Rule) -> dict[str, Any]:
    """The `opt` of a handler: which rules decide about it."""
    if not rules:
        raise MissingPolicy("name at least one rule")
    return {"policy": rules}


def check_policies(app: Litestar) -> None:
    """Refuse to start when a handler names no policy.

    Raises:
        MissingPolicy: names every handler that lacks one.
    """
    lacking = sorted(
        {
            f"{sorted(handler.http_methods)} {route.path}"
            for route in app.routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
            if isinstance(handler, HTTPRouteHandler)
            and handler.http_methods != {"OPTIONS"}
            and not handler.opt.get("policy")
        }
    )
    if lacking:
        raise MissingPolicy("handlers without a policy: " + "; ".join(lacking))
