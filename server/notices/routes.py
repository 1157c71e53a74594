"""Notices in the app, the devices that get pushes, and in demo mode the mails that were caught."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody

from server.errors import NotFound
from server.notices import caught, service
from server.notices.schemas import EndpointBody, NoticeItem, ReadAnswer, ReadBody, Subscribed, SubscriptionBody
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.request import signed_in
from server.rules import visibility

RULES = (Open.SELF, visibility.read_shared, visibility.read_plan, visibility.read_agreements)


@get("/api/v1/notices", opt=policy(*RULES), tags=["notices"])
async def list_notices(request: Request[Any, Any, Any]) -> list[NoticeItem]:
    """What there is to know for me, newest first."""
    async with signed_in(request) as me:
        return await service.list_notices(me)


@post("/api/v1/notices/read", opt=policy(Open.SELF), tags=["notices"], status_code=200)
async def read_notices(request: Request[Any, Any, Any], data: JSONBody[ReadBody]) -> ReadAnswer:
    """I have seen these notices, or all of them."""
    async with signed_in(request) as me:
        return await service.mark_read(me, data.ids)


@post("/api/v1/push-subscriptions", opt=policy(Open.SELF), tags=["notices"], status_code=200)
async def subscribe(request: Request[Any, Any, Any], data: JSONBody[SubscriptionBody]) -> Subscribed:
    """Send my pushes to this device. May be repeated at each start of the app."""
    settings = request.app.state.settings
    async with signed_in(request) as me:
        return await service.subscribe(me, data, settings)


@delete("/api/v1/push-subscriptions", opt=policy(Open.SELF), tags=["notices"], status_code=204)
async def unsubscribe(request: Request[Any, Any, Any], data: JSONBody[EndpointBody]) -> None:
    """No more pushes to this device."""
    async with signed_in(request) as me:
        await service.unsubscribe(me, data.endpoint)


@get("/demo/mail", opt=policy(Open.DEMO), include_in_schema=False)
async def caught_mails(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The mails that the demo's mail catcher kept."""
    settings = request.app.state.settings
    return page(request, "demo_mail.html", mails=caught.newest(settings.mail_folder), mail=None)


@get("/demo/mail/{mail_id:str}", opt=policy(Open.DEMO), include_in_schema=False)
async def caught_mail(request: Request[Any, Any, Any], mail_id: FromPath[str]) -> Response[bytes]:
    """One of them: its text with links into this installation, and the HTML as source."""
    settings = request.app.state.settings
    mail = caught.find(settings.mail_folder, mail_id)
    if mail is None:
        raise NotFound
    return page(request, "demo_mail.html", mails=[], mail=mail, lines=caught.lines(mail.text, settings.public_url))


handlers: list[Any] = [list_notices, read_notices, subscribe, unsubscribe]
demo_handlers: list[Any] = [caught_mails, caught_mail]
