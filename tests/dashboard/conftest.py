"""Stores of made-up submissions, and a real browser on a real server with the network cut off."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from dashboard.access import accounts, sessions
from dashboard.access.doors import SHANGHAI
from dashboard.access.passwords import random_password
from etl import audit
from etl.act import Act
from etl.journal import Journal
from etl.store import Store
from tests.dashboard.browsing import SECRETS

ROOT = Path(__file__).parents[2]

# Long past at any clock these tests run under, so that nothing in them is still to fall due.
MONTHS = ("2025-05", "2025-06")


def _sample_store() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_store", Path(__file__).with_name("sample_store.py"))
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules["sample_store"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Stores by name, each made once: full, half (half the reports missing), bare (no report), district, none."""
    sample, made = _sample_store(), {}
    half = sample.Absence(late=frozenset({1}), missing=frozenset(range(2, 16, 2)))
    nobody = sample.Absence(late=frozenset(), missing=frozenset(range(16)))
    alone = sample.Absence(late=frozenset(), missing=frozenset())
    ways = {
        "full": lambda folder: sample.make_store(folder, "yunnan-2025", MONTHS),
        "half": lambda folder: sample.make_store(folder, "yunnan-2025", MONTHS, absence=half),
        "bare": lambda folder: sample.make_store(folder, "yunnan-2025", MONTHS[:1], absence=nobody),
        "district": lambda folder: sample.make_store(
            folder, "pingshan-2018", ("2018-11", "2018-12"), simulated=False, absence=alone
        ),
        "none": lambda folder: None,
    }

    def store(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name)
            ways[name](made[name])
        return made[name]

    return store


LEADER = "leader"


def leaders_session(store: Path) -> str | None:
    """The secret of a leader's new session on real data; simulated data and an empty store need none."""
    if not (store / "journal.sqlite").exists():
        return None
    with closing(Journal(Store(folder=store).journal_url)) as journal:
        if journal.is_simulated():
            return None
        now = datetime.now(SHANGHAI).replace(tzinfo=None)
        with journal.writing() as connection:
            if accounts.find(connection, LEADER) is None:
                accounts.create(
                    connection, LEADER, "Li", random_password(), roles=["viewer"], units=[], now=now
                )
                unlocked = accounts.ACCOUNT.update().values(must_change_password=False)
                connection.execute(unlocked)
            signed_in = Act(at=now, who=LEADER, action="sign_in", object="")
            audit.append(connection, Store(folder=store).audit_key(), signed_in)
            return sessions.start(connection, LEADER, address="127.0.0.1", now=now)


@contextmanager
def served(store: Path, start: Sequence[str] = ("-m", "streamlit")) -> Iterator[str]:
    """The address of a dashboard on this store; ``start`` is how Python is told to run Streamlit."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        *start,
        "run",
        "dashboard/app.py",
        "--server.port",
        str(port),
        "--server.headless=true",
    ]
    environment = os.environ | {"STORE_DIR": str(store), "PYTHONPATH": str(ROOT)}
    with (store / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        with process:
            try:
                started = any("URL:" in line for line in process.stdout)
                assert started, (store / "server.log").read_text(encoding="utf-8")
                yield f"http://127.0.0.1:{port}"
            finally:
                # Nothing to save: a server that still holds a connection would not end politely.
                process.kill()


@pytest.fixture(scope="session")
def address(stores: Callable[[str], Path]) -> Iterator[Callable[[str], str]]:
    """Addresses of dashboards by the name of their store, each started once; pages open signed in as a leader."""
    running: dict[str, str] = {}
    with ExitStack() as stack:

        def of(name: str) -> str:
            if name not in running:
                running[name] = stack.enter_context(served(stores(name)))
                secret = leaders_session(stores(name))
                if secret:
                    SECRETS[running[name]] = secret
            return running[name]

        yield of


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """AppTest puts the page in the place of the main module, and leaves it there."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
