"""Which months a period holds, and which of them have begun or fallen due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

PeriodKind = Literal["month", "quarter", "ytd", "year", "rolling12"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The months a table is computed over.

    ``months`` are the campaign's months in the period; ``begun`` those that have begun, ``due`` those
    whose due date has passed at ``as_of``; ``last`` is the latest of ``due`` (of the period's begun
    months, the first, where none has fallen due yet): the month a stock is taken from.

    The due dates are the campaign's own, whatever extension a unit was granted: an extension is that unit's,
    and the province's figures do not wait for it. Only whether its report is late yet is its own affair
    (``compile.months_rule``).
    """

    kind: PeriodKind
    month: date
    months: tuple[date, ...]
    begun: tuple[date, ...]
    due: tuple[date, ...]
    last: date | None
    as_of: datetime

    @property
    def end(self) -> date:
        """The first day after the period."""
        return add_months(max(self.months, default=self.month), 1)


def scope(kind: PeriodKind, month: date, due_at: dict[date, datetime], as_of: datetime) -> Scope:
    """The months of a period named by one of its months, clipped to the campaign's (the keys of ``due_at``).

    A quarter and a year are the calendar's that contain the month; year to date and rolling twelve end
    with it.
    """
    months = tuple(sorted(set(period_months(kind, month)) & due_at.keys()))
    begun = tuple(day for day in months if day <= as_of.date())
    due = tuple(day for day in months if due_at[day] <= as_of)
    last = max(due) if due else (begun or months or (None,))[0]
    return Scope(kind=kind, month=month, months=months, begun=begun, due=due, last=last, as_of=as_of)


def period_months(kind: PeriodKind, month: date) -> Sequence[date]:
    """The calendar months of a period named by one of its months, whether or not the campaign has them."""
    first_of_quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    january = month.replace(month=1)
    start, count = {
        "month": (month, 1),
        "quarter": (first_of_quarter, 3),
        "ytd": (january, month.month),
        "year": (january, 12),
        "rolling12": (add_months(month, -11), 12),
    }[kind]
    return [add_months(start, offset) for offset in range(count)]


def add_months(month: date, count: int) -> date:
    """The first day of the month ``count`` months later."""
    position = month.year * 12 + month.month - 1 + count
    return date(position // 12, position % 12 + 1, 1)


def parse_month(text: str) -> date:
    """The first day of a month written YYYY-MM; ValueError says what is expected."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(
            f"月份应写成 YYYY-MM，如 2026-09，而不是“{text}” / expected YYYY-MM, not {text}"
        ) from None
