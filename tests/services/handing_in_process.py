"""A process that hands in workbooks through the service until it is killed; a line for each receipt it was given.

python -m tests.services.handing_in_process STORE WORKBOOK...
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from dashboard.access.doors import Doors
from dashboard.services import hand_in, submitting
from etl.findings import key_of
from etl.store import Store
from tests.services.stores import liaison


def main() -> None:
    """Hand in every workbook, named unit-month-number.xlsx, in turn."""
    here = Doors(store=Store(folder=Path(sys.argv[1])))
    print("ready", flush=True)
    for path in map(Path, sys.argv[2:]):
        unit, year, month, _ = path.stem.split("-")
        period = f"{year}-{month}"
        # Each process somebody else: one person does not upload as often as it is killed and started.
        who = replace(liaison(unit), account_id=f"liaison-{unit}-{os.getpid()}")
        draft = hand_in.receive(here, who, unit, period, "报表.xlsx", path.read_bytes())
        print("draft", unit, period, draft.draft_id, flush=True)
        hand_in.explain(here, who, unit, period, {key_of(each): "属实" for each in draft.to_explain})
        receipt = submitting.submit(here, who, unit, period, draft.draft_id, "周伟")
        print("receipt", receipt.number, receipt.sha256, flush=True)


if __name__ == "__main__":
    main()
