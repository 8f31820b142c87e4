"""The sheets of the workbook, in the order in which they stand in it; one entry a file."""

from etl.schema import Sheet
from etl.sheets import (
    basics,
    complaints,
    cover,
    events,
    issues,
    monthly,
    progress,
    quarterly,
    surveys,
    trainings,
)

COVER: Sheet = cover.SHEET
SHEETS: dict[str, Sheet] = {
    module.SHEET.key: module.SHEET
    for module in (
        progress,
        basics,
        monthly,
        quarterly,
        complaints,
        trainings,
        issues,
        surveys,
        events,
    )
}
"""Every sheet but the cover, by key."""
