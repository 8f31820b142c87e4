"""The choices of the workbook in the reader's language: what is stored is Chinese, whoever reads it."""

from __future__ import annotations

from dashboard.i18n import LANGUAGE, deferred, t

CHOICES = frozenset(
    (
        deferred("工作进展"),
        deferred("经验做法"),
        deferred("取得成效"),
        deferred("存在问题"),
        deferred("下步打算"),
        deferred("12345热线"),
        deferred("网络平台"),
        deferred("信访"),
        deferred("来电"),
        deferred("现场"),
        deferred("媒体"),
        deferred("其他"),
        deferred("城市管理问题诉求"),
        deferred("执法行为投诉"),
        deferred("执法不规范"),
        deferred("执法方式单一"),
        deferred("逐利执法与廉政风险"),
        deferred("执法作风与服务意识"),
        deferred("占道经营"),
        deferred("停车秩序"),
        deferred("违法建设"),
        deferred("噪声"),
        deferred("油烟"),
        deferred("户外广告"),
        deferred("渣土扬尘"),
        deferred("市容环卫"),
        deferred("园林绿化"),
        deferred("市政设施"),
        deferred("无"),
        deferred("咨询建议"),
        deferred("非本部门职责"),
        deferred("同一诉求多渠道重复派单"),
        deferred("属实"),
        deferred("部分属实"),
        deferred("不属实"),
        deferred("待核实"),
        deferred("解决"),
        deferred("未解决"),
        deferred("未答复"),
        deferred("未回访"),
        deferred("满意"),
        deferred("基本满意"),
        deferred("不满意"),
        deferred("未评价"),
        deferred("未接通"),
        deferred("省级"),
        deferred("州(市)级"),
        deferred("县(市、区)级"),
        deferred("街道(乡镇)级"),
        deferred("政治理论"),
        deferred("法律法规"),
        deferred("业务技能"),
        deferred("应急处置"),
        deferred("岗位练兵"),
        deferred("作风纪律"),
        deferred("高校"),
        deferred("党校"),
        deferred("警校"),
        deferred("自办"),
        deferred("线下"),
        deferred("线上"),
        deferred("个性问题"),
        deferred("共性问题"),
        deferred("立行立改"),
        deferred("限期整改"),
        deferred("长期整改"),
        deferred("自查"),
        deferred("上级督导"),
        deferred("督察"),
        deferred("群众举报"),
        deferred("案卷评查"),
        deferred("纪检监察移交"),
        deferred("未整改"),
        deferred("整改中"),
        deferred("已整改"),
        deferred("案结"),
        deferred("事了"),
        deferred("治成"),
        deferred("第三方"),
        deferred("自测"),
        deferred("查实违反执法禁令"),
        deferred("查实执法乱作为"),
        deferred("重大负面舆情"),
        deferred("整改不力"),
        deferred("未填"),
    )
)
"""Every choice of every sheet, marked for translation."""


def choice(value: str) -> str:
    """A choice in the reader's language; a text that is none stands as it is."""
    return t(value) if value in CHOICES else value


def as_in_the_workbook(value: str) -> str:
    """A choice in the reader's language with the word the workbook asks for beside it."""
    word = choice(value)
    return value if LANGUAGE.get() == "zh" or word == value else f"{word} ({value})"
