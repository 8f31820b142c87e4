"""Words a reader may look for that mean the same, or what the same rule is about: one line each, any language.

A word looked for is also found by the others of its line; a word may stand in several lines.
"""

from __future__ import annotations

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("逾期", "超期", "过期", "迟报", "按期"),
    ("及时", "按时", "按期", "准时"),
    ("满意度", "满意率"),
    ("人手", "人员配备", "编制", "缺口"),
    ("举报", "投诉", "12345"),
    ("台账", "台帐", "清单"),
    ("整改", "销号", "督办"),
    ("排名", "名次", "排行"),
    ("打分", "评分", "得分", "计分"),
    ("误差", "区间", "可信度", "置信"),
    ("显著", "差别", "差异"),
    ("样本", "问卷", "样本量"),
    ("乱收费", "乱罚款", "逐利"),
    ("公示", "公开"),
    ("培训", "轮训", "学习"),
    ("持证", "执法证"),
    ("录像", "记录仪"),
    ("重复投诉", "反复投诉", "再次投诉"),
    ("同比", "去年同月"),
    ("环比", "上月"),
    ("缺口", "缺编", "缺员"),
    ("标准", "目标", "满分线"),
    ("overdue", "past due", "on time"),
    ("timely", "on time", "punctual"),
    ("headcount", "staffing", "officers"),
    ("uncertainty", "interval", "confidence"),
    ("hotline", "complaint", "12345"),
)
