"""``python -m etl.simulation.samples [FOLDER]`` writes the sample workbooks: a good month, and one to be mended.

They are simulated and say so on the cover. The folder defaults to ``data/samples``.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

from etl.campaign import Campaign, load_campaign
from etl.simulation.plan import PlannedWorkbook
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents

DATA = Path(__file__).resolve().parent.parent.parent / "data"
CAMPAIGN = "yunnan-2025"
PERIOD = "2026-09"
SEED = 1
LISTED_CASES = 12
"""Cases kept in a sample's complaint log, so that it stays easy to look through."""
GOOD, TO_MEND = "sample-good.xlsx", "sample-to-mend.xlsx"

Rows = dict[str, list[dict[str, object]]]


def samples(campaign: Campaign) -> dict[str, bytes]:
    """The sample workbooks by file name; equal campaigns give equal bytes."""
    unit = min(campaign.reporting_units, key=lambda each: len(campaign.leaves(each.code)))
    created = datetime.combine(campaign.due_day(PERIOD), datetime.min.time()).replace(hour=16)
    planned = PlannedWorkbook(unit_code=unit.code, period=PERIOD, received_at=created)
    cover, rows = contents(campaign, planned, seed=SEED, first=PERIOD)
    rows["complaints"] = rows["complaints"][-LISTED_CASES:]
    return {
        GOOD: type_in(campaign, unit, PERIOD, cover=cover, rows=rows, created=created),
        TO_MEND: type_in(campaign, unit, PERIOD, cover=cover, rows=mistakes(rows), created=created),
    }


def mistakes(rows: Rows) -> Rows:
    """The same rows with ten typical mistakes, each of another kind."""
    changed = {key: [dict(row) for row in listed] for key, listed in rows.items()}
    staff, month, cases = changed["basics"], changed["monthly"], changed["complaints"]
    staff[0]["certified_officers"] = int(staff[0]["officers"]) + 3
    staff[1]["frontline_officers"] = "—"
    staff[1]["posts"] = int(staff[1]["posts_filled"]) - 1
    month[0]["penalties_due"] = "十二"
    month[1]["disposals_non_coercive"] = "72%"
    cases[0]["channel"] = "热线"
    cases[1]["matter"] = None
    cases[2]["received_at"] = f"{PERIOD[:4]}-02-30 09:00"
    cases[4]["complaint_id"] = cases[3]["complaint_id"]
    changed["trainings"][0]["started_on"] = date(int(PERIOD[:4]), int(PERIOD[5:]) + 1, 3)
    return changed


def write_samples(folder: Path) -> list[Path]:
    """Write the samples of the default campaign; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in samples(load_campaign(DATA / "campaigns" / CAMPAIGN)).items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


if __name__ == "__main__":
    for path in write_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "samples"):
        sys.stdout.write(f"{path}\n")
