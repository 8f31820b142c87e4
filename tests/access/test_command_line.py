"""Accounts by the command line: whose store it is, what it closes, what it says it did."""

from datetime import datetime

import pytest
from typer.testing import CliRunner

from dashboard.__main__ import app
from dashboard.access.doors import Doors
from etl.store import Store

NOW = datetime(2026, 10, 1, 9)
CREATE = ("create", "zhangsan", "--name", "张三", "--role", "admin")


def run(store, *arguments):
    return CliRunner().invoke(app, ["accounts", *arguments, "--store", str(store)])


@pytest.fixture
def simulated(tmp_path):
    here = Doors(store=Store(folder=tmp_path / "simulated"))
    here.store.folder.mkdir()
    here.journal().claim("yunnan-2025", simulated=True, now=NOW)
    return here


def test_the_first_account_of_a_store_says_where_it_was_made(tmp_path):
    done = run(tmp_path / "new", *CREATE)
    assert done.exit_code == 0
    assert str(tmp_path / "new") in done.stderr
    assert Doors(store=Store(folder=tmp_path / "new")).journal().has_accounts()


def test_simulated_data_stay_open_to_visitors_unless_somebody_means_to_close_them(simulated):
    refused = run(simulated.store.folder, *CREATE)
    assert refused.exit_code == 1
    assert "--simulated" in refused.stderr
    assert str(simulated.store.folder) in refused.stderr
    assert simulated.takes_visitors()
    assert run(simulated.store.folder, *CREATE, "--simulated").exit_code == 0
    assert not simulated.takes_visitors()


def test_a_change_and_the_list_say_what_an_account_is(tmp_path):
    store = tmp_path / "store"
    run(store, *CREATE)
    changed = run(store, "change", "zhangsan", "--role", "liaison", "--unit", "迪庆")
    assert changed.stdout == "zhangsan\tliaison\t533400\t启用 / in use\n"
    assert "没有能用的系统管理员" in changed.stderr
    stopped = run(store, "change", "zhangsan", "--stopped")
    assert stopped.stdout == "zhangsan\tliaison\t533400\t已停用 / stopped\n"
    assert run(store, "change", "zhangsan", "--role", "viewer").stdout.endswith("已停用 / stopped\n")
    assert run(store, "change", "zhangsan", "--role", "liaison", "--unit", "迪庆").exit_code == 0
    assert run(store, "list").stdout == "zhangsan\t张三\tliaison\t533400\t已停用 / stopped\n"


def test_a_folder_that_cannot_be_made_is_told_with_a_remedy(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    refused = run(tmp_path / "file" / "store", *CREATE)
    assert refused.exit_code == 2
    assert "授权给运行本程序的账户" in refused.stderr
