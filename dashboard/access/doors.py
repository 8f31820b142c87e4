"""What the gate stands in front of: the store's journal, the clock, the address people come by.

The one place of the access package that reads the environment and the clock.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from etl.campaign import Campaign, load_campaign
from etl.journal import Journal
from etl.store import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
CAMPAIGNS = Path(__file__).resolve().parents[2] / "data" / "campaigns"
JOURNALS: dict[str, Journal] = {}
OPENING = Lock()
"""Journals stay open, one a URL, whichever thread asks first."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class Doors:
    """One store's doors. ``origin`` is the only address pages may be opened by, such as
    https://kaohe.example.gov.cn; empty for this machine alone, whatever the port.
    """

    store: Store
    origin: str = ""
    campaign_name: str = "yunnan-2025"

    def journal(self) -> Journal:
        """The store's journal, opened once."""
        return _journal(self.store.journal_url)

    def has_journal(self) -> bool:
        """Whether anything was ever written to the store."""
        return (self.store.folder / "journal.sqlite").exists()

    def now(self) -> datetime:
        """The time in Shanghai, without zone."""
        return datetime.now(SHANGHAI).replace(tzinfo=None)

    def campaign(self) -> Campaign:
        """The campaign of the store; before anything was put in, the one named for this process."""
        held = self.journal().campaign() if self.has_journal() else None
        return _campaign(held or self.campaign_name)

    def takes_visitors(self) -> bool:
        """Whether anybody may look around: on simulated data alone, and only from this machine."""
        if self.origin or not self.has_journal():
            return False
        return self.journal().is_simulated() is True and not self.journal().has_accounts()

    def is_empty(self) -> bool:
        """Whether nothing was ever put into the store, so that there is nothing to guard yet."""
        return not self.origin and not self.has_journal()

    def is_host(self, host: str) -> bool:
        """Whether a Host header names the address pages may be opened by."""
        if self.origin:
            return host == urlsplit(self.origin).netloc
        try:
            return (urlsplit(f"//{host}").hostname or "") in LOOPBACK
        except ValueError:
            return False

    def is_near(self, peer: str) -> bool:
        """Whether a connection from this network address is taken: without an origin, from this machine alone.

        The Host header does not say it: whoever sends a request writes it.
        """
        try:
            return bool(self.origin) or ip_address(peer).is_loopback
        except ValueError:
            return False

    def is_origin(self, origin: str, host: str) -> bool:
        """Whether an Origin header names the page's own address."""
        return origin == (self.origin or f"http://{host}")

    def address_of(self, peer: str, forwarded: str) -> str:
        """The network address a request came from, of its peer and its X-Forwarded-For header.

        Behind the office's TLS proxy every peer is the proxy: the last address in the header is the one it has
        put there itself. Without a proxy the header is whatever the sender liked, and says nothing.
        """
        last = forwarded.rpartition(",")[2].strip()
        return last if self.origin and peer in LOOPBACK and last else peer

    @property
    def is_secure(self) -> bool:
        """Whether cookies may travel under TLS only."""
        return self.origin.startswith("https://")


@cache
def _campaign(name: str) -> Campaign:
    return load_campaign(CAMPAIGNS / name)


def _journal(url: str) -> Journal:
    with OPENING:
        if url not in JOURNALS:
            JOURNALS[url] = Journal(url)
        return JOURNALS[url]


def doors() -> Doors:
    """The doors of this process: STORE_DIR, PUBLIC_ORIGIN and CAMPAIGN."""
    folder = Path(os.environ.get("STORE_DIR", "data/store"))
    return Doors(
        store=Store(folder=folder),
        origin=os.environ.get("PUBLIC_ORIGIN", "").rstrip("/"),
        campaign_name=os.environ.get("CAMPAIGN", "yunnan-2025"),
    )
