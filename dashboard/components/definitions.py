"""The dictionary as HTML, generated from the entries: KPIs, sheets and columns, the words and signs used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components import methods
from dashboard.components.choices import as_in_the_workbook
from dashboard.components.earlier import COMPARED_SHARE
from dashboard.components.links import link
from dashboard.components.marks import EXTENDED, HAND_IN, STATUS, html
from dashboard.components.unit_lines import OTHERS, THEME_OF, THEMES
from dashboard.i18n import LANGUAGE, clauses, deferred, listed, of, t
from etl.campaign import Campaign
from etl.schema import Column, Sheet
from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.scorecard import Scorecard

CHINESE = re.compile("[\u4e00-\u9fff]([^A-Za-z]*[\u4e00-\u9fff])?")
"""From the first Chinese sign to the last, signs and numbers between them included."""
OVER_TIME = {
    "flow": deferred("各月相加"),
    "last": deferred("取期内最近一个已到期月"),
    "last_wave": deferred("取截至期末最近一批调查"),
}
DIRECTION = {"up": deferred("越高越好"), "down": deferred("越低越好"), "context": deferred("只作参考")}
TARGET_RULES = {
    "fixed": "",
    "per_period_of_year": deferred("乘以本年已有报告期数"),
    "month_share": deferred("按月份÷12推进"),
    "last_period_only": deferred("只在最后一个报告期判定"),
}
TYPES = {
    "text": deferred("文本"),
    "code": deferred("代码"),
    "month": deferred("月份"),
    "date": deferred("日期"),
    "datetime": deferred("日期时间"),
    "integer": deferred("整数"),
    "decimal": deferred("小数"),
    "choice": deferred("选项"),
    "yes_no": deferred("是/否"),
    "unit": deferred("单位"),
}
UNITS = (
    deferred("人"),
    deferred("个"),
    deferred("份"),
    deferred("人次"),
    deferred("学时"),
    deferred("件"),
    deferred("次"),
    deferred("卷"),
    deferred("起"),
)
"""What the columns of the sheets are counted in, marked for translation; others are shown as they are."""
FREQUENCY = {
    "monthly": deferred("每月"),
    "quarterly": deferred("每季度末月"),
    "as_held": deferred("开展即报"),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the dictionary: the name links lead to, its title, the heading it stands under in the contents, its HTML.

    A part that is ``folded`` is opened by a link to it, by looking for something in it, and in print.
    """

    key: str
    title: str
    group: str
    html: str
    folded: bool = False


def kpi_parts(kpis: Iterable[Kpi], targets: Mapping[str, Target]) -> list[Part]:
    """Every KPI, theme by theme: its question, formula, target with source and scope, and when it is not judged."""
    head = [t("指标"), t("怎么算"), t("目标与出处"), t("口径说明")]
    rows = {kpi.key: _kpi_row(kpi, targets.get(kpi.key)) for kpi in kpis}
    themes = THEMES | {OTHERS: [key for key in rows if key not in THEME_OF]}
    return [
        Part(
            key=f"theme-{place}",
            title=t(theme),
            group=t("指标"),
            html=_table(head, [rows[key] for key in keys if key in rows], (19, 33, 26, 22)),
        )
        for place, (theme, keys) in enumerate(themes.items(), start=1)
        if any(key in rows for key in keys)
    ]


def _kpi_row(kpi: Kpi, held: Target | None) -> list[str]:
    core = f" · {t('核心指标')}" if kpi.core else ""
    # What was looked for stays behind: the page of the KPI has no use for it.
    title = link(of(kpi, "title"), "indicator", kpi=kpi.key, wanted="")
    name = f"<b>{title}</b><br>{escape(of(kpi, 'question'))}<br><code>{escape(kpi.key)}</code>{escape(core)}"
    notes = [t(DIRECTION[kpi.direction]), t(OVER_TIME[kpi.over_time]), few_words(kpi), of(kpi, "note")]
    return [name, _formula(kpi), _target(kpi, held), escape(clauses(notes))]


