"""The gate: nothing of the dashboard is reached without a session, page, socket, upload or file.

It stands in front of Streamlit as ASGI middleware. A check inside a page's script would be none: callbacks
and fragments run without it. So every message of a socket is checked too, and a session that has ended
closes it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from dashboard.access import sessions, visitors
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COOKIE, HEADER = "assessment_session", b"x-assessment-session"
OPEN_TO_ALL = frozenset({"/sign-in", "/_stcore/health"})
PASSWORD = "/password"
REFUSED_TO_ALL = ("/_stcore/upload_file", "/_stcore/metrics")
"""Streamlit's own ways in that this dashboard does not use: workbooks come by a route of ours."""
ENDED = "登录已失效，请刷新页面重新登录 / The session has ended: reload the page and sign in again"
FAR = "只接受本机访问；要让其他电脑打开，请设置 PUBLIC_ORIGIN / Served to this machine alone: set PUBLIC_ORIGIN for others"
POLICY_VIOLATION = 1008
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
RESPONSE_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
]


class Gate:
    """ASGI middleware; ``doors`` gives the journal, the clock and the address."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], doors: Doors) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        # Whoever asks cannot say who they are: only the gate may.
        headers = [pair for pair in scope["headers"] if not pair[0].lower().startswith(b"x-assessment-")]
        scope = {**scope, "headers": headers}
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._socket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope)
        refusal = self._refusal(asked, scope)
        principal = None
        if refusal is None and scope["path"] not in OPEN_TO_ALL:
            principal = await self._principal(asked)
            refusal = _without_session(asked, scope, principal)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(_introduced(scope, principal), receive, _with_headers(send))

    def _refusal(self, asked: HTTPConnection, scope: Scope) -> Response | None:
        """Why a request goes no further whoever sends it."""
        host = asked.headers.get("host", "")
        if not self._doors.is_near(_peer(asked)):
            return PlainTextResponse(FAR, 403)
        if not self._doors.is_host(host):
            return PlainTextResponse("主机名不在允许之列 / This host name is not served", 400)
        if scope["path"].startswith(REFUSED_TO_ALL):
            return PlainTextResponse("此入口已关闭 / This way in is closed", 404)
        if scope["method"] not in SAFE and not self._doors.is_origin(asked.headers.get("origin", ""), host):
            return PlainTextResponse("请求来自其他网站，已拒绝 / Refused: sent by another site", 403)
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope)
        host = asked.headers.get("host", "")
        own = self._doors.is_host(host) and self._doors.is_origin(asked.headers.get("origin", ""), host)
        near = self._doors.is_near(_peer(asked))
        principal = await self._principal(asked) if own and near else None
        if principal is None or principal.must_change_password:
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return

        async def checked() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "websocket.receive" and await self._principal(asked) is None:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "session ended"})
                return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
            return message

        await self._app(_introduced(scope, principal), checked, send)

    async def _principal(self, asked: HTTPConnection) -> Principal | None:
        """Who sends this: by the session's cookie, else a visitor where visitors are let in."""
        address = self._doors.address_of(_peer(asked), asked.headers.get("x-forwarded-for", ""))
        secret = asked.cookies.get(COOKIE)
        return await run_in_threadpool(self._look_up, secret, asked.cookies.get(visitors.COOKIE), address)

    def _look_up(self, secret: str | None, visit: str | None, address: str) -> Principal | None:
        doors = self._doors
        if secret and doors.has_journal():
            found = sessions.principal_of(
                doors.journal(), sessions.session_hash(secret), address=address, now=doors.now()
            )
            if found is not None:
                return found
        if doors.takes_visitors():
            return replace(visitors.visitor(visit), address=address)
        return replace(visitors.visitor(None), address=address) if doors.is_empty() else None


def _peer(asked: HTTPConnection) -> str:
    return asked.client.host if asked.client else ""


def _without_session(asked: HTTPConnection, scope: Scope, principal: Principal | None) -> Response | None:
    """The way to the sign-in page, or the word that there is none for what is no page."""
    navigates = scope["method"] == "GET" and "text/html" in asked.headers.get("accept", "")
    if principal is None:
        return RedirectResponse("/sign-in", 303) if navigates else PlainTextResponse(ENDED, 401)
    if principal.must_change_password and scope["path"] not in (PASSWORD, "/sign-out"):
        return RedirectResponse(PASSWORD, 303) if navigates else PlainTextResponse(ENDED, 401)
    return None


def _introduced(scope: Scope, principal: Principal | None) -> Scope:
    """The request with the session's name for Streamlit, and the principal for our own routes."""
    if principal is None:
        return scope
    name = (HEADER, principal.session.encode())
    return {**scope, "headers": [*scope["headers"], name], "principal": principal}


def _with_headers(send: Send) -> Send:
    """Answers that no other site may frame or guess the kind of."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *RESPONSE_HEADERS]}
        await send(message)

    return sending
