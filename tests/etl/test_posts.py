"""What is written where a post is asked for: posts are told from persons' names, and a name is never taken for one."""

import duckdb
import pytest

from etl.posts import PLAIN_POST
from etl.simulation.issues import OWNERS

POSTS = (
    *OWNERS,
    "分管副局长",
    "法制科科长",
    "综合行政执法局党组书记、局长",
    "局党组成员、副局长",
    "执法大队大队长",
    "市容管理科负责人",
    "四级调研员",
)
NAMES = (
    "王小明",
    "王小明副局长",
    "副局长王小明",
    "王局长",
    "李科长",
    "科长：王小明",
    "局长（王某）",
    "欧阳某局长",
    "法制科王小明科长",
)


def is_post(text: str) -> bool:
    [(found,)] = duckdb.execute(
        "select regexp_full_match($text, $post)", {"text": text, "post": PLAIN_POST}
    ).fetchall()
    return found


@pytest.mark.parametrize("text", POSTS)
def test_a_post_is_known_as_one(text):
    assert is_post(text)


@pytest.mark.parametrize("text", NAMES)
def test_a_name_beside_a_post_or_alone_is_no_post(text):
    assert not is_post(text)