def _formula(kpi: Kpi) -> str:
    above, unit = escape(of(kpi, "numerator")), escape(t("（{label}）", label=format.unit(kpi)))
    if kpi.denominator is None:
        return above + unit
    factor = "" if kpi.factor == 1 else f" × {format.whole(kpi.factor)}"
    return f"{above}<br>÷ {escape(of(kpi, 'denominator'))}{factor}{unit}"


def few_words(kpi: Kpi) -> str:
    """When a KPI rests on too few cases to be judged; empty where that rule does not apply."""
    if kpi.small is None:
        return ""
    if kpi.small.rule == "expected_below":
        return t("按上级水平预计不足{count}件时不着色、不排名", count=kpi.small.minimum)
    return t("n不足{count}时不着色、不排名", count=kpi.small.minimum)


def _target(kpi: Kpi, held: Target | None) -> str:
    if held is None:
        return escape(t("无目标"))
    label = format.target_label(held)
    number = format.target(kpi, held.number) + (t("（{label}）", label=label) if label else "")
    parts = [t(TARGET_RULES[held.rule]), t("出处：") + of(held, "citation"), t("适用：") + of(held, "scope")]
    return f"<b>{escape(number)}</b><br>" + escape(clauses(parts))


def scorecard_parts(card: Scorecard | None) -> list[Part]:
    """The weights and goalposts in force, each with its reason and source; none without a scorecard."""
    if card is None:
        return []
    rows = [
        [
            f"<b>{link(of(KPIS[item.kpi], 'title'), 'indicator', kpi=item.kpi, wanted='')}</b>",
            format.plain(item.weight),
            f"{format.plain(item.floor)} → {format.plain(item.target)}",
            escape(clauses([of(item, "reason"), t("出处：") + of(item, "citation")])),
        ]
        for item in card.items
    ]
    head = [t("指标"), t("权重"), t("下限 → 满分线"), t("理由与出处")]
    table = _table(head, rows, (25, 9, 18, 48))
    return [Part(key="scorecard", title=of(card, "title"), group=t("评分与比较"), html=table)]


def method_part(card: Scorecard | None) -> Part:
    """How units are scored, ranked and compared, term by term."""
    rows = [[f"<b>{escape(title)}</b>", escape(text)] for title, text in methods.rows(card)]
    table = _table([t("用语"), t("含义")], rows, (22, 78))
    return Part(key="methods", title=t("怎么比较、怎么判断"), group=t("评分与比较"), html=table)


def sheet_parts(campaign: Campaign, sheets: Mapping[str, Sheet]) -> list[Part]:
    """Every sheet the campaign collects, column by column."""
    parts = []
    for collected in campaign.sheets:
        sheet = sheets[collected.sheet]
        rows = [_column_row(column) for column in sheet.collected_columns(collected.without)]
        title = t("{title}（{unit}）", title=of(sheet, "title"), unit=t(FREQUENCY[collected.frequency]))
        head = [t("列"), t("填什么"), t("说明")]
        table = _table(head, rows, (30, 30, 40), of(sheet, "purpose"))
        key = f"sheet-{collected.sheet}"
        parts.append(Part(key=key, title=title, group=t("填报表"), html=table, folded=True))
    return parts


def _column_row(column: Column) -> list[str]:
    kind = quoted(" | ".join(map(as_in_the_workbook, column.choices)) or t(TYPES[column.type]))
    unit = (
        t("（{label}）", label=t(column.unit) if column.unit in UNITS else column.unit) if column.unit else ""
    )
    must = "" if column.required else t("，可不填")
    return [
        f"<b>{escape(of(column, 'title'))}</b>",
        kind + escape(unit + must),
        quoted(of(column, "note")),
    ]


def quoted(text: str) -> str:
    """What a workbook holds is Chinese whatever the reader's language, and is marked as such; as HTML."""
    return (
        escape(text) if LANGUAGE.get() == "zh" else CHINESE.sub(r'<span lang="zh">\g<0></span>', escape(text))
    )


