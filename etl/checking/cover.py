"""The cover: who reports which month, over which days, with which signatures and declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from etl import calendar
from etl.checking.cover_reading import cover_labels, cover_marks, cover_texts, cover_values
from etl.checking.expectation import cell_arguments
from etl.checking.renamed import missing_sheet
from etl.findings import Argument, Finding, Words, finding
from etl.normalise import EMPTY, NOT_APPLICABLE_STATE, OK
from etl.schema import Column
from etl.sheets import COVER
from etl.template_sheets import KNOWN_VERSIONS, TEMPLATE_VERSION, sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit
    from etl.read import SheetReading


WINDOW_OUTSIDE = "window_outside_month"


@dataclass(frozen=True, kw_only=True)
class CoverCheck:
    """What the cover says: typed ``values`` by column name (null where there is none), and findings.

    ``unit`` and ``period`` are None where they could not be settled. ``faulty`` names the columns with a
    finding; ``rows`` the sheet row of each column's label.
    """

    values: dict[str, object]
    unit: Unit | None
    period: str | None
    findings: tuple[Finding, ...]
    faulty: frozenset[str]
    rows: Mapping[str, int]

    @property
    def is_missing(self) -> bool:
        """Whether the workbook has no cover."""
        return not self.rows and not self.faulty

    def says_yes(self, flag: str | None) -> bool:
        """Whether a declaration was made with 是."""
        return flag is not None and self.values.get(flag) is True

    @property
    def window_holds(self) -> bool:
        """Whether its days of data are this month's, so that rows can be held against them."""
        return all(each.kind != WINDOW_OUTSIDE for each in self.findings)

    def cell(self, name: str) -> str:
        """Address of a column's value; empty where its label is not on the sheet."""
        return f"B{self.rows[name]}" if name in self.rows else ""

    def about(self, kind: str, name: str, value: object = "", **arguments: Argument) -> Finding:
        """A finding at the value of a column."""
        return finding(
            kind,
            sheet=COVER.title_zh,
            cell=self.cell(name),
            column=COVER.column(name).title_zh,
            value=str(value),
            **arguments,
        )


NO_COVER = CoverCheck(values={}, unit=None, period=None, findings=(), faulty=frozenset(), rows={})


def check_cover(
    reading: SheetReading | None, campaign: Campaign, *, today: date, other: SheetReading | None = None
) -> CoverCheck:
    """Read and check the cover; ``reading`` is None where the workbook has none, ``other`` what may be it, renamed."""
    if reading is None:
        return CoverCheck(
            **{
                **vars(NO_COVER),
                "findings": (missing_sheet(COVER, other),),
                "values": dict.fromkeys(column.name for column in COVER.columns),
            }
        )
    rows, repeated = cover_labels(reading)
    texts = cover_texts(reading, rows)
    marks = cover_marks(reading, rows)
    values, states = cover_values(texts, marks)
    check = CoverCheck(values=values, unit=None, period=None, findings=(), faulty=frozenset(), rows=rows)
    unit, unit_findings = _unit(check, texts, campaign)
    period, period_findings = _period(check, campaign, today)
    # Held against a month that is wrong itself, its days would be told as wrong too.
    window = _window(check, campaign, None if period_findings else period)
    columns = COVER.columns
    if unit is not None and period is not None:
        columns = sheets_for(campaign, unit, period)[0].columns
    found = [
        *(_duplicate(name, row) for name, row in repeated),
        *_cell_findings(check, columns, texts, states, marks, asked=unit is not None and period is not None),
        *unit_findings,
        *period_findings,
        *check_version(check),
        *window,
        *_prepared(check, today),
        # Of days in the wrong month it goes without saying that they are in the wrong order.
        *(() if any(each.kind == WINDOW_OUTSIDE for each in window) else _rules(check, texts)),
        *_shapes(reading, check),
    ]
    titles = {column.title_zh: column.name for column in COVER.columns}
    return CoverCheck(
        values=values,
        unit=unit,
        period=period,
        findings=tuple(sorted(found, key=lambda each: int(each.cell.lstrip("AB") or 0))),
        faulty=frozenset(titles[each.column] for each in found if each.column in titles),
        rows=rows,
    )


def _duplicate(name: str, row: int) -> Finding:
    title = COVER.column(name).title_zh
    return finding("duplicate_label", sheet=COVER.title_zh, cell=f"A{row}", column=title, value=title)


def _cell_findings(
    check: CoverCheck,
    columns: tuple[Column, ...],
    texts: Mapping[str, str | None],
    states: Mapping[str, str],
    marks: Mapping[str, tuple[str, str]],
    *,
    asked: bool,
) -> list[Finding]:
    """Labels that are missing, and cells without a value; ``asked`` where it is known which are due."""
    found = []
    for column in columns:
        name, text = column.name, texts.get(column.name) or ""
        state = states.get(name, OK)
        if name not in check.rows:
            if column.required or asked:
                found.append(check.about("missing_label", name))
        elif name in marks:
            kind, detail = marks[name]
            found.append(check.about(kind, name, detail, **cell_arguments(kind, column, text)))
        elif state == EMPTY and column.required:
            found.append(check.about("required_empty", name, **cell_arguments("required_empty", column, "")))
        elif state not in (OK, EMPTY, NOT_APPLICABLE_STATE):
            found.append(check.about(state, name, text, **cell_arguments(state, column, text)))
    return found


