"""The campaign and the journal as tables: the dimensions the marts and the KPIs are read against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import polars as pl

from etl.calendar import first_day
from etl.campaign import Campaign, Unit
from etl.journal import RETURNED, Submission, current

RESIDUAL = "-residual"
"""Suffix of the leaf that carries what is known of a reporting unit but of none of the units below it."""


def dimensions(campaign: Campaign, submissions: Sequence[Submission]) -> dict[str, pl.DataFrame]:
    """Every dimension table by name.

    ``dim_leaf`` holds the units at the bottom (own offices and residuals included); ``dim_tree`` the way
    up from a leaf to every unit above it. A residual is listed nowhere but adds to the units above.
    """
    latest = list(current(submissions).values())
    return {
        "dim_campaign": _campaign_table(campaign),
        "dim_level": _level_table(campaign),
        "dim_unit": _unit_table(campaign),
        "dim_leaf": _leaf_table(campaign),
        "dim_tree": _tree_table(campaign),
        "dim_period": _period_table(campaign),
        "dim_population": _population_table(campaign),
        "dim_sheet": _sheet_table(campaign),
        "dim_target": _target_table(campaign),
        "dim_scorecard": _scorecard_table(campaign),
        "dim_scorecard_item": _scorecard_item_table(campaign),
        "dim_peer_group": _peer_group_table(campaign),
        "dim_submission": _submission_table(latest),
        "dim_submitted_sheet": _submitted_sheet_table(latest),
        "dim_first_report": _first_report_table(submissions),
    }


def _table(rows: list[dict], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def _campaign_table(campaign: Campaign) -> pl.DataFrame:
    row = {
        "name": campaign.name,
        "title_zh": campaign.title_zh,
        "title_en": campaign.title_en,
        "reporting_level": campaign.reporting_level,
        "population_basis_zh": campaign.population_basis_zh,
        "population_basis_en": campaign.population_basis_en,
        "map_note_zh": campaign.map_note_zh,
        "map_note_en": campaign.map_note_en,
    }
    return _table([row], dict.fromkeys(row, pl.String()))


def _level_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        {"position": position, **asdict(level), "reports": level.key == campaign.reporting_level}
        for position, level in enumerate(campaign.levels)
    ]
    schema = {"position": pl.Int32, "key": pl.String, "title_zh": pl.String, "title_en": pl.String}
    return _table(rows, {**schema, "reports": pl.Boolean})


def _unit_table(campaign: Campaign) -> pl.DataFrame:
    position = {level.key: place for place, level in enumerate(campaign.levels)}
    rows = [
        {
            "level": unit.level,
            "level_position": position[unit.level],
            "position": place,
            "unit_code": unit.code,
            "unit_name": unit.name,
            "short_name": unit.short_name,
            "parent_level": campaign.unit(unit.parent).level if unit.parent else None,
            "parent_code": unit.parent,
            "reporting_code": _reporting_code(campaign, unit),
            "peer_group": unit.group,
            "own_office": unit.own_office,
            "population": None
            if unit.own_office
            else campaign.reference_population(unit.code, campaign.last_period),
        }
        for place, unit in enumerate(campaign.units)
    ]
    return _table(
        rows,
        {
            "level": pl.String,
            "level_position": pl.Int32,
            "position": pl.Int32,
            "unit_code": pl.String,
            "unit_name": pl.String,
            "short_name": pl.String,
            "parent_level": pl.String,
            "parent_code": pl.String,
            "reporting_code": pl.String,
            "peer_group": pl.String,
            "own_office": pl.Boolean,
            "population": pl.Int64,
        },
    )


def _reporting_code(campaign: Campaign, unit: Unit) -> str | None:
    """The unit whose workbook holds this unit's rows; none above the reporting level."""
    if unit.level == campaign.reporting_level:
        return unit.code
    return unit.parent if unit.level == campaign.leaf_level else None


def residual_code(reporting_code: str) -> str:
    """The leaf that carries what is known of this reporting unit only as a whole."""
    return reporting_code + RESIDUAL