def words_part(campaign: Campaign) -> Part:
    """The signs on the pages and the campaign's own rules."""
    marks = [
        [f"{html(mark)} {escape(t(mark.word))}", escape(t(MEANINGS[key]))] for key, mark in STATUS.items()
    ]
    timing = [
        [f"{html(mark)} {escape(t(mark.word))}", escape(t(MEANINGS[f"hand_in.{key}"]))]
        for key, mark in (*HAND_IN.items(), ("extended", EXTENDED))
    ]
    groups = [
        [
            escape(of(group, "title")),
            escape(t("{unit}：{kpi}", unit=of(group, "rule"), kpi=_members(campaign, group.members))),
        ]
        for group in campaign.peer_groups
    ]
    rules = [
        [
            escape(t("截止时间")),
            escape(clauses([of(campaign.due, "label"), t("出处：") + of(campaign.due, "citation")])),
        ],
        [escape(t("统计区间")), escape(of(campaign.window_rule, "label"))],
        [
            escape(t("与上月、去年同月比较")),
            escape(
                t(
                    "只用两期都有数的单位比较，前后两期按同一批单位重算，与全部单位的数不同时注明“同口径”和单位数；"
                    "月份相重的两期（如本年累计与上月的累计），新增和移出的月份都已报的单位才比较；"
                    "未报单位的台账不沿用上月的；可比单位不到{share}时不比较（设定值）",
                    share=f"{COMPARED_SHARE.numerator}/{COMPARED_SHARE.denominator}",
                )
            ),
        ],
        [
            escape(t("几个月都列出的行")),
            escape(
                t(
                    "同一编号的投诉、问题，同一单位、同一编号、同日开始的培训，各只计一次，以最晚列出它的月份所报的为准；培训计入那个月。"
                )
            ),
        ],
        [escape(t("填报表原件")), escape(_workbooks_kept(campaign.workbooks_days))],
        [escape(t("人口口径")), escape(of(campaign, "population_basis"))],
    ]
    table = _table([t("符号或规则"), t("含义")], [*marks, *timing, *rules, *groups], (22, 78))
    return Part(key="signs", title=t("符号与规则"), group=t("评分与比较"), html=table)


def _workbooks_kept(days: int | None) -> str:
    if days is None:
        return t("一直保留（设定值）")
    return t(
        "收到满{days}天，所在月份冻结后清除（设定值）；数据、审计记录和校验码保留。满{days}天没有动过的草稿一并清除",
        days=days,
    )


def _members(campaign: Campaign, codes: Sequence[str]) -> str:
    units = [campaign.unit(code) for code in codes]
    return listed([unit.short_name if LANGUAGE.get() == "zh" else unit.name_en for unit in units])


MEANINGS = {
    "met": deferred("按精确值达到目标；显示的四舍五入值不会越过目标"),
    "missed": deferred("按精确值未达到目标"),
    "too_few_cases": deferred("样本太少，只显示数值和n，不着色、不排名"),
    "not_applicable": deferred("该单位没有此项任务，或本期不收此表"),
    "not_reported": deferred("应报而未报；不是零，也不推算"),
    "not_due": deferred("尚未到截止时间；不是未报"),
    "no_target": deferred("没有目标，不作判断"),
    "hand_in.on_time": deferred("首个未被退回的版本在截止前收到"),
    "hand_in.late": deferred("在截止后收到，注明迟报天数"),
    "hand_in.not_reported": deferred("已过截止时间仍未收到"),
    "hand_in.not_due": deferred("尚未到截止时间"),
    "hand_in.extended": deferred("省厅准予该单位本月延期，按延期后的截止时间判断是否按时"),
}


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], caption: str = ""
) -> str:
    """A table of rows of HTML, each an entry that can be looked for."""
    columns = "".join(f'<col style="width:{width}%">' for width in widths)
    header = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        "<tr data-entry>" + "".join(_cell(head, place, cell) for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{said}<colgroup>{columns}</colgroup><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"


def _cell(head: Sequence[str], place: int, cell: str) -> str:
    label = f' data-label="{escape(head[place])}"' if place and cell else ""
    return f"<td{label}>{cell}</td>"
