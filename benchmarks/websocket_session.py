"""One reader's tab as the server sees it: reruns asked for over Streamlit's websocket, and what comes back.

The messages are Streamlit's own (``streamlit.proto``). The tab keeps what a browser keeps: the address as
the pages rewrite it, and the large elements it need not be sent again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

ANSWER_SECONDS = 120
"""A rerun that takes longer ends the benchmark."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a tab can go: a page by the key in its address and by Streamlit's hash, and a month (YYYY-MM)."""

    page: str
    page_hash: str
    month: str


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """One rerun as the tab saw it.

    ``started_at``: of the monotonic clock. ``seconds``: from asking until the script has finished.
    ``received``: bytes of the messages. ``drawn``: the elements by their hashes, in order.
    """

    started_at: float
    seconds: float
    received: int
    drawn: tuple[str, ...]


class Session:
    """A tab that has connected; it asks for one rerun at a time."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._query = ""
        self._page_hash = ""
        self._kept: dict[str, int] = {}
        self._keep_for = 0
        self._reruns = 0
        self.pages: dict[str, str] = {}

    async def rerun(self, place: Place | None = None) -> Rerun:
        """Ask for this page again, or go to a place as the browser's back button would, and await the answer.

        Raises RuntimeError where the page shows an error, TimeoutError where no answer comes.
        """
        request = self._request(place)
        started = time.monotonic()
        await self._socket.send(request.SerializeToString())
        received, drawn = 0, []
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                payload = await self._socket.recv()
                received += len(payload)
                message = ForwardMsg.FromString(payload)
                if message.WhichOneof("type") in ("delta", "ref_hash"):
                    drawn.append(message.ref_hash or message.hash)
                if self._take_in(message):
                    break
        seconds = time.monotonic() - started
        self._forget()
        return Rerun(started_at=started, seconds=seconds, received=received, drawn=tuple(drawn))

    def _request(self, place: Place | None) -> BackMsg:
        request = BackMsg()
        state = request.rerun_script
        if place is not None:
            # Only as a step in the browser's history may an address outweigh what widgets hold.
            state.is_history_navigation = True
            self._page_hash = place.page_hash
            self._query = urlencode(dict(parse_qsl(self._query)) | {"month": place.month})
        state.page_script_hash, state.query_string = self._page_hash, self._query
        state.cached_message_hashes.extend(self._kept)
        state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "zh-CN"
        return request

    def _take_in(self, message: ForwardMsg) -> bool:
        """Take in one message; true if it is the last of the rerun."""
        kind = message.WhichOneof("type")
        if message.metadata.cacheable or kind == "ref_hash":
            self._kept[message.ref_hash or message.hash] = self._reruns
        if kind == "new_session":
            self._keep_for = message.new_session.config.max_cached_message_age
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self.pages = {
                page.url_pathname: page.page_script_hash
                for page in pages
                if not (page.external_url or page.is_hidden)
            }
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(f"a page shows an error: {message.delta.new_element.exception.message}")
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "alert":
            raise RuntimeError(f"a page shows an error: {message.delta.new_element.alert.body}")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise RuntimeError("a page could not be compiled")
            return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _forget(self) -> None:
        """Let go of large elements not seen for as many reruns as the server says, as the browser does."""
        self._reruns += 1
        oldest = self._reruns - self._keep_for
        self._kept = {key: seen for key, seen in self._kept.items() if seen >= oldest}


@asynccontextmanager
async def opened(port: int) -> AsyncIterator[Session]:
    """A tab on the dashboard at this loopback port, its first page drawn."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    # Straight to the loopback, whatever proxy the environment names; messages are as large as pages are.
    origin = Origin(f"http://127.0.0.1:{port}")
    way = {"subprotocols": ["streamlit"], "origin": origin, "max_size": None, "proxy": None}
    async with connect(address, **way) as socket:
        session = Session(socket)
        await session.rerun()
        yield session


def places(session: Session, months: list[str]) -> list[Place]:
    """Every page of the dashboard in every month."""
    return [
        Place(page=page, page_hash=page_hash, month=month)
        for page, page_hash in session.pages.items()
        for month in months
    ]
