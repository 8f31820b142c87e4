"""An act: who did what, when, from where, allowed or refused, before it is sealed in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["done", "refused", "failed"]
COMMAND_LINE, SERVER, UNKNOWN = "命令行", "服务器", "未知账号"
"""Who acts where nobody has signed in: UNKNOWN has tried to, under a name nobody has."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing somebody did or was refused.

    ``who`` is an account, COMMAND_LINE or SERVER; ``roles`` what it may be; ``address`` the network
    address it came from; ``object`` what it was done to, a unit and a month, or an account.
    """

    at: datetime
    who: str
    action: str
    object: str
    outcome: Outcome = "done"
    roles: str = ""
    address: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def on_command_line(at: datetime, action: str, object: str, user: str, **detail: object) -> Act:
    """An act of whoever has typed a command; ``user`` is that person to the operating system."""
    return Act(at=at, who=COMMAND_LINE, action=action, object=object, detail={"user": user, **detail})
