"""进度: who has not reported yet, from the build alone and word for word as the command line has it."""

from __future__ import annotations

from contextlib import closing

import pytest

from dashboard.queries import reports
from etl.calendar import first_day
from etl.completeness import NOT_REPORTED, RETURNED_CONTENT, completeness
from etl.journal import Journal
from metrics.connection import current_build, open_build, runner
from tests.metrics.random_store import random_data_set, stored


@pytest.mark.parametrize("seed", range(6))
def test_the_build_and_the_journal_tell_the_same_of_every_unit_month_and_sheet(seed, tmp_path):
    data = random_data_set(seed, tmp_path)
    store = stored(data, tmp_path)
    with closing(Journal(store.journal_url)) as journal:
        submissions = journal.submissions()
    with closing(open_build(current_build(store.folder))) as connection:
        for period in data.campaign.periods:
            shown = reports.sheet_matrix(
                runner(connection), data.campaign, [first_day(period)], data.today
            ).to_dicts()
            told = completeness(data.campaign, submissions, period, data.today).to_dicts()
            # What was returned altogether has left the build: it counts as not reported.
            fallen_back = [
                row | {"content": row["content"].replace(RETURNED_CONTENT, NOT_REPORTED)} for row in told
            ]
            assert shown == fallen_back
