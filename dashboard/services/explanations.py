"""Reasons given for values a 核实性 finding asked about, as they are read beside the figures they touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from etl.deciding_cells import READ_FROM
from etl.journal import NOT_CURRENT
from etl.journal_tables import EXPLANATION, SUBMISSION
from etl.sheets import SHEETS


@dataclass(frozen=True, kw_only=True)
class Given:
    """A value with its place (titles of sheet and column, the cell) and the reason given for it.

    ``measures`` are the sums of a mart the column decides on.
    """

    sheet: str
    column: str
    cell: str
    value: str
    reason: str
    measures: frozenset[str]


def given(here: Doors, principal: Principal, unit_code: str, period: str) -> list[Given]:
    """The reasons given with a unit's report of a month, in the revision that counts."""
    acts.allow(here, principal, "explanation.read", unit=unit_code, what=f"{unit_code} {period}")
    counting = (
        sa.select(SUBMISSION.c.submission_id)
        .where(SUBMISSION.c.unit_code == unit_code, SUBMISSION.c.period == period)
        .where(SUBMISSION.c.state.not_in(NOT_CURRENT))
        .order_by(SUBMISSION.c.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    with here.journal().reading() as connection:
        rows = of_submission(connection, counting)
    return [
        Given(
            sheet=row["sheet"],
            column=row["column_title"],
            cell=row["cell"],
            value=row["value"],
            reason=row["reason"],
            measures=_measures(row["sheet"], row["column_title"]),
        )
        for row in rows
    ]


def of_submission(
    connection: sa.Connection, submission_id: str | sa.ScalarSelect[str]
) -> Sequence[Mapping[str, object]]:
    """The reasons given with one submission as the journal has them, in the order of sheets and cells."""
    query = sa.select(EXPLANATION).where(EXPLANATION.c.submission_id == submission_id)
    return connection.execute(query.order_by(EXPLANATION.c.sheet, EXPLANATION.c.cell)).mappings().all()


def _measures(sheet_title: str, column_title: str) -> frozenset[str]:
    """What a column, named as in the workbook, decides on."""
    sheets = [sheet for sheet in SHEETS.values() if sheet.title_zh == sheet_title]
    names = {column.name for sheet in sheets for column in sheet.columns if column.title_zh == column_title}
    return frozenset(
        measure
        for sheet in sheets
        for measure, columns in READ_FROM.get(sheet.key, {}).items()
        if names & set(columns)
    )
