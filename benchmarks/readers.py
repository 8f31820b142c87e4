"""Many readers at once: each looks, thinks, and goes on to another page or month."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from benchmarks.served import Served
from benchmarks.websocket_session import Place, Rerun, Session, opened, places

FOR_EVER = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What readers do: how many there are, how long they think (seconds, exponential), and for how long.

    ``rise``: seconds before that, in which they come and nothing is measured. ``reruns_a_visit``: after so
    many a reader closes the tab and opens a new one.
    """

    readers: int
    think: float
    rise: float
    seconds: float
    reruns_a_visit: int = FOR_EVER


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Reruns of the measured time, the server's and this program's share of one processor, memory over time.

    ``memory``: (minutes since the first readers came, MiB).
    """

    seconds: float
    reruns: list[Rerun]
    server_share: float
    own_share: float
    memory: list[tuple[float, float]]

    @property
    def cpu_ms(self) -> float:
        """The server's processor time for one rerun, in milliseconds."""
        return self.server_share * self.seconds / len(self.reruns) * 1000


async def read(server: Served, months: list[str], reading: Reading, *, every: float = 30) -> Measured:
    """Fill the caches as days of use would, let readers come, and measure the server while they read.

    ``every``: seconds between two looks at the memory.
    """
    there = await _visit_all(server.port, months)
    begin = time.monotonic()
    end = begin + reading.rise + reading.seconds
    readers = [
        asyncio.create_task(_read_on(server.port, there, reading, end, random.Random(number)))
        for number in range(reading.readers)
    ]
    memory = asyncio.create_task(_watch_memory(server, begin, end, every))
    cpu = asyncio.create_task(_watch_cpu(server, begin + reading.rise, end))
    reruns = [rerun for each in await asyncio.gather(*readers) for rerun in each]
    server_share, own_share = await cpu
    return Measured(
        seconds=reading.seconds,
        reruns=[rerun for rerun in reruns if begin + reading.rise <= rerun.started_at < end],
        server_share=server_share,
        own_share=own_share,
        memory=await memory,
    )


async def _visit_all(port: int, months: list[str]) -> list[Place]:
    async with opened(port) as session:
        there = places(session, months)
        for place in there:
            await session.rerun(place)
    return there


async def _read_on(
    port: int, there: list[Place], reading: Reading, end: float, choice: random.Random
) -> list[Rerun]:
    reruns: list[Rerun] = []
    await asyncio.sleep(choice.uniform(0, min(reading.think, reading.rise)))
    while time.monotonic() < end:
        async with opened(port) as session:
            reruns += await _visit(session, there, reading, end, choice)
    return reruns


async def _visit(
    session: Session, there: list[Place], reading: Reading, end: float, choice: random.Random
) -> list[Rerun]:
    reruns: list[Rerun] = []
    while len(reruns) < reading.reruns_a_visit:
        pause = choice.expovariate(1 / reading.think)
        await asyncio.sleep(min(pause, end - time.monotonic()))
        if time.monotonic() >= end:
            break
        reruns.append(await session.rerun(choice.choice(there)))
    return reruns


async def _watch_cpu(server: Served, begin: float, end: float) -> tuple[float, float]:
    await asyncio.sleep(begin - time.monotonic())
    begun, used, own = time.monotonic(), server.cpu_seconds(), time.process_time()
    await asyncio.sleep(end - time.monotonic())
    seconds = time.monotonic() - begun
    return (server.cpu_seconds() - used) / seconds, (time.process_time() - own) / seconds


async def _watch_memory(server: Served, begin: float, end: float, every: float) -> list[tuple[float, float]]:
    seen = [(0.0, server.memory_mib())]
    while (now := time.monotonic()) < end:
        await asyncio.sleep(min(begin + len(seen) * every, end) - now)
        seen.append(((time.monotonic() - begin) / 60, server.memory_mib()))
    return seen
