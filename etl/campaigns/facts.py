"""The words a campaign is described in; what they hold is data, in ``data/campaigns/<name>/``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from etl.calendar import RestDayRule

ReportedBy = Literal["reporting", "top"]
Frequency = Literal["monthly", "quarterly", "as_held"]
DueDay = Literal["period_end", "working_days_after"]
TargetRule = Literal["fixed", "per_period_of_year", "month_share", "last_period_only"]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of the campaign's own hierarchy, such as 省, 州(市), 县(市、区)."""

    key: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, kw_only=True)
class Population:
    """How many people live in a unit: usual residents (常住), and temporary ones (暂住) where known."""

    resident: int
    temporary: int | None
    source: str

    @property
    def reference(self) -> int:
        """The population rates are measured by: residents, plus temporary residents where known."""
        return self.resident + (self.temporary or 0)


@dataclass(frozen=True, kw_only=True)
class PopulationEntry:
    """What is known of a unit's population from a month on; None states that it has none of its own.

    A functional zone whose people are counted in the counties around it has none of its own.
    """

    unit_code: str
    valid_from: str
    population: Population | None


@dataclass(frozen=True, kw_only=True)
class PeerGroup:
    """Reporting units compared with each other, and the rule they were grouped by."""

    key: str
    title_zh: str
    title_en: str
    rule_zh: str
    rule_en: str
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CollectedSheet:
    """A sheet the campaign collects: who reports it, how often, and the columns left out."""

    sheet: str
    reported_by: ReportedBy
    frequency: Frequency
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DueRule:
    """When a month's workbook is due; ``working_days`` counts only for ``working_days_after``."""

    day: DueDay
    rest_day: RestDayRule
    working_days: int
    is_setting: bool
    label_zh: str
    label_en: str
    citation_zh: str
    citation_en: str


@dataclass(frozen=True, kw_only=True)
class WindowRule:
    """Which days of data a month's workbook reports (统计起始日, 统计截止日)."""

    rule: Literal["calendar_month"]
    is_setting: bool
    label_zh: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a KPI should reach, where that is written and what it applies to.

    ``target`` is the base number and ``rule`` says how it becomes the target of a month: ``fixed``;
    ``per_period_of_year`` times the campaign's periods in the year so far; ``month_share`` times
    month / 12; ``last_period_only``, no target before the campaign's last month. A number no source
    document gives is a setting (设定值).
    """

    kpi: str
    target: Decimal
    rule: TargetRule
    scope_zh: str
    scope_en: str
    citation_zh: str
    citation_en: str
    is_setting: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class WorkingDay:
    """A day settled by hand as working or not, before any calendar is asked."""

    day: date
    working: bool
    source: str
