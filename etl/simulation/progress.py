"""Simulated 整治情况: a short text on each topic."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from etl.sheets import SHEETS
from etl.simulation.profile import chance

if TYPE_CHECKING:
    from etl.campaign import Unit

Row = dict[str, object]

NOTHING = "无"
SENTENCES = (
    (
        "召开专题推进会，对照任务清单逐项检查进度，组织执法人员学习相关规定。",
        "开展案卷交叉评查和现场执法检查，督促问题立行立改。",
        "组织一线队伍轮训，完善执法公示和全过程记录。",
        "对群众反映集中的路段和夜间时段增派力量，劝导在前、处罚在后。",
        "逐县（市、区）核对问题整改台账，对将到期的问题提前提醒责任部门。",
    ),
    (
        "推行错时值守和夜间联合巡查。",
        "建立投诉首问负责和回访制度。",
        "试行轻微违法首次不罚清单，先教育后处罚。",
        "由法制人员随队指导，现场说明执法依据和救济途径。",
    ),
    (
        "投诉办理更加及时，群众反映的重点路段秩序有所改善。",
        "执法文书质量提高，双设备记录基本到位。",
        "重复投诉有所减少，回访中多数群众表示理解。",
    ),
    ("部分县区执法人员不足，夜间值守压力较大。", "个别案卷要素不全。", "少数投诉首次联系不够及时。", NOTHING),
    (
        "继续开展培训和案卷评查。",
        "对逾期问题挂账督办，按月通报。",
        "推进城市管理进社区。",
        "把首次联系时限纳入中队日常考核。",
    ),
)


def progress(unit: Unit, period: str, seed: int) -> list[Row]:
    """One text a topic, marked as simulated."""
    draw = chance(seed, "progress", unit.code, period)
    topics = SHEETS["progress"].columns[0].choices
    texts = [_text(draw, SENTENCES[number % len(SENTENCES)]) for number in range(len(topics))]
    texts[0] = f"（模拟数据）{texts[0]}"
    return [{"topic": topic, "text": text} for topic, text in zip(topics, texts, strict=True)]


def _text(draw: random.Random, sentences: tuple[str, ...]) -> str:
    """One sentence or two, each a paragraph; that there is nothing to report stands alone."""
    chosen = draw.sample(sentences, draw.randint(1, 2))
    return NOTHING if NOTHING in chosen else "\n".join(chosen)
