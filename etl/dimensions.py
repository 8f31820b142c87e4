"""The campaign and the journal as tables: the dimensions the marts and the KPIs are read against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import polars as pl

from etl.calendar import first_day
from etl.campaign import Campaign, Unit
from etl.closures import Closure
from etl.completeness import every_report
from etl.dimension_columns import COLUMNS
from etl.extensions import Extension
from etl.journal import Submission, current

RESIDUAL = "-residual"
"""Suffix of the leaf that carries what is known of a reporting unit but of none of the units below it."""

Rows = Iterator[tuple]


def dimensions(
    campaign: Campaign,
    submissions: Sequence[Submission],
    closures: Sequence[Closure] = (),
    extensions: Iterable[Extension] = (),
) -> dict[str, pl.DataFrame]:
    """Every dimension table by name; ``extensions`` are those in force.

    ``dim_leaf`` holds the units at the bottom (own offices and residuals included); ``dim_tree`` the way
    up from a leaf to every unit above it. A residual is listed nowhere but adds to the units above.
    """
    latest = list(current(submissions).values())
    rows = {
        "dim_campaign": _campaign(campaign),
        "dim_level": _levels(campaign),
        "dim_unit": _units(campaign),
        "dim_leaf": _leaves(campaign),
        "dim_tree": _tree(campaign),
        "dim_period": _periods(campaign),
        "dim_population": _populations(campaign),
        "dim_sheet": ((s.sheet, s.reported_by, s.frequency, list(s.without)) for s in campaign.sheets),
        "dim_target": _targets(campaign),
        "dim_scorecard": _scorecards(campaign),
        "dim_scorecard_item": _scorecard_items(campaign),
        "dim_peer_group": _peer_groups(campaign),
        "dim_submission": _submissions(latest),
        "dim_submitted_sheet": _submitted_sheets(latest),
        "dim_issue_closure": ((c.unit_code, c.issue_id, c.closed_at.date()) for c in closures),
        "dim_first_report": _first_reports(submissions),
        "dim_returned_report": _returned_reports(submissions),
        "dim_extension": _extensions(extensions),
    }
    return {
        name: pl.DataFrame(list(found), schema=COLUMNS[name], orient="row") for name, found in rows.items()
    }


def residual_code(reporting_code: str) -> str:
    """The leaf that carries what is known of this reporting unit only as a whole."""
    return reporting_code + RESIDUAL


def _campaign(campaign: Campaign) -> Rows:
    yield tuple(getattr(campaign, name) for name in COLUMNS["dim_campaign"])


def _levels(campaign: Campaign) -> Rows:
    for position, level in enumerate(campaign.levels):
        yield position, level.key, level.title_zh, level.title_en, level.key == campaign.reporting_level


def _units(campaign: Campaign) -> Rows:
    level_position = {level.key: place for place, level in enumerate(campaign.levels)}
    for position, unit in enumerate(campaign.units):
        population = campaign.reference_population(unit.code, campaign.last_period, unit.level)
        yield (
            unit.level,
            level_position[unit.level],
            position,
            unit.code,
            unit.name,
            unit.short_name,
            unit.name_en,
            campaign.unit(unit.parent).level if unit.parent else None,
            unit.parent,
            _reporting_code(campaign, unit),
            unit.group,
            unit.own_office,
            population,
        )


def _reporting_code(campaign: Campaign, unit: Unit) -> str | None:
    """The unit whose workbook holds this unit's rows; none above the reporting level."""
    if unit.level == campaign.reporting_level:
        return unit.code
    return unit.parent if unit.level == campaign.leaf_level else None


def _leaves(campaign: Campaign) -> Rows:
    for reporting in campaign.reporting_units:
        for leaf in campaign.leaves(reporting.code):
            yield reporting.code, leaf.code, leaf.own_office, False
        yield reporting.code, residual_code(reporting.code), False, True


