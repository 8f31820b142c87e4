"""What the words of a command line mean: a store, a month, a level, a KPI, or what to write instead.

A word that means nothing ends the program with exit 2, a store without an answer with exit 1; both say why
and what is expected, in Chinese and English, on standard error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from metrics.connection import Run
    from metrics.dimensions import Dimensions
    from metrics.kpi import Kpi
    from metrics.scorecard import Scorecard

NO_ANSWER, BAD_COMMAND = 1, 2
TITLES = ("key", "title_zh", "title_en")


@contextmanager
def opened_store(store: Path, campaign: str) -> Iterator[tuple[Run, Dimensions]]:
    """The published build of a store, which must be this campaign's where one is named."""
    from metrics.connection import NoBuildError, current_build, open_build, runner
    from metrics.dimensions import read_dimensions

    try:
        connection = open_build(current_build(store))
    except NoBuildError as error:
        stop(NO_ANSWER, str(error))
    try:
        run = runner(connection)
        dimensions = read_dimensions(run)
        _require_campaign(campaign, dimensions)
        if dimensions.simulated:
            typer.echo("模拟数据，不是任何单位的真实情况 / simulated data, nobody's real figures", err=True)
        yield run, dimensions
    finally:
        connection.close()


def _require_campaign(campaign: str, dimensions: Dimensions) -> None:
    """Refuse a store of another campaign; a campaign named by its folder's path goes by what the store holds."""
    held = dimensions.campaign["name"]
    if campaign and campaign == Path(campaign).name and campaign != held:
        stop(
            NO_ANSWER,
            f"这个数据目录属于“{held}”，不是“{campaign}”；请用 --store 另指一个目录"
            f" / this store belongs to campaign {held}, not {campaign}; name another folder with --store",
        )


def named_kpi(key: str) -> Kpi:
    """The KPI of a key."""
    from metrics.kpis import KPIS

    return KPIS[one_of("--kpi", key, KPIS)]


def rankable_kpi(key: str) -> Kpi:
    """The KPI of a key, refused where it has no better and no worse."""
    from metrics.ranking import UnrankableError, require_rankable

    kpi = named_kpi(key)
    try:
        require_rankable(kpi)
    except UnrankableError as error:
        stop(BAD_COMMAND, str(error))
    return kpi


def period_kind(text: str) -> str:
    """A kind of period."""
    from metrics.period import PERIOD_KINDS

    return one_of("--period", text, PERIOD_KINDS)


def named_month(text: str) -> date:
    """The first day of a month written YYYY-MM."""
    from metrics.period import parse_month

    try:
        return parse_month(text)
    except ValueError as error:
        stop(BAD_COMMAND, f"--month: {error}")


def require_campaign_month(month: date, dimensions: Dimensions) -> None:
    """Refuse a month outside the campaign."""
    if month not in dimensions.due_at:
        first, last = (f"{day:%Y-%m}" for day in (min(dimensions.due_at), max(dimensions.due_at)))
        stop(
            BAD_COMMAND,
            f"--month {month:%Y-%m} 不在整治期 {first} 至 {last} 之内"
            f" / --month {month:%Y-%m} is outside the campaign, {first} to {last}",
        )


def _titles(entry: Mapping[str, object] | Scorecard) -> tuple[str, ...]:
    """Key and both titles of a level, a peer group or a scorecard."""
    facts = entry if isinstance(entry, dict) else vars(entry)
    return tuple(str(facts[name]) for name in TITLES)


def named_entry(option: str, text: str, entries: Iterable[Mapping[str, object] | Scorecard]) -> str:
    """The key of an entry named by its key or its title in either language."""
    titles = [_titles(entry) for entry in entries]
    words = {_folded(word): entry[0] for entry in titles for word in entry}
    if _folded(text) not in words:
        one_of(option, text, [word for entry in titles for word in entry[:2]])
    return words[_folded(text)]


def _folded(text: str) -> str:
    """Full-width and half-width, upper and lower case are the same word here."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def one_of(option: str, text: str, allowed: Iterable[str]) -> str:
    """The word itself, if an option knows it."""
    allowed = list(allowed)
    if text not in allowed:
        stop(
            BAD_COMMAND,
            f"{option} 没有“{text}” / no such {option}: {text}；可用 / known: {', '.join(allowed)}",
        )
    return text


def stop(code: int, message: str) -> NoReturn:
    """End the program with an exit code and a message on standard error."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
