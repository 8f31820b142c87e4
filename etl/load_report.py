"""What is told of a load: a summary first, then the findings, of each kind the first ones and how many more there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etl.findings import KINDS, SEVERITIES, Finding, Language, as_text

if TYPE_CHECKING:
    from etl.load import LoadedFile
    from etl.schema import Severity

LISTED_PER_KIND = 20
"""Findings of one kind told singly in one load, whatever the number of its files: 设定值. ``--format json`` has all."""
MORE = "more_findings"


@dataclass(kw_only=True)
class _Tally:
    """How many findings of one kind there are, in how many files, and how many of them have been told."""

    count: int = 0
    files: set[str] = field(default_factory=set)
    told: int = 0


def report_lines(files: Sequence[LoadedFile], language: Language) -> Iterator[str]:
    """The report of a load, line by line."""
    tallies = _tallies(files)
    yield _outcome(files, language)
    if not tallies:
        return
    yield _severities(tallies, language)
    for (severity, kind), tally in _ordered(tallies):
        yield _kind_line(severity, kind, tally, language)
    yield ""
    yield from _first_findings(files, tallies, language)
    for (_severity, kind), tally in _ordered(tallies):
        if tally.count > tally.told:
            yield _rest(kind, tally.count - tally.told, language)


def _tallies(files: Sequence[LoadedFile]) -> dict[tuple[Severity, str], _Tally]:
    """Findings by severity and kind; those a workbook's own check counted without listing them are among them."""
    tallies: dict[tuple[Severity, str], _Tally] = {}
    for file in files:
        for each in file.findings:
            tally = tallies.setdefault((each.severity, _kind_of(each)), _Tally())
            tally.count += _count_of(each)
            tally.files.add(str(file.path))
    return tallies


def _kind_of(each: Finding) -> str:
    return str(dict(each.arguments)["of"]) if each.kind == MORE else each.kind


def _count_of(each: Finding) -> int:
    return int(str(dict(each.arguments)["count"])) if each.kind == MORE else 1


def _ordered(tallies: dict[tuple[Severity, str], _Tally]) -> list[tuple[tuple[Severity, str], _Tally]]:
    """The gravest first, of those the most frequent."""
    grades = list(SEVERITIES)
    return sorted(tallies.items(), key=lambda item: (grades.index(item[0][0]), -item[1].count, item[0][1]))


def _outcome(files: Sequence[LoadedFile], language: Language) -> str:
    accepted = sum(file.is_in for file in files)
    before = sum(file.is_in and file.acceptance is not None and not file.acceptance.is_new for file in files)
    refused = len(files) - accepted
    if language == "zh":
        known = f"（其中{before}份此前已接收，无变化）" if before else ""
        return f"共{len(files)}份：接收{accepted}份{known}，未接收{refused}份"
    known = f" ({before} of them before, unchanged)" if before else ""
    return f"{len(files)} files: {accepted} accepted{known}, {refused} not accepted"


def _severities(tallies: dict[tuple[Severity, str], _Tally], language: Language) -> str:
    counted: Counter[Severity] = Counter()
    for (severity, _kind), tally in tallies.items():
        counted[severity] += tally.count
    must, verify, info = counted["must"], counted["verify"], counted["info"]
    if language == "zh":
        return f"必须修改{must}处，核实{verify}处，提示{info}处"
    return f"{must} to be mended, {verify} to be verified, {info} for information"


def _kind_line(severity: Severity, kind: str, tally: _Tally, language: Language) -> str:
    title, grade = getattr(KINDS[kind], f"title_{language}"), SEVERITIES[severity][language]
    if language == "zh":
        return f"  [{grade}] {title}：{tally.count}处，{len(tally.files)}份文件"
    return f"  [{grade}] {title}: {tally.count} in {len(tally.files)} files"


def _first_findings(
    files: Sequence[LoadedFile], tallies: dict[tuple[Severity, str], _Tally], language: Language
) -> Iterator[str]:
    for file in files:
        for each in file.findings:
            tally = tallies[each.severity, _kind_of(each)]
            if each.kind != MORE and tally.told < LISTED_PER_KIND:
                tally.told += 1
                yield as_text(each, file.path.name, language)


def _rest(kind: str, count: int, language: Language) -> str:
    title = getattr(KINDS[kind], f"title_{language}")
    if language == "zh":
        return f"另有{count}处“{title}”没有逐一列出（--format json 列出各文件查到的全部问题）"
    return f"{count} more of “{title}” are not listed one by one (--format json lists all that was found)"