def _leaf_table(campaign: Campaign) -> pl.DataFrame:
    rows = []
    for reporting in campaign.reporting_units:
        rows += [
            (reporting.code, leaf.code, leaf.own_office, False) for leaf in campaign.leaves(reporting.code)
        ]
        rows.append((reporting.code, residual_code(reporting.code), False, True))
    return pl.DataFrame(
        rows,
        schema={
            "reporting_code": pl.String,
            "leaf_code": pl.String,
            "own_office": pl.Boolean,
            "is_residual": pl.Boolean,
        },
        orient="row",
    )


def _tree_table(campaign: Campaign) -> pl.DataFrame:
    rows = []
    for reporting in campaign.reporting_units:
        above = [(unit.level, unit.code) for unit in _upwards(campaign, reporting)]
        for leaf in campaign.leaves(reporting.code):
            rows += [(level, code, leaf.code) for level, code in [(leaf.level, leaf.code), *above]]
        rows += [(level, code, residual_code(reporting.code)) for level, code in above]
    return pl.DataFrame(
        rows, schema={"level": pl.String, "unit_code": pl.String, "leaf_code": pl.String}, orient="row"
    )


def _upwards(campaign: Campaign, unit: Unit) -> list[Unit]:
    """The unit and every unit above it, itself first."""
    chain = [unit]
    while chain[-1].parent is not None:
        chain.append(campaign.unit(chain[-1].parent))
    return chain


def _period_table(campaign: Campaign) -> pl.DataFrame:
    rows = []
    for period in campaign.periods:
        data_from, data_to = campaign.window(period)
        rows.append(
            {
                "month": first_day(period),
                "period": period,
                "data_from": data_from,
                "data_to": data_to,
                "due_at": campaign.due_at(period),
                "due_is_estimated": campaign.due_is_estimated(period),
            }
        )
    return _table(
        rows,
        {
            "month": pl.Date,
            "period": pl.String,
            "data_from": pl.Date,
            "data_to": pl.Date,
            "due_at": pl.Datetime("us"),
            "due_is_estimated": pl.Boolean,
        },
    )


def _population_table(campaign: Campaign) -> pl.DataFrame:
    rows = []
    for period in campaign.periods:
        month = first_day(period)
        for reporting in campaign.reporting_units:
            known = {
                leaf.code: campaign.population(leaf.code, period)
                for leaf in campaign.leaves(reporting.code)
                if not leaf.own_office
            }
            whole = campaign.population(reporting.code, period)
            if whole is not None and all(figure is None for figure in known.values()):
                known = {residual_code(reporting.code): whole}
            rows += [
                (leaf, month, figure.resident, figure.reference)
                for leaf, figure in known.items()
                if figure is not None
            ]
    return pl.DataFrame(
        rows,
        schema={"leaf_code": pl.String, "month": pl.Date, "resident": pl.Int64, "population": pl.Int64},
        orient="row",
    )


def _sheet_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        (sheet.sheet, sheet.reported_by, sheet.frequency, list(sheet.without)) for sheet in campaign.sheets
    ]
    return pl.DataFrame(
        rows,
        schema={
            "sheet": pl.String,
            "reported_by": pl.String,
            "frequency": pl.String,
            "without": pl.List(pl.String),
        },
        orient="row",
    )


def _target_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        {
            "kpi": target.kpi,
            "target": target.target,
            "rule": target.rule,
            "is_setting": target.is_setting,
            "scope_zh": target.scope_zh,
            "scope_en": target.scope_en,
            "citation_zh": target.citation_zh,
            "citation_en": target.citation_en,
        }
        for target in campaign.targets
    ]
    return _table(
        rows,
        {
            "kpi": pl.String,
            "target": pl.Decimal(18, 4),
            "rule": pl.String,
            "is_setting": pl.Boolean,
            "scope_zh": pl.String,
            "scope_en": pl.String,
            "citation_zh": pl.String,
            "citation_en": pl.String,
        },
    )


