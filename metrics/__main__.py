"""The command line of the numbers: table, rank. The one place here that reads the clock."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from metrics.connection import Run
    from metrics.dimensions import Dimensions
    from metrics.kpi import Kpi
    from metrics.ranking import Standing
    from metrics.scorecard import Scorecard

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_ANSWER, BAD_COMMAND = 1, 2
TITLES = ("key", "title_zh", "title_en")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
)

MonthOption = Annotated[str, typer.Option("--month", help="报告期 YYYY-MM / reporting month")]
PeriodOption = Annotated[str, typer.Option("--period", help="month | quarter | ytd | year | rolling12")]
FormatOption = Annotated[str, typer.Option("--format", help="table | csv | json")]
StoreOption = Annotated[
    Path, typer.Option("--store", envvar="STORE_DIR", help="数据目录 / the store's folder")
]
CampaignOption = Annotated[
    str,
    typer.Option(
        "--campaign",
        envvar="CAMPAIGN",
        help="专项名称;不写则用数据目录所属的专项 / campaign; left out: the store's own",
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
    level: Annotated[
        str, typer.Option("--level", help="层级,如 county 或 县(市、区)/ a level of the campaign")
    ] = "",
    kpi: Annotated[
        list[str] | None, typer.Option("--kpi", help="指标,可重复 / KPI key, may be repeated")
    ] = None,
    output: FormatOption = "table",
    period: PeriodOption = "month",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = "",
    as_of: AsOfOption = "",
) -> None:
    """各单位各指标的数值与状态 / every unit's figures, with their status."""
    from metrics.kpis import KPIS
    from metrics.printing import FORMATS
    from metrics.query import TABLE_COLUMNS
    from metrics.query import table as figures

    moment = _moment(as_of)
    kpis = [_kpi(key) for key in dict.fromkeys(kpi or KPIS)]
    _choice("--format", output, FORMATS)
    kind = _period_kind(period)
    with _opened(store, campaign) as (run, dimensions):
        found = figures(
            run,
            dimensions,
            kpis,
            month=_month(month, dimensions),
            kind=kind,
            as_of=moment,
            level=_level(level, dimensions) if level else None,
        )
    typer.echo(FORMATS[output](found.to_dicts(), TABLE_COLUMNS))


@app.command()
def rank(
    month: MonthOption,
    scorecard: Annotated[
        str,
        typer.Option("--scorecard", help="评分表;不写则用当月有效的 / scorecard; left out: the one in force"),
    ] = "",
    kpi: Annotated[str, typer.Option("--kpi", help="改按一项指标排名 / rank by one KPI instead")] = "",
    group: Annotated[str, typer.Option("--group", help="同类组,如 first 或 第一组 / a peer group")] = "",
    output: FormatOption = "table",
    period: PeriodOption = "month",
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = "",
    as_of: AsOfOption = "",
) -> None:
    """各填报单位在同类组内的得分与排名 / scores and ranks within peer groups."""
    from metrics.printing import FORMATS
    from metrics.ranking import RANK_COLUMNS, rank_rows

    moment = _moment(as_of)
    if kpi and scorecard:
        _stop(BAD_COMMAND, "--scorecard 与 --kpi 只能写一个 / give --scorecard or --kpi, not both")
    by_kpi = _rankable(kpi) if kpi else None
    _choice("--format", output, FORMATS)
    kind = _period_kind(period)
    with _opened(store, campaign) as (run, dimensions):
        chosen = _named("--group", group, dimensions.peer_groups) if group else None
        standings = _standings(
            run,
            dimensions,
            by_kpi,
            _named("--scorecard", scorecard, dimensions.scorecards) if scorecard else None,
            month=_month(month, dimensions),
            kind=kind,
            as_of=moment,
        )
        rows = rank_rows(standings, _month(month, dimensions))
    kept = [row for row in rows if chosen in (None, row["group"])]
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
        _stop(NO_ANSWER, str(error))
    return rank_scores(unit_scores(run, dimensions, KPIS, card, **period))


def _rankable(key: str) -> Kpi:
    from metrics.ranking import UnrankableError, require_rankable

    kpi = _kpi(key)
    try:
        require_rankable(kpi)
    except UnrankableError as error:
        _stop(BAD_COMMAND, str(error))
    return kpi


