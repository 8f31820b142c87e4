"""Passwords: how they are kept, and which are too weak."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST = 12
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
AT_ONCE = threading.Semaphore(2)
"""Hashing takes 19 MiB and all of a core; a flood of sign-ins waits instead of taking the machine."""
NOBODYS = HASHER.hash(secrets.token_urlsafe(16))
"""Checked for names nobody has, so that they take as long as those somebody has."""


def hashed(password: str) -> str:
    """What is kept of a password (argon2id)."""
    with AT_ONCE:
        return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept; None (no such account) takes just as long to say no."""
    with AT_ONCE:
        try:
            return HASHER.verify(kept or NOBODYS, password) and kept is not None
        except VerificationError:
            return False


def weakness(password: str, *, account_id: str, name: str) -> str | None:
    """Why a password may not be used, in both languages; None where it may."""
    if len(password) < SHORTEST:
        return f"口令至少{SHORTEST}个字符 / at least {SHORTEST} characters"
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    if sum(any(kind(sign) for sign in password) for kind in kinds) < 3:
        return (
            "口令须含大写字母、小写字母、数字、符号中的至少三类"
            " / three of: capitals, small letters, digits, signs"
        )
    if any(part and part.lower() in password.lower() for part in (account_id, name)):
        return "口令不得包含账号或姓名 / must not contain the account or the name"
    if len(set(password)) < 6:
        return "口令重复字符过多 / too few different characters"
    return None


TOLD_APART = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another: no 0, O and o, no 1, l, I and i."""


def random_password(account_id: str = "", name: str = "") -> str:
    """A first password for an account, to be told once, often by telephone, and changed at the first sign-in."""
    while True:
        found = "-".join("".join(secrets.choice(TOLD_APART) for _ in range(4)) for _ in range(4))
        if weakness(found, account_id=account_id, name=name) is None:
            return found
