"""Wiring only: routes, error map, lifespan."""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec
import redis.asyncio as redis
from litestar import Litestar, Request, Response, Router, get
from litestar.config.app import AppConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.notices.metrics import delivery_metrics
from server.platform import db, oidc, outbox, push, queue, static
from server.platform import live as live_events
from server.platform.logs import configure_logs
from server.platform.middleware import Edge
from server.platform.pages import page
from server.platform.policy import Open, check_policies, policy
from server.platform.problems import HANDLERS, problem, reader_language
from server.platform.request import session_id_of
from server.platform.roles import refuse_superuser
from server.platform.session_cache import SessionCache
from server.settings import Mode, Settings, load

DOMAINS = (
    "people",
    "retention",
    "signin",
    "rounds",
    "feedback",
    "reports",
    "plans",
    "board",
    "exports",
    "notices",
    "roster",
    "calendar",
    "figures",
    "access",
    "administration",
    "bundles",
    "operator",
)
NOT_PAGES = ("api/", "auth/", "assets/", "icons/", "schema/", "demo/", "health/", "unsubscribe/")


@get("/health/live", opt=policy(Open.PUBLIC), include_in_schema=False)
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt=policy(Open.PUBLIC), include_in_schema=False)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """The database answers. Redis is told but not required: everything in it can be made again."""
    database = await db.alive()
    try:
        await request.app.state.redis.ping()
        cache = "ok"
    except (redis.RedisError, OSError):
        cache = "away"
    body = {"status": "ok" if database else "unavailable", "database": "ok" if database else "away", "redis": cache}
    return Response(body, status_code=200 if database else 503, headers={"cache-control": "no-store"})


@get("/metrics", opt=policy(Open.OPERATOR), include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Prometheus figures: counts and durations, no data of a school. The proxy keeps this path inside."""
    body = generate_latest() + await delivery_metrics()
    # Litestar puts the charset behind a text type by itself.
    return Response(body, media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))


@get(["/", "/app-shell", "/{address:path}"], opt=policy(Open.PUBLIC), include_in_schema=False)
async def shell(request: Request[Any, Any, Any]) -> Response[Any]:
    """A file of the build, or the app shell for every address of the app."""
    name = request.url.path.lstrip("/")
    build = request.app.state.build
    if (file := build.files.get(name)) is not None:
        return static.answer(request, file)
    if name.startswith(NOT_PAGES):
        return problem(reader_language(request), 404, "not-found")
    if name != "app-shell":
        session_id = session_id_of(request)
        if session_id is None or not await request.app.state.session_cache.lives(session_id):
            query = f"?{request.url.query}" if request.url.query else ""
            target = f"/sign-in?next={quote(request.url.path + query)}" if name else "/sign-in"
            return Response(b"", status_code=303, headers={"location": target, "cache-control": "no-store"})
    return page(request, "shell.html")


async def only_the_description(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Litestar answers other addresses below `/schema` with a page of its own; ours are problem details."""
    known = request.url.path in ("/schema", "/schema/openapi.json")
    return None if known else problem(reader_language(request), 404, "not-found")


async def after_answer(request: Request[Any, Any, Any]) -> None:
    """Let news go out at once, to workers (who would find it within a second anyway) and to pages that are open."""
    if outbox.take_waiting():
        await queue.nudge(request.app.state.redis)
    request.app.state.live.send()


def handlers(settings: Settings) -> list[Any]:
    """All route handlers; demo-only ones exist in demo mode only."""
    found: list[Any] = [live, ready, metrics, shell]
    for domain in DOMAINS:
        routes = importlib.import_module(f"server.{domain}.routes")
        found += routes.handlers
        if settings.demo_sign_in:
            found += getattr(routes, "demo_handlers", [])
    return found


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI application.

    Raises:
        MissingPolicy: a handler names no policy.
        settings.Refused: the settings are not fit for the mode.
    """
    settings = settings or load(os.environ)
    configure_logs(settings.log_level)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        await db.open_pool(settings.database_pool)
        if settings.mode is Mode.PRODUCTION:
            async with db.transaction() as connection:
                await refuse_superuser(connection)
        try:
            yield
        finally:
            await app.state.live.finish()
            await app.state.oidc.close()
            await app.state.push.close()
            await app.state.redis.aclose()
            await db.close_pool()

    def wrap(config: AppConfig) -> AppConfig:
        config.middleware.insert(0, edge)
        return config

    def edge(app: ASGIApp) -> ASGIApp:
        return Edge(app, public_url=settings.public_url, https=settings.secure)

    app = Litestar(
        route_handlers=handlers(settings),
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        after_response=after_answer,
        openapi_config=OpenAPIConfig(
            title="Driehoek",
            version="1",
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(
                "/schema",
                route_handlers=[],
                opt=policy(Open.PUBLIC),
                before_request=only_the_description,
                include_in_schema=False,
            ),
        ),
        request_max_body_size=1_000_000,
        on_app_init=[wrap],
        logging_config=None,
        debug=False,
    )
    client: redis.Redis = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    app.state.settings = settings
    app.state.redis = client
    app.state.session_cache = SessionCache(client)
    app.state.live = live_events.Hub(client)
    app.state.build = static.load(static.build_folder())
    app.state.push_key = push.public_key(settings)
    app.state.push = push.Push(settings)
    app.state.oidc = oidc.Oidc(public_only=settings.mode is Mode.PRODUCTION)
    check_policies(app)
    return app


def openapi() -> bytes:
    """The OpenAPI document as JSON, for the PWA's types."""
    app = create_app()
    return msgspec.json.format(msgspec.json.encode(app.openapi_schema.to_schema()), indent=2)
