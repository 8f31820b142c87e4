"""How often somebody may have workbooks checked, marked or merged: each takes a core, and the server is everybody's."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from math import ceil

import sqlalchemy as sa

from dashboard.access.principal import Principal
from etl import audit

MOST, WITHIN = 30, timedelta(minutes=10)
"""Uploads, marked copies and mergings of one account: 设定值. One every twenty seconds is more than anybody mends and saves; a script
that goes on and on would take the cores from the other units on the last evening."""
PACED = ("workbook.upload", "workbook.merge", "workbook.marked")
"""The acts that begin such work."""


class TooOftenError(Exception):
    """Too many uploads in a short time; the message says from when on again, ``seconds`` how long that is."""

    def __init__(self, again_at: datetime, now: datetime) -> None:
        self.seconds = ceil((again_at - now).total_seconds())
        minutes, told = WITHIN // timedelta(minutes=1), again_at + timedelta(seconds=1)
        super().__init__(
            f"您在{minutes}分钟内已上传、标注或合并{MOST}次，请在{told:%H:%M:%S}后再来；此前上传、合并的都在，刷新页面可看到结果"
            f" / {MOST} uploads, marked copies and mergings within {minutes} minutes: come again after {told:%H:%M:%S}."
            " What you uploaded and merged before is kept."
        )


def require_turn(connection: sa.Connection, principal: Principal, now: datetime) -> None:
    """Raise TooOftenError where an account has had too many workbooks worked on of late, whichever server took it.

    The audit is what counts, in the writing transaction that adds this act to it: of uploads at the same
    moment none slips through. A refused one adds nothing.
    """
    own = (
        act["at"]
        for act in audit.since(connection, now - WITHIN)
        if act["who"] == principal.account_id and act["action"] in PACED and act["outcome"] == "done"
    )
    times = list(islice(own, MOST))
    if len(times) == MOST:
        raise TooOftenError(times[-1] + WITHIN, now)
