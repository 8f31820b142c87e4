"""Complaints and training by category: the parts of a month add up to its whole."""

from contextlib import closing

import duckdb
import pytest

from etl.warehouse import current_build
from tests.metrics.random_store import random_data_set, stored

WHOLES = [
    ("complaint_matter", "cases", "complaints_valid"),
    ("complaint_channel", "cases", "complaints_valid"),
    ("training_category", "cases", "training_attended"),
    ("training_category", "hours", "training_hours"),
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


def test_the_focus_area_of_a_complaint_is_no_category(connection):
    topics = connection.execute("select distinct topic from mart_category_month").fetchall()

    assert {topic for (topic,) in topics} == {"complaint_matter", "complaint_channel", "training_category"}
