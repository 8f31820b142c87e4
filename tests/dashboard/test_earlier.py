"""What a figure may be held against: a few units are no province, and fewer than all are named."""

import pytest

from dashboard.components.earlier import changes, earlier, names
from metrics.kpis import KPIS

RATE = KPIS["certified_rate"]


def row(compared, now, before, units=16, value=51.0, value_before=50.0):
    counts = {"units_compared": compared, "units_now": now, "units_before": before, "units": units}
    return counts | {"value": value, "value_before": value_before, "numerator": 1, "numerator_before": 1}


@pytest.mark.parametrize(
    ("compared", "told"),
    [
        (row(16, 16, 16), ["↑1.0个百分点 较上月", "去年同月无可比基期"]),
        (row(15, 15, 16), ["↑1.0个百分点 较上月 同口径15个州（市）", "去年同月无可比基期"]),
        (row(8, 8, 16), ["↑1.0个百分点 较上月 同口径8个州（市）", "去年同月无可比基期"]),
        (row(7, 7, 16), ["上月、去年同月无可比基期"]),
        (row(2, 2, 2), ["上月、去年同月无可比基期"]),
        (row(1, 1, 1, units=1), ["↑1.0个百分点 较上月", "去年同月无可比基期"]),
        (row(0, 1, 0, units=1, value=None, value_before=None), ["上月、去年同月无可比基期"]),
    ],
)
def test_a_change_is_told_of_half_the_units_or_more_and_names_how_many_where_not_all(compared, told):
    assert changes(RATE, earlier(RATE, compared, None, "州（市）")) == told


def test_two_changes_on_the_same_units_name_them_once():
    both = earlier(RATE, row(15, 15, 16), row(15, 15, 16, value_before=51.0), "州（市）")
    assert changes(RATE, both) == ["↑1.0个百分点 较上月", "持平 较去年同月", "同口径15个州（市）"]
    each = earlier(RATE, row(15, 15, 16), row(14, 15, 14, value_before=48.0), "州（市）")
    assert changes(RATE, each) == [
        "↑1.0个百分点 较上月 同口径15个州（市）",
        "↑3.0 较去年同月 同口径14个州（市）",
    ]


def test_a_survey_is_held_against_the_wave_before():
    survey = KPIS["satisfaction_rate"]
    assert changes(survey, earlier(survey, row(14, 16, 14), None, "州（市）"))[0] == (
        "↑1.0个百分点 较上次 同口径14个被评单位"
    )


def test_the_earlier_figure_stands_as_far_from_the_shown_one_as_the_same_units_moved():
    (before, _) = earlier(RATE, row(15, 15, 16, value=4.5, value_before=4.0), None, "州（市）")
    assert before.beside(6.0) == 5.5
    assert before.beside(None) is None


@pytest.mark.parametrize(
    ("key", "kind", "told"),
    [
        ("two_recorder_rate", "quarter", ("较上季度同期", "较去年同期")),
        ("two_recorder_rate", "year", ("较上年同期", "较去年同期")),
        ("two_recorder_rate", "ytd", ("较上月", "较去年同月")),
        ("two_recorder_rate", "rolling12", ("较上月", "较去年同月")),
        ("certified_rate", "quarter", ("较上季度末", "较去年同季度末")),
        ("satisfaction_rate", "quarter", ("较上次", "较去年同期")),
    ],
)
def test_the_name_says_what_a_period_is_held_against(key, kind, told):
    assert names(KPIS[key], kind) == told
