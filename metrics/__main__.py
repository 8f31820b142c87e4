"""The command line of the numbers: table, rank. The one place here that reads the clock."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

from metrics.command_words import (
    BAD_COMMAND,
    NO_ANSWER,
    named_entry,
    named_kpi,
    named_month,
    one_of,
    opened_store,
    period_kind,
    rankable_kpi,
    require_campaign_month,
    stop,
)

if TYPE_CHECKING:
    from metrics.connection import Run
    from metrics.dimensions import Dimensions
    from metrics.kpi import Kpi
    from metrics.ranking import Standing

SHANGHAI = ZoneInfo("Asia/Shanghai")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

MonthOption = Annotated[str, typer.Option("--month", help="报告期 YYYY-MM / reporting month")]
PeriodOption = Annotated[str, typer.Option("--period", help="month | quarter | ytd | year | rolling12")]
LevelOption = Annotated[
    str, typer.Option("--level", help="层级，如 county 或 县（市、区）/ a level of the campaign")
]
KpiOption = Annotated[list[str] | None, typer.Option("--kpi", help="指标，可重复 / KPI key, may be repeated")]
FormatOption = Annotated[str, typer.Option("--format", help="table | csv | json")]
StoreOption = Annotated[
    Path, typer.Option("--store", envvar="STORE_DIR", help="数据目录 / the store's folder")
]
CampaignOption = Annotated[
    str,
    typer.Option(
        "--campaign",
        envvar="CAMPAIGN",
        help="专项名称；不写则用数据目录所属的专项 / campaign; left out: the store's own",
    ),
]
AsOfOption = Annotated[str, typer.Option("--as-of", hidden=True)]

DEFAULT_STORE = Path("data/store")

UsageError = typer.BadParameter.__base__
"""Every way in which a command line can be wrong; typer publishes only this kind of it."""


@app.callback()
def numbers() -> None:
    """指标库 → 指标与排名 / from the warehouse to figures and ranks."""


@app.command()
def table(
    month: MonthOption,
    level: LevelOption = "",
    kpi: KpiOption = None,
    output: FormatOption = "table",
    period: PeriodOption = "month",
    with_change: Annotated[
        bool,
        typer.Option(
            "--change",
            help="加上较上期、较去年同期的变化；基期缺对应月份的不比 / add the change on last period and last year;"
            " empty where the base lacks a counterpart of a month",
        ),
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = "",
    as_of: AsOfOption = "",
) -> None:
    """各单位各指标的数值与状态 / every unit's figures, with their status."""
    from metrics.change import CHANGES, with_changes
    from metrics.kpis import KPIS
    from metrics.printing import FORMATS
    from metrics.query import TABLE_COLUMNS
    from metrics.query import table as figures

    moment, wanted = _moment(as_of), named_month(month)
    kpis = [named_kpi(key) for key in dict.fromkeys(kpi or KPIS)]
    one_of("--format", output, FORMATS)
    kind = period_kind(period)
    with opened_store(store, campaign) as (run, dimensions):
        require_campaign_month(wanted, dimensions)
        chosen = named_entry("--level", level, dimensions.levels) if level else None

        asked = {"month": wanted, "kind": kind, "as_of": moment, "level": chosen}
        found = figures(run, dimensions, kpis, **asked)
        if with_change:
            found = with_changes(found, run, dimensions, kpis, **asked)
    typer.echo(FORMATS[output](found.to_dicts(), (*TABLE_COLUMNS, *(CHANGES if with_change else ()))))


@app.command()
def change(
    month: MonthOption,
    against: Annotated[
        str, typer.Option("--against", help="last_month 上期 | last_year 去年同期 / the base")
    ] = "last_month",
    level: LevelOption = "",
    kpi: KpiOption = None,
    output: FormatOption = "table",
    period: PeriodOption = "month",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = "",
    as_of: AsOfOption = "",
) -> None:
    """各指标较上期、较去年同期的变化，只比两期都有数的单位 / what changed, over the units behind both periods."""
    from metrics.change import BASES, CHANGE_COLUMNS
    from metrics.change import change as changes
    from metrics.kpis import KPIS
    from metrics.printing import FORMATS

    moment, wanted = _moment(as_of), named_month(month)
    kpis = [named_kpi(key) for key in dict.fromkeys(kpi or KPIS)]
    one_of("--format", output, FORMATS)
    base, kind = one_of("--against", against, BASES), period_kind(period)
    with opened_store(store, campaign) as (run, dimensions):
        require_campaign_month(wanted, dimensions)
        chosen = named_entry("--level", level, dimensions.levels) if level else None
        found = changes(
            run, dimensions, kpis, month=wanted, against=base, kind=kind, as_of=moment, level=chosen
        )
    typer.echo(FORMATS[output](found.to_dicts(), CHANGE_COLUMNS))


