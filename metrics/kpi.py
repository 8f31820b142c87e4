"""The word Kpi: a question, a numerator over a denominator, and how to judge the answer.

An entry names columns of a mart and contains no SQL. Its target, with citation and scope, is data of the
campaign (``dim_target``), since another place may set another number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "context"]
OverTime = Literal["flow", "last", "last_wave"]
Spread = Literal["proportion", "count", "none"]
Status = Literal["met", "missed", "no_target", "too_few_cases", "not_applicable", "not_reported"]

MARTS = ("mart_unit_month", "mart_event_month", "mart_report_month", "mart_survey")


@dataclass(frozen=True, kw_only=True)
class SmallNumbers:
    """When a value rests on too few cases to be coloured or ranked.

    ``cases_below``: the cases are fewer than ``minimum``. ``expected_below``: the cases to expect at the
    parent's rate (exposure x parent's rate; the top unit's own count) are fewer than ``minimum``.
    """

    rule: Literal["cases_below", "expected_below"]
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One indicator of the campaign.

    value = factor x numerator / denominator, both summed over units and months; without a denominator
    the numerator is the value. ``sheet`` is the sheet whose reporting the figure stands on.
    ``measure_scale`` turns the numerator's decimals into whole numbers for exact comparison.
    ``average_stock`` divides each reporting unit's denominator by its reported months (average roll).
    ``needs_population`` makes it not applicable for a unit without population. ``own_total`` marks the
    staffing gap: computed on each unit's own totals up to the reporting level, summed above it.
    ``from_level`` ``reporting`` leaves out the units below the reporting level; without
    ``counts_own_office`` it does not apply to an own office. ``with_sheet`` is a second sheet that must be
    reported for the same month. ``spread`` says what chance does to it, where that differs from the rule of
    ``uncertainty.spread_of``. ``short`` is its name at the head of a narrow column, at most two lines of three
    signs; without one the title stands there.
    """

    key: str
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str = ""
    denominator_en: str = ""
    mart: str = "mart_unit_month"
    sheet: str
    numerator: str
    denominator: str | None = None
    cases: Literal["numerator", "denominator"] = "denominator"
    factor: int = 100
    unit_zh: str = "%"
    unit_en: str = "%"
    decimals: int = 1
    direction: Direction
    over_time: OverTime = "flow"
    small: SmallNumbers | None = None
    spread: Spread | None = None
    measure_scale: int = 1
    average_stock: str | None = None
    needs_population: bool = False
    own_total: bool = False
    from_level: Literal["leaf", "reporting"] = "leaf"
    counts_own_office: bool = True
    with_sheet: str = ""
    due_months_only: bool = False
    judged_in: tuple[str, ...] = ()
    core: bool = False
    note_zh: str = ""
    note_en: str = ""
    short_zh: str = ""
    short_en: str = ""

    @property
    def about_reports(self) -> bool:
        """Whether it judges the reports themselves and not the work they tell of."""
        return self.mart == "mart_report_month"

    def __post_init__(self) -> None:
        if self.mart not in MARTS:
            raise ValueError(f"KPI {self.key}: unknown mart {self.mart}")
        if self.due_months_only and self.mart != "mart_report_month":
            raise ValueError(f"KPI {self.key}: only mart_report_month knows when each report falls due")
        if self.denominator is None and self.cases == "denominator":
            raise ValueError(f"KPI {self.key}: without a denominator its cases are the numerator")
        if self.denominator is not None and not self.denominator_zh:
            raise ValueError(f"KPI {self.key}: its denominator has no description")


FEW_ANSWERS = SmallNumbers(rule="cases_below", minimum=30)
FEW_EXPECTED = SmallNumbers(rule="expected_below", minimum=10)
NO_OFFICER = SmallNumbers(rule="cases_below", minimum=1)