def _scorecard_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        {
            "key": card.key,
            "title_zh": card.title_zh,
            "title_en": card.title_en,
            "valid_from": first_day(card.valid_from),
            "coverage_numerator": card.coverage_rule.numerator,
            "coverage_denominator": card.coverage_rule.denominator,
            "is_setting": card.is_setting,
            "citation_zh": card.citation_zh,
            "citation_en": card.citation_en,
            "red_lines": list(card.red_lines),
        }
        for card in campaign.scorecards
    ]
    return _table(
        rows,
        {
            "key": pl.String,
            "title_zh": pl.String,
            "title_en": pl.String,
            "valid_from": pl.Date,
            "coverage_numerator": pl.Int64,
            "coverage_denominator": pl.Int64,
            "is_setting": pl.Boolean,
            "citation_zh": pl.String,
            "citation_en": pl.String,
            "red_lines": pl.List(pl.String),
        },
    )


def _scorecard_item_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        {"scorecard": card.key, "position": position, **asdict(item)}
        for card in campaign.scorecards
        for position, item in enumerate(card.items)
    ]
    return _table(
        rows,
        {
            "scorecard": pl.String,
            "position": pl.Int32,
            "kpi": pl.String,
            "weight": pl.Decimal(18, 4),
            "floor": pl.Decimal(18, 4),
            "target": pl.Decimal(18, 4),
            "rule": pl.String,
            "period": pl.String,
            "is_setting": pl.Boolean,
            "reason_zh": pl.String,
            "reason_en": pl.String,
            "citation_zh": pl.String,
            "citation_en": pl.String,
        },
    )


def _peer_group_table(campaign: Campaign) -> pl.DataFrame:
    rows = [
        (group.key, position, group.title_zh, group.title_en, group.rule_zh, group.rule_en)
        for position, group in enumerate(campaign.peer_groups)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "key": pl.String,
            "position": pl.Int32,
            "title_zh": pl.String,
            "title_en": pl.String,
            "rule_zh": pl.String,
            "rule_en": pl.String,
        },
        orient="row",
    )


def _submission_table(latest: Sequence[Submission]) -> pl.DataFrame:
    rows = [
        (s.submission_id, s.unit_code, first_day(s.period), s.revision, s.state, s.received_at, s.file_name)
        for s in latest
    ]
    return pl.DataFrame(
        rows,
        schema={
            "submission_id": pl.String,
            "reporting_code": pl.String,
            "month": pl.Date,
            "revision": pl.Int32,
            "state": pl.String,
            "received_at": pl.Datetime("us"),
            "file_name": pl.String,
        },
        orient="row",
    )


def _submitted_sheet_table(latest: Sequence[Submission]) -> pl.DataFrame:
    rows = [
        (
            s.unit_code,
            first_day(s.period),
            sheet.sheet,
            sheet.content,
            s.submission_id,
            s.data_to,
            sheet.row_count,
            sheet.path,
        )
        for s in latest
        for sheet in s.sheets
    ]
    return pl.DataFrame(
        rows,
        schema={
            "reporting_code": pl.String,
            "month": pl.Date,
            "sheet": pl.String,
            "content": pl.String,
            "submission_id": pl.String,
            "data_to": pl.Date,
            "row_count": pl.Int64,
            "path": pl.String,
        },
        orient="row",
    )


def _first_report_table(submissions: Sequence[Submission]) -> pl.DataFrame:
    """When the first revision that was not later returned came, for each unit and month."""
    first: dict[tuple[str, str], Submission] = {}
    for submission in sorted(submissions, key=lambda item: -item.revision):
        if submission.state != RETURNED:
            first[submission.unit_code, submission.period] = submission
    rows = [(s.unit_code, first_day(s.period), s.received_at) for s in first.values()]
    return pl.DataFrame(
        rows,
        schema={"reporting_code": pl.String, "month": pl.Date, "received_at": pl.Datetime("us")},
        orient="row",
    )
