"""A small push service that a real Firefox connects to: Mozilla's autopush protocol over WebSocket, and an HTTP address
for the server that sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import jwt
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websocket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.push.http import Answer, Request, serve
from tests.push.stub import PushService, encode


@dataclass
class Channel:
    """One subscription of one browser."""

    id: str
    browser: ServerConnection
    key: str


@dataclass
class Autopush:
    """`received`: requests of our server that were passed on. `acknowledged`: pushes that Firefox said it has taken."""

    http_port: int = 0
    websocket_port: int = 0
    channels: dict[str, Channel] = field(default_factory=dict)
    received: list[Request] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """For Firefox's `dom.push.serverURL`."""
        return f"ws://127.0.0.1:{self.websocket_port}/"

    async def talk(self, browser: ServerConnection) -> None:
        """One browser's connection."""
        try:
            async for text in browser:
                if answer := self.answer(browser, json.loads(text)):
                    await browser.send(json.dumps(answer))
        except ConnectionClosed:
            pass  # Firefox ends without saying goodbye

    def answer(self, browser: ServerConnection, message: dict[str, Any]) -> dict[str, Any] | None:
        """What the protocol answers to one message."""
        match message.get("messageType"):
            case "hello":
                uaid = message.get("uaid") or token_hex(16)
                return {"messageType": "hello", "uaid": uaid, "status": 200, "use_webpush": True, "broadcasts": {}}
            case "register":
                path = f"/wpush/v2/{token_hex(16)}"
                self.channels[path] = Channel(message["channelID"], browser, message["key"])
                endpoint = f"http://127.0.0.1:{self.http_port}{path}"
                return {**message, "messageType": "register", "status": 200, "pushEndpoint": endpoint}
            case "unregister":
                self.channels = {path: each for path, each in self.channels.items() if each.id != message["channelID"]}
                return {"messageType": "unregister", "channelID": message["channelID"], "status": 200}
            case "ack":
                self.acknowledged += [update["version"] for update in message["updates"]]
                return None
            case _:
                return {} if message == {} else None

    async def take(self, request: Request) -> Answer:
        """A push from our server: check its signature and pass it on as it is."""
        channel = self.channels.get(request.path)
        if channel is None:
            return Answer(410)
        try:
            PushService(self.http_port, public_key=channel.key.rstrip("=")).claims(request.headers["authorization"])
        except (jwt.PyJWTError, ValueError):
            return Answer(401)
        self.received.append(request)
        await channel.browser.send(
            json.dumps(
                {
                    "messageType": "notification",
                    "channelID": channel.id,
                    "version": token_hex(8),
                    "data": encode(request.body),
                    "headers": {"encoding": request.headers["content-encoding"]},
                }
            )
        )
        return Answer(201, {"location": f"http://127.0.0.1:{self.http_port}/m/{token_hex(8)}"})


@asynccontextmanager
async def autopush() -> AsyncIterator[Autopush]:
    """A running service."""
    service = Autopush()
    protocols = [Subprotocol("push-notification")]
    async with (
        serve(service.take) as http_port,
        serve_websocket(service.talk, "127.0.0.1", 0, subprotocols=protocols) as websocket,
    ):
        service.http_port = http_port
        service.websocket_port = next(iter(websocket.sockets)).getsockname()[1]
        yield service
        await asyncio.gather(*(browser.close() for browser in list(websocket.connections)))