def shanghai_now() -> datetime:
    """The clock of this program: Asia/Shanghai, without zone. Nothing below the command line reads it."""
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


@contextmanager
def _opened(store: Path, campaign: str) -> Iterator[tuple[Run, Dimensions]]:
    """The published build of a store, which must be this campaign's where one is named."""
    import duckdb

    from metrics.connection import NoBuildError, current_build, open_build, runner
    from metrics.dimensions import read_dimensions

    try:
        connection = open_build(current_build(store))
    except NoBuildError as error:
        _stop(NO_ANSWER, str(error))
    except duckdb.Error as error:
        _stop(
            NO_ANSWER,
            f"{store} 里的结果打不开,请运行 python -m etl build --full 重新生成"
            f" / the build in {store} cannot be opened; make it anew with python -m etl build --full: {error}",
        )
    try:
        run = runner(connection)
        dimensions = read_dimensions(run)
        _require_campaign(campaign, dimensions)
        yield run, dimensions
    finally:
        connection.close()


def _require_campaign(campaign: str, dimensions: Dimensions) -> None:
    """Refuse a store of another campaign; a campaign named by its folder's path goes by what the store holds."""
    held = dimensions.campaign["name"]
    if campaign and campaign == Path(campaign).name and campaign != held:
        _stop(
            NO_ANSWER,
            f"这个数据目录属于“{held}”,不是“{campaign}”;请用 --store 另指一个目录"
            f" / this store belongs to campaign {held}, not {campaign}; name another folder with --store",
        )


def _kpi(key: str) -> Kpi:
    from metrics.kpis import KPIS

    return KPIS[_choice("--kpi", key, KPIS)]


def _period_kind(text: str) -> str:
    from metrics.period import PERIOD_KINDS

    return _choice("--period", text, PERIOD_KINDS)


def _month(text: str, dimensions: Dimensions) -> date:
    from metrics.period import parse_month

    try:
        month = parse_month(text)
    except ValueError as error:
        _stop(BAD_COMMAND, str(error))
    if month not in dimensions.due_at:
        first, last = (f"{day:%Y-%m}" for day in (min(dimensions.due_at), max(dimensions.due_at)))
        _stop(
            BAD_COMMAND,
            f"--month {text} 不在整治期 {first} 至 {last} 之内"
            f" / --month {text} is outside the campaign, {first} to {last}",
        )
    return month


def _level(text: str, dimensions: Dimensions) -> str:
    return _named("--level", text, dimensions.levels)


def _titles(entry: Mapping[str, object] | Scorecard) -> tuple[str, ...]:
    """Key and both titles of a level, a peer group or a scorecard."""
    facts = entry if isinstance(entry, dict) else vars(entry)
    return tuple(str(facts[name]) for name in TITLES)


def _named(option: str, text: str, entries: Iterable[Mapping[str, object] | Scorecard]) -> str:
    """The key of an entry named by its key or its title in either language."""
    titles = [_titles(entry) for entry in entries]
    words = {_folded(word): entry[0] for entry in titles for word in entry}
    if _folded(text) not in words:
        _choice(option, text, [word for entry in titles for word in entry[:2]])
    return words[_folded(text)]


def _folded(text: str) -> str:
    """Full-width and half-width, upper and lower case are the same word here."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _moment(text: str) -> datetime:
    if not text:
        return shanghai_now()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _stop(BAD_COMMAND, f"--as-of 应为 YYYY-MM-DDTHH:MM,而不是“{text}” / expected YYYY-MM-DDTHH:MM")


def _choice(option: str, text: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    if text not in allowed:
        _stop(
            BAD_COMMAND,
            f"{option} 没有“{text}” / no such {option}: {text};可用 / known: {', '.join(allowed)}",
        )
    return text


def _stop(code: int, message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def main() -> NoReturn:
    """Run the command line; a wrong one is explained in both languages and exits 2."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        where = error.ctx.command_path if error.ctx else "python -m metrics"
        typer.echo(
            f"命令有误:{error.format_message()};用法见 {where} --help"
            f" / wrong command: {error.format_message()}; see {where} --help",
            err=True,
        )
        sys.exit(BAD_COMMAND)


if __name__ == "__main__":
    main()
