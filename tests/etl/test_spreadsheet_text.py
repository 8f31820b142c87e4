"""No text of a table that is handed on is run by a spreadsheet, and no plain figure is touched."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.spreadsheet_text import harmless, harmless_csv

RUN = [
    "=1+1",
    "+cmd",
    "-2+3",
    "-5-3",
    "@x",
    "\t=1",
    " =1",
    "|x",
    "%x",
    "\uff1d1",
    "'=1",
    '"=1',
    "\x00a",
    "\n=1",
]
LEFT = ["昆明", "–", "12", "", "%", "-", "--", "+86", "-2", "-0.5", "-3%", "a=1", "本月-5件"]


@pytest.mark.parametrize("text", RUN)
def test_a_text_that_would_be_run_has_an_apostrophe_before_it_as_a_cell_and_as_a_header(text):
    assert harmless(pl.DataFrame({text: [text]})).rows(named=True) == [{f"'{text}": f"'{text}"}]


@pytest.mark.parametrize("text", LEFT)
def test_what_runs_nothing_stays_as_it_is(text):
    table = pl.DataFrame({text: [text, None], "数": [-1.5, None]})
    assert harmless(table).equals(table)


@given(
    st.lists(
        st.text(max_size=6) | st.text(alphabet="=+-@|%＝＋－＠\"', \t\r\n\x00a1", max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_a_table_written_out_is_written_as_if_every_cell_had_been_looked_at(texts):
    table = pl.DataFrame({"文字": texts, "数": [-1.5] * len(texts)})
    assert harmless_csv(table) == harmless(table).write_csv()
