"""What a rerun costs the server while one reader has it to herself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.served import Served
from benchmarks.tables import times
from benchmarks.websocket_session import Place, Session, opened

SEEN_FIRST = "month first seen"
BREATH = 0.05
"""Seconds between two reruns, so that what follows one does not wait into the next."""


async def one_reader(server: Served, months: list[str], count: int) -> list[dict[str, object]]:
    """What each page costs: a month nobody has asked for yet, the same again, a month seen before.

    A row for each page and way, times in milliseconds; ``count``: reruns of the last two ways.
    """
    rows = []
    async with opened(server.port) as session:
        for page, page_hash in session.pages.items():
            every = [Place(page=page, page_hash=page_hash, month=month) for month in months]
            ways: dict[str, Sequence[Place | None]] = {
                SEEN_FIRST: every[:-1] or every,
                "nothing changed": [None] * count,
                "another month": [every[number % len(every)] for number in range(count)],
            }
            for what, way in ways.items():
                rows.append(
                    {"page": page or "/", "what": what} | await _cost(server, session, every[-1], way)
                )
    return rows


async def _cost(
    server: Served, session: Session, start: Place, way: Sequence[Place | None]
) -> dict[str, object]:
    """Processor time, time and bytes of these reruns; how many drew something else than the one before."""
    await session.rerun(start)
    before = await session.rerun()
    used, reruns = server.cpu_seconds(), []
    for place in way:
        reruns.append(await session.rerun(place))
        await asyncio.sleep(BREATH)
    cpu = (server.cpu_seconds() - used) / len(way) * 1000
    drawn = [before.drawn, *(rerun.drawn for rerun in reruns)]
    return {
        "reruns": len(way),
        "differ": sum(one != other for one, other in pairwise(drawn)),
        "cpu_ms": round(cpu, 1),
        **times(reruns),
        "received_kib": round(sum(rerun.received for rerun in reruns) / len(reruns) / 1024, 1),
    }
