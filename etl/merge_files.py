"""Merging files: each is read by the limited process, and the result is written into a fresh template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from etl.campaign import Campaign
from etl.gate import Refusal
from etl.merge import Contents, Destination, Merged, contents_of, destination, merge
from etl.read import Reading
from etl.store import Store
from etl.writing.issue_template import filled_template, issue_template
from etl.writing.merge_report import write_report

Read = Callable[[Path], Reading | Refusal]


@dataclass(frozen=True, kw_only=True)
class MergedFiles:
    """What came of merging: the workbook, which is missing where no file could be merged, and its unit and month."""

    to: Destination | None
    merged: Merged
    content: bytes | None


def merge_files(
    files: Sequence[tuple[str, Path]],
    read: Read,
    campaign: Campaign,
    store: Store | None,
    *,
    today: date,
    to: Destination | None = None,
) -> MergedFiles:
    """Merge workbooks, given with the names they go by, into the one of ``to``, or of the month most are of.

    From the store comes the template as it was issued. Raises OSError where a file cannot be opened at all.
    """
    workbooks = [
        contents_of(name, read(path), campaign, today=today)
        for name, (_, path) in zip(names_apart([name for name, _ in files]), files, strict=True)
    ]
    to = to or destination(workbooks, campaign)
    merged = merge(workbooks, campaign, to, None if to is None else _issued(to, read, campaign, store, today))
    if to is None or not merged.shares:
        return MergedFiles(to=to, merged=merged, content=None)
    content = filled_template(
        campaign,
        *to,
        store,
        cover=merged.cover,
        rows=merged.rows,
        simulated=merged.is_simulated,
        finish=partial(write_report, merged=merged),
    )
    return MergedFiles(to=to, merged=merged, content=content)


def names_apart(names: Sequence[str]) -> list[str]:
    """Names of files, numbered where two files have the same."""
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return apart


def _issued(
    to: Destination, read: Read, campaign: Campaign, store: Store | None, today: date
) -> Contents | None:
    """The template as the reader sees it; without a store no row was carried on into it."""
    if store is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        path.write_bytes(issue_template(campaign, *to, store))
        return contents_of(path.name, read(path), campaign, today=today)
