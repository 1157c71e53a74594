"""Notices in the app, the devices that get pushes, and in demo mode the mails that were caught."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from server.errors import NotFound, TooOften
from server.notices import caught, deliveries, devices, preferences, service
from server.notices.schemas import (
    ChannelName,
    DeliveryPage,
    EndpointBody,
    NoticeChoice,
    NoticeChoices,
    NoticeItem,
    QuietHours,
    ReadAnswer,
    ReadBody,
    Retried,
    RetryBody,
    State,
    Subscribed,
    SubscriptionBody,
)
from server.notices.sending import read_token
from server.platform.limits import allow
from server.platform.pages import page
from server.platform.policy import Open, policy
from server.platform.problems import reader_language
from server.platform.request import session_id_of, signed_in
from server.rules import notices, visibility
from server.rules.administration import administer

RULES = (
    Open.SELF,
    visibility.read_shared,
    visibility.read_plan,
    visibility.read_agreements,
    visibility.tick_agreement,
    visibility.read_question,
    notices.hear_to_rate,
    notices.hear_to_share,
    notices.hear_of_plans,
    notices.hear_round_complete,
    notices.hear_of_roster,
    notices.hear_of_bundle,
)


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
        return await devices.subscribe(me, session_id_of(request) or "", data, settings)


@delete("/api/v1/push-subscriptions", opt=policy(Open.SELF), tags=["notices"], status_code=204)
async def unsubscribe(request: Request[Any, Any, Any], data: JSONBody[EndpointBody]) -> None:
    """No more pushes to this device."""
    async with signed_in(request) as me:
        await devices.unsubscribe(me, data.endpoint)


@post("/api/v1/notices/test", opt=policy(Open.SELF), tags=["notices"], status_code=204)
async def test_push(request: Request[Any, Any, Any], data: JSONBody[EndpointBody]) -> None:
    """Send a push to this device of mine, to see that it arrives."""
    state = request.app.state
    async with signed_in(request) as me:
        device = await devices.find(me, data.endpoint)
    if not await allow(state.redis, "push_test", str(me.person_id), devices.TESTS, 3600):
        raise TooOften
    await devices.test(me, device, state.push)


@get("/api/v1/admin/deliveries", opt=policy(administer), tags=["notices"])
async def list_deliveries(
    request: Request[Any, Any, Any],
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    kind: FromQuery[str | None] = None,
    channel: FromQuery[ChannelName | None] = None,
    after: FromQuery[UUID | None] = None,
) -> DeliveryPage:
    """Who got which kind of notice over which channel when, newest first; nothing of what it says."""
    async with signed_in(request) as me:
        return await deliveries.read(me, in_state, channel, kind, after)


@post("/api/v1/admin/deliveries/retry", opt=policy(administer), tags=["notices"], status_code=200)
async def retry_deliveries(request: Request[Any, Any, Any], data: JSONBody[RetryBody]) -> Retried:
    """Let what was given up begin anew: these deliveries, or all."""
    async with signed_in(request) as me:
        return await deliveries.retry(me, data.ids)


@get("/api/v1/me/notice-preferences", opt=policy(Open.SELF), tags=["notices"])
async def read_preferences(request: Request[Any, Any, Any]) -> NoticeChoices:
    """What is sent to me over which channel, of all that can concern me."""
    async with signed_in(request) as me:
        return await preferences.read(me)


@put("/api/v1/me/notice-preferences", opt=policy(Open.SELF), tags=["notices"])
async def choose(request: Request[Any, Any, Any], data: JSONBody[NoticeChoice]) -> NoticeChoices:
    """Send me a kind over a channel, or not."""
    async with signed_in(request) as me:
        return await preferences.choose(me, data)


@get("/api/v1/school/notice-switches", opt=policy(administer), tags=["notices"])
async def read_switches(request: Request[Any, Any, Any]) -> NoticeChoices:
    """What the school sends over which channel."""
    async with signed_in(request) as me:
        return await preferences.read_switches(me)


@put("/api/v1/school/notice-switches", opt=policy(administer), tags=["notices"])
async def switch(request: Request[Any, Any, Any], data: JSONBody[NoticeChoice]) -> NoticeChoices:
    """Send a kind over a channel, or to nobody."""
    async with signed_in(request) as me:
        return await preferences.switch(me, data)


@put("/api/v1/school/quiet-hours", opt=policy(administer), tags=["notices"])
async def set_quiet_hours(request: Request[Any, Any, Any], data: JSONBody[QuietHours]) -> NoticeChoices:
    """Hold push and mail back at night, in weekends and in holidays, or not."""
    async with signed_in(request) as me:
        return await preferences.set_quiet_hours(me, data)


UNSUBSCRIBE = "/unsubscribe/{token:str}"


def _unsubscribe_page(request: Request[Any, Any, Any], token: str, *, done: bool) -> Response[bytes]:
    which = read_token(request.app.state.settings, token)
    label = None if which is None else preferences.label(reader_language(request), which)
    status = 404 if which is None else 200
    return page(request, "unsubscribe.html", status=status, error="", token=token, label=label, done=done)


@get(UNSUBSCRIBE, opt=policy(Open.PUBLIC), include_in_schema=False)
async def unsubscribe_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """Asks whether mails of this kind should end. It changes nothing: scanners of mail servers open every link."""
    return _unsubscribe_page(request, token, done=False)


@post(UNSUBSCRIBE, opt=policy(Open.PUBLIC), include_in_schema=False, status_code=200)
async def end_mails(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """No more mails of this kind, by the page's button or by the reader's mail program (RFC 8058)."""
    which = read_token(request.app.state.settings, token)
    if which is not None:
        await preferences.unsubscribe(which)
    return _unsubscribe_page(request, token, done=True)


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


handlers: list[Any] = [
    list_notices,
    read_notices,
    subscribe,
    unsubscribe,
    test_push,
    list_deliveries,
    retry_deliveries,
    read_preferences,
    choose,
    read_switches,
    switch,
    set_quiet_hours,
    unsubscribe_page,
    end_mails,
]
demo_handlers: list[Any] = [caught_mails, caught_mail]
