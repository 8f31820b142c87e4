"""What the figures are read against: units, months, sheets, targets, scorecards, as the build published them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from metrics.connection import Run
from metrics.scorecard import Scorecard, scorecards_of
from metrics.survey import Hierarchy, hierarchy


@dataclass(frozen=True, kw_only=True)
class Target:
    """A number to reach, with the document and clause it comes from, or marked as a setting (设定值)."""

    kpi: str
    number: Decimal
    rule: str
    is_setting: bool
    scope_zh: str
    scope_en: str
    citation_zh: str
    citation_en: str


@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """The dimension tables of one build, read once.

    ``units``: dim_unit in the campaign's order. ``reporting``: for each (level, unit_code) the reporting
    units whose workbooks feed it; ``tree``: the way up from every leaf. ``submitted``: who reported a sheet
    in a month; under the sheet "" who reported anything. ``due_at``: the campaign's due dates; ``extended_to``: the
    later ones granted to a unit for a month.
    """

    campaign: dict[str, object]
    levels: tuple[dict[str, object], ...]
    units: pl.DataFrame
    hierarchy: Hierarchy
    reporting: pl.DataFrame
    tree: pl.DataFrame
    due_at: dict[date, datetime]
    extended_to: dict[tuple[str, date], datetime]
    due_is_estimated: dict[date, bool]
    frequency: dict[str, str]
    reported_by: dict[str, str]
    reporting_codes: list[str]
    submitted: dict[tuple[str, date], frozenset[str]]
    targets: dict[str, Target]
    peer_groups: tuple[dict[str, object], ...]
    scorecards: tuple[Scorecard, ...]
    simulated: bool
    built_at: datetime

    @property
    def reporting_level(self) -> str:
        """The level whose units report, and are ranked."""
        return next(str(level["key"]) for level in self.levels if level["reports"])

    @property
    def shown_months(self) -> frozenset[date]:
        """The campaign's months from the first in which anybody reported anything; all before there is one.

        Where a campaign is older than its store, nobody owes the months from before.
        """
        first = min((month for sheet, month in self.submitted if not sheet), default=min(self.due_at))
        return frozenset(month for month in self.due_at if month >= first)

    def may_still_report(self, month: date, as_of: datetime) -> frozenset[str]:
        """The units that have reported nothing of a month and whose extension for it is running."""
        came = self.submitted.get(("", month), frozenset())
        return frozenset(
            code
            for (code, extended), due_at in self.extended_to.items()
            if extended == month and due_at > as_of and code not in came
        )

    @property
    def peer_group_of(self) -> dict[str, str | None]:
        """The peer group of each reporting unit; own offices, which share their codes, are in none."""
        reporting = self.units.filter(pl.col("level") == self.reporting_level)
        return dict(reporting.select("unit_code", "peer_group").rows())


def read_dimensions(run: Run) -> Dimensions:
    """Every dimension of a build."""
    periods = run("from dim_period order by month", {})
    sheets = run("from dim_sheet", {})
    build = run("from dim_build", {}).row(0, named=True)
    units = run("from dim_unit order by level_position, position", {})
    return Dimensions(
        campaign=run("from dim_campaign", {}).row(0, named=True),
        levels=tuple(run("from dim_level order by position", {}).to_dicts()),
        units=units,
        hierarchy=hierarchy(units),
        reporting=run(
            "select distinct tree.level, tree.unit_code, leaf.reporting_code"
            " from dim_tree as tree join dim_leaf as leaf on leaf.leaf_code = tree.leaf_code"
            " order by all",
            {},
        ),
        tree=run("select level, unit_code, leaf_code from dim_tree", {}),
        due_at=dict(periods.select("month", "due_at").rows()),
        extended_to=_extended_to(run),
        due_is_estimated=dict(periods.select("month", "due_is_estimated").rows()),
        frequency=dict(sheets.select("sheet", "frequency").rows()),
        reported_by=dict(sheets.select("sheet", "reported_by").rows()),
        reporting_codes=run("select distinct reporting_code from dim_leaf order by 1", {})[
            "reporting_code"
        ].to_list(),
        submitted=_submitted(run),
        targets={row["kpi"]: _target(row) for row in run("from dim_target", {}).iter_rows(named=True)},
        peer_groups=tuple(run("from dim_peer_group order by position", {}).to_dicts()),
        scorecards=scorecards_of(run("from dim_scorecard", {}), run("from dim_scorecard_item", {})),
        simulated=build["simulated"],
        built_at=build["built_at"],
    )


def _extended_to(run: Run) -> dict[tuple[str, date], datetime]:
    rows = run("select reporting_code, month, due_at from dim_extension", {}).iter_rows()
    return {(code, month): due_at for code, month, due_at in rows}


def _submitted(run: Run) -> dict[tuple[str, date], frozenset[str]]:
    """Who reported a sheet in a month; under "" who reported anything."""
    found: dict[tuple[str, date], set[str]] = {}
    rows = run(
        "select reporting_code, month, sheet from dim_submitted_sheet where content <> 'not_reported'"
        " union select reporting_code, month, '' from dim_submission",
        {},
    )
    for code, month, sheet in rows.iter_rows():
        found.setdefault((sheet, month), set()).add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


def _target(row: dict[str, object]) -> Target:
    return Target(number=row["target"], **{key: row[key] for key in row if key != "target"})
