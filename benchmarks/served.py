"""A dashboard started for measuring, and what the kernel says of its process (Linux: /proc)."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")

AS_STREAMLIT_COMES = (
    "import dashboard.memory; dashboard.memory.guard_memory = lambda: None;"
    " from streamlit.web.cli import main; main()"
)
"""Starts Streamlit with the dashboard's memory guard taken out."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running dashboard: its loopback port and its process."""

    port: int
    process: int

    def cpu_seconds(self) -> float:
        """Processor time of all its threads since it started, in steps of 10 ms."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        """What it holds in memory (resident set)."""
        status = Path(f"/proc/{self.process}/status").read_text().splitlines()
        line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def served(store: Path, *, as_streamlit_comes: bool = False, root: Path = ROOT) -> Iterator[Served]:
    """The dashboard on a store: as it ships, or with Streamlit's own garbage collection instead of ours.

    ``root`` is the checkout it is started from.

    Raises SystemExit with the end of its log where it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = ["-c", AS_STREAMLIT_COMES] if as_streamlit_comes else ["-m", "streamlit"]
    options = ["--runner.postScriptGC=true"] if as_streamlit_comes else []
    command = [sys.executable, *start, "run", "dashboard/app.py", f"--server.port={port}"]
    environment = os.environ | {"STORE_DIR": str(store.resolve()), "PYTHONPATH": str(root)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*command, "--server.headless=true", *options],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(process, port, log)
            yield Served(port=port, process=process.pid)
        finally:
            # Nothing to save: a server that still holds a connection would not end politely.
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen, port: int, log) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if _healthy(port):
            return
        time.sleep(0.1)
    log.seek(0)
    raise SystemExit(f"the dashboard did not start:\n{log.read()[-2000:]}")


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (ConnectionRefusedError, TimeoutError):
        return False
    finally:
        connection.close()
