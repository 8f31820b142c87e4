"""A small campaign made by chance, written as the folder a campaign is read from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from random import Random

from etl import calendar
from etl.campaign import Campaign, load_campaign

NAMES = tuple("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")
SHEETS = ("basics", "monthly", "quarterly", "complaints", "trainings", "issues", "surveys", "events")
TARGETS = {
    "satisfaction_rate": "fixed",
    "complaints_on_time_rate": "fixed",
    "complaints_repeat_rate": "fixed",
    "complaints_resolved_rate": "fixed",
    "callback_satisfaction_rate": "fixed",
    "training_hours_per_officer": "per_period_of_year",
    "training_attendance_rate": "fixed",
    "training_coverage_rate": "month_share",
    "certified_rate": "fixed",
    "two_recorder_rate": "fixed",
    "legal_review_rate": "fixed",
    "penalties_published_rate": "fixed",
    "files_passed_rate": "fixed",
    "notice_board_rate": "fixed",
    "issues_rectified_rate": "last_period_only",
    "issues_on_time_rate": "fixed",
    "reports_on_time_rate": "fixed",
}
COUNT_TARGETS = ("officers_gap", "issues_overdue", "violations", "major_opinion_events")

UnitRow = tuple[str, str, str, str | None]


LASTING = (4, 14)
"""How many months a campaign lasts, at least and at most."""


def random_campaign(random: Random, folder: Path, lasting: tuple[int, int] = LASTING) -> Campaign:
    """Write a campaign of chance into ``folder`` and read it back."""
    folder.mkdir(parents=True)
    levels = random.choice(
        [
            ["district", "street"],
            *[["province", "prefecture", "county"]] * 4,
            ["country", "province", "prefecture", "county"],
        ]
    )
    first = f"{random.choice([2024, 2025])}-{random.randint(1, 12):02d}"
    last = calendar.add_months(first, random.randint(lasting[0] - 1, lasting[1] - 1))
    units = _units(random, levels)
    _write_settings(random, folder, levels, first, last, units)
    _write(folder / "units.csv", "code,name,short_name,aliases,level,parent_code,former", [
        (code, name, name, "", level, parent, "") for code, name, level, parent in units
    ])  # fmt: skip
    _write(
        folder / "population.csv",
        "unit_code,valid_from,resident,temporary,source",
        _population(random, units, levels, first),
    )
    _write(
        folder / "targets.csv",
        "kpi,target,rule,scope_zh,scope_en,citation_zh,citation_en,is_setting,note",
        _targets(random),
    )
    _write(folder / "working_days.csv", "date,working,source", [])
    return load_campaign(folder)


def _units(random: Random, levels: list[str]) -> list[UnitRow]:
    """Top to bottom; two to four reporting units (one where it is the top), one to four units below each."""
    names = (f"{name}地" for name in random.sample(NAMES, len(NAMES)))
    found: list[UnitRow] = [("530000", "全域", levels[0], None)]
    above = ["530000"]
    if len(levels) == 4:
        above = ["540000", "550000"][: random.randint(1, 2)]
        found += [(code, next(names), levels[1], "530000") for code in above]
    if len(levels) > 2:
        codes = [f"53{number:02d}00" for number in range(1, random.randint(2, 4) + 1)]
        found += [(code, next(names), levels[-2], random.choice(above)) for code in codes]
        used = {parent for *_, parent in found}
        found = [unit for unit in found if unit[0] in used or unit[2] == levels[-2]]
        above = codes
    for code in above:
        for number in range(1, random.randint(1, 4) + 1):
            found.append((f"{code[:4]}{number:02d}", next(names), levels[-1], code))
    return found


def _population(random: Random, units: list[UnitRow], levels: list[str], first: str) -> list[tuple]:
    """Known below, only at the reporting level, or nowhere; sometimes a zone without people of its own."""
    known_at = random.choice([levels[-1]] * 5 + [levels[-2]] * 2 + [None])
    has_temporary = random.random() < 0.3
    scale = random.choice([2000, 2000, 1234, 150000])
    # The first unit below is never a zone: a reporting unit has people.
    zones = {code for code, *_ in units if not code.endswith(("00", "01")) and random.random() < 0.2}
    rows: list[tuple] = []
    for month in ["2020-11", *([calendar.add_months(first, 2)] if random.random() < 0.3 else [])]:
        for code, _, level, _ in units:
            if level == known_at:
                temporary = random.randint(0, 4) * scale // 2 if has_temporary else ""
                figures = ("", "") if code in zones else (random.randint(1, 8) * scale, temporary)
                rows.append((code, month, *figures, "设定"))
    return rows


def _targets(random: Random) -> list[tuple]:
    rows = []
    for key, rule in TARGETS.items():
        base = {"per_period_of_year": "7.5", "month_share": "100", "last_period_only": "100"}
        number = base.get(rule) or random.choice(["100", "95", "50", "33.33", "75", "5"])
        if random.random() < 0.85:
            rows.append((key, number, rule))
    rows += [
        (key, random.choice(["0", "0", "1"]) if key != "officers_gap" else "0", "fixed")
        for key in COUNT_TARGETS
    ]
    rows.append(("officers_per_10k", "5", "fixed"))
    return [(*row, "此地", "here", "设定值", "a setting", "true", "") for row in rows]


def _write_settings(
    random: Random, folder: Path, levels: Sequence[str], first: str, last: str, units: list[UnitRow]
) -> None:
    reporting = [code for code, _, level, _ in units if level == levels[-2]]
    due = random.choice(
        [
            'day = "period_end"\nrest_day = "keep"',
            'day = "period_end"\nrest_day = "back"',
            'day = "period_end"\nrest_day = "forward"',
            'day = "working_days_after"\nworking_days = 5',
        ]
    )
    own_office = str(random.random() < 0.6).lower()
    texts = [
        f'name = "{folder.name}"\ntitle_zh = "随机"\ntitle_en = "Random"\nfirst_period = "{first}"\n'
        f'last_period = "{last}"\nreporting_level = "{levels[-2]}"\nown_office = {own_office}',
        *(f'[[levels]]\nkey = "{key}"\ntitle_zh = "{key}"\ntitle_en = "{key}"' for key in levels),
        f'[due]\n{due}\nis_setting = true\nlabel_zh = "设"\nlabel_en = "set"\ncitation_zh = "设"\ncitation_en = "set"',
        '[window]\nrule = "calendar_month"\nis_setting = true\nlabel_zh = "设"\nlabel_en = "set"',
        '[population]\nbasis_zh = "设"\nbasis_en = "set"',
        f'[[peer_groups]]\nkey = "all"\ntitle_zh = "全"\ntitle_en = "all"\nrule_zh = "全"\nrule_en = "all"\nmembers = {reporting!r}',
        *_sheet_entries(random, levels),
    ]
    (folder / "campaign.toml").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def _sheet_entries(random: Random, levels: Sequence[str]) -> list[str]:
    """Most sheets are collected; registers only where the top is not itself the reporting unit."""
    frequency = {"quarterly": "quarterly", "surveys": "as_held", "events": "as_held"}
    entries = []
    for sheet in SHEETS:
        of_top = sheet in ("surveys", "events")
        if random.random() < 0.92 and not (of_top and len(levels) == 2):
            entries.append(
                f'[[sheets]]\nsheet = "{sheet}"\nreported_by = "{"top" if of_top else "reporting"}"\n'
                f'frequency = "{frequency.get(sheet, "monthly")}"'
            )
    return entries


def _write(path: Path, header: str, rows: Sequence[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