def _tree(campaign: Campaign) -> Rows:
    for reporting in campaign.reporting_units:
        above = [(unit.level, unit.code) for unit in _upwards(campaign, reporting)]
        for leaf in campaign.leaves(reporting.code):
            yield from ((level, code, leaf.code) for level, code in [(leaf.level, leaf.code), *above])
        yield from ((level, code, residual_code(reporting.code)) for level, code in above)


def _upwards(campaign: Campaign, unit: Unit) -> list[Unit]:
    """The unit and every unit above it, itself first."""
    chain = [unit]
    while chain[-1].parent is not None:
        chain.append(campaign.unit(chain[-1].parent))
    return chain


def _periods(campaign: Campaign) -> Rows:
    for period in campaign.periods:
        due_at, estimated = campaign.due_at(period), campaign.due_is_estimated(period)
        yield first_day(period), period, *campaign.window(period), due_at, estimated


def _populations(campaign: Campaign) -> Rows:
    for period in campaign.periods:
        for reporting in campaign.reporting_units:
            known = {
                leaf.code: campaign.population(leaf.code, period)
                for leaf in campaign.leaves(reporting.code)
                if not leaf.own_office
            }
            whole = campaign.population(reporting.code, period)
            if whole is not None and all(figure is None for figure in known.values()):
                known = {residual_code(reporting.code): whole}
            for leaf, figure in known.items():
                if figure is not None:
                    yield leaf, first_day(period), figure.resident, figure.reference


def _targets(campaign: Campaign) -> Rows:
    for target in campaign.targets:
        yield tuple(getattr(target, name) for name in COLUMNS["dim_target"])


def _scorecards(campaign: Campaign) -> Rows:
    for card in campaign.scorecards:
        yield (
            card.key,
            card.title_zh,
            card.title_en,
            first_day(card.valid_from),
            card.coverage_rule.numerator,
            card.coverage_rule.denominator,
            card.is_setting,
            card.citation_zh,
            card.citation_en,
            list(card.red_lines),
        )


def _scorecard_items(campaign: Campaign) -> Rows:
    for card in campaign.scorecards:
        for position, item in enumerate(card.items):
            yield (
                card.key,
                position,
                *(getattr(item, name) for name in list(COLUMNS["dim_scorecard_item"])[2:]),
            )


def _peer_groups(campaign: Campaign) -> Rows:
    for position, group in enumerate(campaign.peer_groups):
        yield group.key, position, group.title_zh, group.title_en, group.rule_zh, group.rule_en


def _submissions(latest: Sequence[Submission]) -> Rows:
    for s in latest:
        month = first_day(s.period)
        yield s.submission_id, s.unit_code, month, s.revision, s.state, s.received_at, s.file_name


ONE_DAY = timedelta(days=1)


def _submitted_sheets(latest: Sequence[Submission]) -> Rows:
    """The sheets of each report; of deadlines it tells up to its last day of data, or the day before it came."""
    for s in latest:
        told_to = min(s.data_to, s.received_at.date() - ONE_DAY)
        for sheet in s.sheets:
            place = (s.unit_code, first_day(s.period), sheet.sheet, sheet.content)
            yield *place, s.submission_id, told_to, sheet.row_count, sheet.path


def _first_reports(submissions: Sequence[Submission]) -> Rows:
    """When the first revision that was not later returned or withdrawn came, for each unit and month."""
    for (code, period), report in every_report(submissions).items():
        if not report.is_returned:
            yield code, first_day(period), report.first_received_at


def _returned_reports(submissions: Sequence[Submission]) -> Rows:
    """The units and months of which every revision was returned: they have come, and nothing of them counts."""
    for (code, period), report in every_report(submissions).items():
        if report.is_returned:
            yield code, first_day(period)


def _extensions(extensions: Iterable[Extension]) -> Rows:
    for each in extensions:
        month = first_day(each.period)
        yield each.unit_code, month, each.due_at, each.granted_by, each.granted_at
