"""Complaints and training by category: the parts of a month add up to its whole."""

from contextlib import closing

import duckdb
import pytest

from etl.warehouse import current_build
from tests.metrics.random_store import random_data_set, stored

WHOLES = [
    ("complaint_matter", "cases", "complaints_valid"),
    ("complaint_channel", "cases", "complaints_valid"),
    *(
        (f"training_{kind}", part, whole)
        for kind in ("category", "level", "provider", "mode")
        for part, whole in (("cases", "training_attended"), ("hours", "training_hours"))
    ),
]


@pytest.fixture(scope="module", params=[500, 501, 503, 510])
def connection(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"seed{request.param}")
    store = stored(random_data_set(request.param, folder), folder)
    with closing(duckdb.connect(str(current_build(store)), read_only=True)) as connection:
        yield connection


@pytest.mark.parametrize(("topic", "part", "whole"), WHOLES)
def test_the_categories_of_a_topic_add_up_to_the_month(connection, topic, part, whole):
    parts = connection.execute(
        f"select leaf_code, month, sum({part}) from mart_category_month where topic = $topic"
        f" group by all having sum({part}) > 0 order by all",
        {"topic": topic},
    ).fetchall()
    wholes = connection.execute(
        f"select leaf_code, month, {whole} from mart_unit_month where {whole} > 0 order by all"
    ).fetchall()

    assert parts == wholes
    assert parts


def test_senior_attendances_are_those_of_the_courses_that_state_them(connection):
    """Whichever way courses are grouped; where none of a group states them there is no number, not a zero."""
    counted = connection.execute(
        "select topic, sum(senior), sum(senior_out_of) from mart_category_month"
        " where starts_with(topic, 'training_') group by topic"
    ).fetchall()

    assert len({(senior, out_of) for _, senior, out_of in counted}) == 1
    assert all(0 < senior <= out_of for _, senior, out_of in counted)
    assert (
        connection.execute(
            "select 1 from mart_category_month where (senior is null) <> (senior_out_of is null)"
        ).fetchall()
        == []
    )


def test_the_focus_area_of_a_complaint_is_no_category(connection):
    topics = connection.execute("select distinct topic from mart_category_month").fetchall()

    assert {topic for (topic,) in topics} == {topic for topic, _, _ in WHOLES}