@app.command()
def rank(
    month: MonthOption,
    scorecard: Annotated[
        str,
        typer.Option(
            "--scorecard", help="评分表；不写则用当月有效的 / scorecard; left out: the one in force"
        ),
    ] = "",
    kpi: Annotated[str, typer.Option("--kpi", help="改按一项指标排名 / rank by one KPI instead")] = "",
    group: Annotated[str, typer.Option("--group", help="同类组，如 first 或 第一组 / a peer group")] = "",
    output: FormatOption = "table",
    period: PeriodOption = "month",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = "",
    as_of: AsOfOption = "",
) -> None:
    """各填报单位在同类组内的得分与排名 / scores and ranks within peer groups."""
    from metrics.printing import FORMATS
    from metrics.ranking import RANK_COLUMNS, rank_rows

    moment, wanted = _moment(as_of), named_month(month)
    if kpi and scorecard:
        stop(BAD_COMMAND, "--scorecard 与 --kpi 只能写一个 / give --scorecard or --kpi, not both")
    by_kpi = rankable_kpi(kpi) if kpi else None
    one_of("--format", output, FORMATS)
    kind = period_kind(period)
    with opened_store(store, campaign) as (run, dimensions):
        require_campaign_month(wanted, dimensions)
        chosen = named_entry("--group", group, dimensions.peer_groups) if group else None
        standings = _standings(
            run,
            dimensions,
            by_kpi,
            named_entry("--scorecard", scorecard, dimensions.scorecards) if scorecard else None,
            month=wanted,
            kind=kind,
            as_of=moment,
        )
        rows = rank_rows(standings, wanted)
    titles = {entry["key"]: entry["title_zh"] for entry in dimensions.peer_groups}
    kept = [{**row, "group": titles.get(row["group"])} for row in rows if chosen in (None, row["group"])]
    typer.echo(FORMATS[output](kept, RANK_COLUMNS))


def _standings(
    run: Run, dimensions: Dimensions, by_kpi: Kpi | None, scorecard: str | None, **period: object
) -> Sequence[Standing]:
    """Standings by one KPI, or by the scorecard named or in force."""
    from metrics.kpis import KPIS
    from metrics.ranking import rank_by_kpi, rank_scores
    from metrics.scorecard import ScorecardError, scorecard_in_force
    from metrics.scoring import unit_scores

    if by_kpi:
        return rank_by_kpi(run, dimensions, by_kpi, **period)
    try:
        card = scorecard_in_force(dimensions.scorecards, KPIS, period["month"], scorecard)
    except ScorecardError as error:
        stop(NO_ANSWER, str(error))
    return rank_scores(unit_scores(run, dimensions, KPIS, card, **period))


def shanghai_now() -> datetime:
    """The clock of this program: Asia/Shanghai, without zone. Nothing below the command line reads it."""
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


def _moment(text: str) -> datetime:
    if not text:
        return shanghai_now()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        stop(BAD_COMMAND, f"--as-of 应为 YYYY-MM-DDTHH:MM，而不是“{text}” / expected YYYY-MM-DDTHH:MM")


def main() -> NoReturn:
    """Run the command line; a wrong one is explained in both languages and exits 2."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        where = error.ctx.command_path if error.ctx else "python -m metrics"
        typer.echo(
            f"命令有误：{error.format_message()}；用法见 {where} --help"
            f" / wrong command: {error.format_message()}; see {where} --help",
            err=True,
        )
        sys.exit(BAD_COMMAND)


if __name__ == "__main__":
    main()