def _unit(
    check: CoverCheck, texts: Mapping[str, str | None], campaign: Campaign
) -> tuple[Unit | None, list[Finding]]:
    """The reporting unit, named by code and by name; one of the two is enough to go on checking."""
    candidates = tuple(dict.fromkeys((*campaign.reporting_units, campaign.top)))
    found, findings = {}, []
    for name in ("unit_code", "unit_name"):
        text = check.values.get(name)
        if not isinstance(text, str):
            continue
        match = campaign.find_unit(text, candidates)
        if match.unit is not None:
            found[name] = match.unit
            continue
        known = campaign.find_unit(text, campaign.units).reason != "unknown"
        kind = "unit_not_reporting" if known and match.reason == "unknown" else "cover_unit_unknown"
        findings.append(check.about(kind, name, texts[name]))
    units = set(found.values())
    if len(units) > 1:
        expected = f"{found['unit_code'].name}（{found['unit_code'].code}）"
        return None, [
            check.about("unit_code_name_differ", "unit_name", texts["unit_name"], expected_name=expected)
        ]
    return (next(iter(units)) if units else None), findings


def _period(check: CoverCheck, campaign: Campaign, today: date) -> tuple[str | None, list[Finding]]:
    """The month, where it is one of the campaign's."""
    period = check.values.get("period")
    if not isinstance(period, str):
        return None, []
    if period not in campaign.periods:
        bounds = {"first": campaign.first_period, "last": campaign.last_period}
        return None, [check.about("period_outside_campaign", "period", period, **bounds)]
    if calendar.first_day(period) > today:
        return period, [check.about("period_not_begun", "period", period, today=today.isoformat())]
    return period, []


def check_version(
    check: CoverCheck, *, current: str = TEMPLATE_VERSION, known: tuple[str, ...] = KNOWN_VERSIONS
) -> list[Finding]:
    """The template's version: the current one, an older known one with a word, or no version of ours."""
    version = check.values.get("template_version")
    if version is None or version == current:
        return []
    if version in known:
        return [check.about("template_older", "template_version", version, current=current)]
    return [check.about("template_unknown", "template_version", version, versions=" | ".join(known))]


def _window(check: CoverCheck, campaign: Campaign, period: str | None) -> list[Finding]:
    """Days other than the rule's are allowed, with a reason; not such as belong to another month."""
    if period is None:
        return []
    rule = dict(zip(("data_from", "data_to"), campaign.window(period), strict=True))
    outside = _outside(check, period, rule)
    return [
        check.about(
            WINDOW_OUTSIDE if name in outside else "window_differs",
            name,
            check.values[name],
            period=period,
            rule_date=str(day),
        )
        for name, day in rule.items()
        if check.values.get(name) not in (None, day)
    ]


def _outside(check: CoverCheck, period: str, rule: Mapping[str, date]) -> set[str]:
    """The bounds of the window that belong to another month.

    A last day after the month is another month's only where the first day is too: of a log it may tell how long after
    the month its cases were followed.
    """
    data_from, data_to = check.values.get("data_from"), check.values.get("data_to")
    first = min(calendar.first_day(period), rule["data_from"])
    last = max(calendar.last_day(period), rule["data_to"])
    outside = set()
    if isinstance(data_from, date) and not first <= data_from <= last:
        outside.add("data_from")
    if isinstance(data_to, date) and (data_to < first or (outside and data_to > last)):
        outside.add("data_to")
    return outside


def _prepared(check: CoverCheck, today: date) -> list[Finding]:
    """Nobody has filled it in on a day to come."""
    day = check.values.get("prepared_on")
    if not isinstance(day, date) or day <= today:
        return []
    rule = Words(zh="填报日期不晚于检查当天", en="Prepared on not after the day of the check")
    return [check.about("in_the_future", "prepared_on", day, rule=rule, today=today.isoformat())]


def _rules(check: CoverCheck, texts: Mapping[str, str | None]) -> list[Finding]:
    schema = {column.name: column.polars_type for column in COVER.columns}
    form = pl.DataFrame({name: [check.values[name]] for name in schema}, schema=schema)
    return [
        check.about(
            rule.kind,
            rule.columns[0],
            texts.get(rule.columns[0]) or "",
            rule=Words(zh=rule.expected_zh, en=rule.expected_en),
            others="",
        )
        for rule in COVER.rules
        if form.select(rule.violated.fill_null(False)).item()
    ]


def _shapes(reading: SheetReading, check: CoverCheck) -> list[Finding]:
    """Merged values, formulas with a result, and a cover that is hidden."""
    names = {row: name for name, row in check.rows.items()}
    found = []
    for row, column, kind, detail in reading.marks.select("row", "column", "kind", "detail").iter_rows():
        if row not in names or column > 2:
            continue
        if kind == "merged":
            found.append(check.about("merged_cells", names[row], detail))
        elif kind == "formula" and column == 2:
            found.append(check.about("formula", names[row], detail))
    if reading.visible != "visible" and check.rows:
        found.append(finding("hidden_sheet", sheet=reading.title))
    return found
