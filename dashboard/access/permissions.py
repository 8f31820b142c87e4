"""The table of permissions: which role may do what, for all units or for its own.

``permissions.csv`` is the whole of it, to be read by people; nothing else in the program decides.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

TABLE = Path(__file__).with_name("permissions.csv")

Role = Literal["viewer", "analyst", "liaison", "reviewer", "admin", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
Reach = Literal["", "own", "all"]
"""Not at all, for the account's own units, for every unit."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One action, and how far each role reaches with it."""

    action: str
    title_zh: str
    title_en: str
    reach: Mapping[str, Reach]


def read_permissions(path: Path = TABLE) -> dict[str, Permission]:
    """The table by action; ValueError where a cell is neither empty, own nor all."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["action"]: _permission(row) for row in csv.DictReader(file)}


def _permission(row: Mapping[str, str]) -> Permission:
    reach = {role: row[role] for role in ROLES}
    wrong = {role: cell for role, cell in reach.items() if cell not in get_args(Reach)}
    if wrong:
        raise ValueError(f"permissions.csv, {row['action']}: {wrong} should be empty, own or all")
    return Permission(action=row["action"], title_zh=row["title_zh"], title_en=row["title_en"], reach=reach)


PERMISSIONS = read_permissions()


def reach(roles: Iterable[str], action: str) -> Reach:
    """How far somebody of these roles gets with an action; not at all for an action nobody has entered."""
    permission = PERMISSIONS.get(action)
    found = {permission.reach.get(role, "") for role in roles} if permission else set()
    return "all" if "all" in found else "own" if "own" in found else ""
