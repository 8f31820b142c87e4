"""500 telephone and identity numbers in every text column, file name, reason and signature: none is kept or shown."""

from __future__ import annotations

import random
import re

import duckdb
import polars as pl
import pytest

from dashboard.services import attachments, hand_in, receipts, review_queue, reviewing, submitting
from dashboard.services.standing import standing
from etl.findings import key_of, render
from etl.sheets import COVER, SHEETS
from tests.etl.example_workbooks import example_workbook_rows
from tests.services.stores import CAMPAIGN, MONTH, doors_of, liaison, published, somebody, workbook

UNIT, SEEDED = "533400", 500
WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
NARROW = {wide: digit for digit, wide in WIDE.items()}


def identity(chance: random.Random) -> str:
    """An identity number with its checksum (GB 11643-1999)."""
    digits = f"5301{chance.randint(2, 29):02d}{chance.randint(1960, 2001)}{chance.randint(1, 12):02d}"
    digits += f"{chance.randint(1, 28):02d}{chance.randint(0, 999):03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return digits + "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11]


def mobile(chance: random.Random) -> str:
    return f"1{chance.choice('3456789')}{chance.randint(0, 10**9 - 1):09d}"


FORMS = [
    lambda n: n,
    lambda n: f"电话{n}请联系",
    lambda n: f"+86 {n}" if len(n) == 11 else n,
    lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}" if len(n) == 11 else f"{n[:6]} {n[6:14]} {n[14:]}",
    lambda n: f"{n[:3]} {n[3:7]} {n[7:]}" if len(n) == 11 else n,
    lambda n: n.translate(WIDE),
]


@pytest.fixture(scope="module")
def seeds():
    chance = random.Random(20261126)
    return [mobile(chance) if number % 2 else identity(chance) for number in range(SEEDED)]


@pytest.fixture(scope="module")
def here(tmp_path_factory, seeds):
    """A store into which the numbers came by every way there is."""
    folder = tmp_path_factory.mktemp("personal")
    doors, given = doors_of(folder / "store"), iter(seeds * 9)
    used: set[str] = set()

    def number() -> str:
        seed = next(given)
        used.add(seed)
        return FORMS[len(used) % len(FORMS)](seed)

    unit = CAMPAIGN.unit(UNIT, CAMPAIGN.reporting_level)
    rows = example_workbook_rows(CAMPAIGN, unit, MONTH, 70)
    for key, listed in rows.items():
        texts = [
            column.name
            for column in SHEETS[key].columns
            if column.type == "text" and column.name in listed[0] and not _is_name(key, column.name)
        ]
        for row in listed:
            for name in texts:
                row[name] = number() if _is_key(key, name) else f"{row.get(name) or ''} {number()}"
    signatures = [
        column.name for column in COVER.columns if column.type == "text" and column.name.endswith("_by")
    ]
    cover = {name: f"张三 {number()}" for name in signatures}
    assert len(cover) >= 2
    content = workbook(folder, UNIT, rows=rows, cover=cover)
    who = liaison(UNIT)
    draft = hand_in.receive(doors, who, UNIT, MONTH, f"月报 {number()}.xlsx", content)
    assert draft.blocking == [], [render(each, "") for each in draft.blocking[:3]]
    hand_in.explain(doors, who, UNIT, MONTH, {key_of(each): f"已核 {number()}" for each in draft.to_explain})
    hand_in.marked(doors, who, UNIT, MONTH, "zh") if draft.findings else None
    receipt = submitting.submit(doors, who, UNIT, MONTH, draft.draft_id, f"周伟 {number()}")
    attachments.add(doors, who, UNIT, MONTH, f"盖章 {number()}.pdf", b"%PDF-1")
    reasons = [{"sheet": "月度情况", "cell": "D4", "reason": f"问 {number()}"}]
    reviewing.return_submission(doors, somebody("reviewer"), receipt.submission_id, reasons)
    hand_in.receive(doors, who, UNIT, MONTH, f"改 {number()}.xlsx", content)
    published()
    assert used == set(seeds)
    return doors


def _is_key(sheet: str, column: str) -> bool:
    return SHEETS[sheet].column(column).carried_key


def _is_name(sheet: str, column: str) -> bool:
    """Names of units beside their codes are checked against the campaign."""
    return column in ("unit_name", "measure")


def everything_kept(here) -> dict[str, str]:
    """What the store holds, read out of its files; the received workbooks apart."""
    store, found = here.store, {}
    for path in sorted(store.folder.rglob("*")):
        if not path.is_file() or store.workbooks in path.parents:
            continue
        if path.suffix == ".parquet":
            found[str(path)] = pl.read_parquet(path).cast(pl.String, strict=False).write_csv()
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                names = [
                    row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()
                ]
                found[str(path)] = "".join(str(connection.sql(f"from {name}").fetchall()) for name in names)
        else:
            found[str(path)] = path.read_bytes().decode("utf-8", "replace")
    return found


def plain(text: str) -> str:
    """A text with full-width digits as digits, and what may stand between groups taken out."""
    return re.sub(r"[\s\-]", "", text.translate(NARROW))


def test_nothing_the_store_keeps_shows_a_number(here, seeds):
    kept = {path: plain(text) for path, text in everything_kept(here).items()}
    assert len(kept) > 6
    hits = {(path, seed) for path, text in kept.items() for seed in seeds if seed in text}
    assert hits == set()


def test_nothing_taken_away_shows_a_number(here, seeds):
    held = here.journal().submissions()[0]
    written = receipts.page(receipts.receipt_of(held), "迪庆州", "zh")
    draft = standing(here, liaison(UNIT), UNIT, MONTH).draft
    written += str([render(each, "") for each in draft.findings])
    written += str(review_queue.case(here, somebody("reviewer"), held.submission_id))
    assert [seed for seed in seeds if seed in plain(written)] == []
