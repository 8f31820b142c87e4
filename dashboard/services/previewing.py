"""The figures a draft would give its unit, before it is handed in."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.hand_in import NotReadyError, checked_draft, place
from etl import drafts
from etl.accept import store_sheets, submission_id_of
from etl.build import CheckFailedError, preview
from etl.calendar import first_day
from etl.drafts import Draft
from etl.journal import RECEIVED, Submission
from etl.load import CheckedFile
from metrics.connection import open_build, runner
from metrics.dimensions import Dimensions, read_dimensions
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.query import table


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """The rows of metrics.query.table of one unit: with the draft, and for the month before (None: none)."""

    now: list[dict[str, object]]
    before: dict[str, float | None]


def previewed(here: Doors, principal: Principal, unit_code: str, period: str) -> Previewed:
    """The unit's KPIs with its draft beside last month's; raises NotReadyError while something must be mended."""
    acts.allow(here, principal, "workbook.check", unit=unit_code, what=f"{unit_code} {period}")
    campaign, _ = place(here, unit_code, period)
    with here.journal().reading() as connection:
        draft = drafts.find(connection, unit_code, period)
    if draft is None or draft.blocking:
        raise NotReadyError("改好必须修改的问题后才能预览 / mend what must be mended first")
    file = checked_draft(here, draft)
    if file.checked is None or file.blocked:
        raise NotReadyError("请重新上传后再预览 / upload the workbook again first")
    submission = _as_submission(here, draft, file)
    try:
        with (
            preview(here.store, here.journal(), campaign, submission, now=here.now()) as path,
            closing(open_build(path)) as connection,
        ):
            run = runner(connection)
            return _figures(run, read_dimensions(run), unit_code, period, here.now())
    except CheckFailedError as failure:
        raise NotReadyError(
            "本次数据与已报数据合在一起未通过一致性检查,请联系省厅核对"
            " / with what others reported these figures fail a check: ask the province"
        ) from failure


def _as_submission(here: Doors, draft: Draft, file: CheckedFile) -> Submission:
    """The draft as it would stand in the journal."""
    submission_id = submission_id_of(file.checked, draft.sha256)
    held = here.journal().submissions(unit_code=draft.unit_code, period=draft.period)
    return Submission(
        submission_id=submission_id,
        unit_code=draft.unit_code,
        period=draft.period,
        revision=max((each.revision for each in held), default=0) + 1,
        sha256=draft.sha256,
        file_name=draft.file_name,
        received_at=here.now(),
        received_by="",
        data_from=file.checked.cover["data_from"],
        data_to=file.checked.cover["data_to"],
        cover={},
        findings=[],
        state=RECEIVED,
        sequence=max((each.sequence for each in here.journal().submissions()), default=0) + 1,
        sheets=tuple(store_sheets(here.store, here.journal(), file.checked, submission_id)),
    )


def _figures(run, dimensions: Dimensions, unit_code: str, period: str, now: datetime) -> Previewed:
    month = first_day(period)
    rows = _of_unit(run, dimensions, unit_code, month, now)
    earlier = add_months(month, -1)
    before = _of_unit(run, dimensions, unit_code, earlier, now) if earlier in dimensions.due_at else []
    return Previewed(
        now=[row for row in rows if row["value"] is not None],
        before={str(row["kpi"]): row["value"] for row in before},
    )


def _of_unit(run, dimensions: Dimensions, unit_code: str, month, now: datetime) -> list[dict[str, object]]:
    by_kind: dict[PeriodKind, list[Kpi]] = {}
    for kpi in KPIS.values():
        if kpi.sheet in dimensions.frequency:
            by_kind.setdefault(_usual(dimensions, kpi), []).append(kpi)
    level = dimensions.reporting_level
    found = pl.concat(
        table(run, dimensions, kpis, month=month, kind=kind, as_of=now, level=level)
        for kind, kpis in by_kind.items()
    )
    return found.filter(pl.col("unit_code") == unit_code).to_dicts()


def _usual(dimensions: Dimensions, kpi: Kpi) -> PeriodKind:
    if kpi.judged_in:
        return kpi.judged_in[0]
    return "rolling12" if dimensions.frequency.get(kpi.sheet) == "quarterly" else "month"
