"""The audit on the page: what is looked for, the acts in words, and the same as a table to take away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

import polars as pl
import streamlit as st

from dashboard.access import visitors
from dashboard.access.permissions import PERMISSIONS, ROLES
from dashboard.components import block
from dashboard.components.exhibit import file_name
from dashboard.components.person import ROLE_TITLES
from dashboard.i18n import clauses, deferred, listed, of, opening, spoken, t
from dashboard.queries.acts import Wanted
from etl.act import COMMAND_LINE, SERVER

Row = Mapping[str, object]

MACHINES = {COMMAND_LINE: deferred("命令行"), SERVER: deferred("服务器")}
"""Who acts where nobody has signed in."""
ACTS = {
    "sign_in": deferred("登录"),
    "sign_out": deferred("退出"),
    "password": deferred("修改口令"),
    "account.create": deferred("新建账号"),
    "account.change": deferred("更改账号"),
    "account.password": deferred("重置口令"),
    "audit.export": deferred("导出审计记录"),
    "store.backup": deferred("备份"),
    "store.restore": deferred("恢复备份"),
    "workbook.purge": deferred("清除到期的填报表原件"),
    "draft.purge": deferred("清除久未提交的草稿"),
    "journal.upgrade": deferred("升级日志的结构"),
}
"""What is done without a line of its own in the table of permissions."""
OUTCOMES = {"done": deferred("完成"), "refused": deferred("拒绝"), "failed": deferred("失败")}
DETAILS = {
    "name": deferred("姓名"),
    "roles": deferred("角色"),
    "units": deferred("单位"),
    "active": deferred("在用"),
    "file": deferred("文件"),
    "findings": deferred("问题数"),
    "reasons": deferred("说明或理由数"),
    "reason": deferred("理由"),
    "certified_by": deferred("负责人"),
    "fault": deferred("核验发现"),
    "acts": deferred("条数"),
    "wanted": deferred("条件"),
    "user": deferred("操作系统用户"),
    "files": deferred("文件数"),
    "conflicts": deferred("冲突数"),
    "missing": deferred("缺失文件数"),
    "made_at": deferred("备份时间"),
    "workbooks": deferred("填报表原件数"),
    "orphans": deferred("无主文件数"),
    "days": deferred("保留天数"),
    "draft": deferred("草稿号"),
    "by": deferred("经办人"),
    "last_day": deferred("截止日"),
    "tampered": deferred("审计异常"),
    "sha256": deferred("校验码"),
    "hashes": deferred("校验码"),
}
"""What stands in the detail of an act; other keys are shown as they are."""
DIGITS_OF_HASH = 12
BEFORE = "audit_before"
"""Key of the session: the number before which the acts shown begin, 0 for the latest."""
LONGEST = 100
"""Letters looked for, and shown of a text: anything can be typed into the sign-in page. The CSV has all of them."""


def filters(kinds: Sequence[str]) -> Wanted:
    """The fields above the table; another wish starts at the latest acts again."""
    anew = {"on_change": latest}
    who = st.text_input(t("谁"), key="audit_who", width=150, max_chars=LONGEST, **anew)
    act = _choice(t("事项"), {key: act_title(key) for key in kinds}, "audit_act", 190)
    what = st.text_input(t("对象"), key="audit_what", width=170, max_chars=LONGEST, **anew)
    outcome = _choice(t("结果"), {key: t(word) for key, word in OUTCOMES.items()}, "audit_outcome", 110)
    days = {"value": None, "format": "YYYY-MM-DD", "width": 140, **anew}
    first = st.date_input(t("从"), key="audit_first", **days)
    last = st.date_input(t("至"), key="audit_last", **days)
    return Wanted(who=who.strip(), act=act, what=what.strip(), outcome=outcome, first=first, last=last)


def _choice(label: str, titles: Mapping[str, str], key: str, width: int) -> str:
    titles = {"": opening(t("全部")), **titles}
    return st.selectbox(
        label, list(titles), key=key, width=width, format_func=titles.__getitem__, on_change=latest
    )


def latest() -> None:
    """Back to the latest acts."""
    st.session_state[BEFORE] = 0


def earlier(sequence: int) -> None:
    """On to the acts before a number."""
    st.session_state[BEFORE] = sequence


def act_title(act: str) -> str:
    """What was done, in words."""
    if act in ACTS:
        return opening(t(ACTS[act]))
    return of(PERMISSIONS[act], "title") if act in PERMISSIONS else act


def role_titles(roles: Sequence[str]) -> str:
    """Roles in words, in the order of the table of permissions."""
    return listed([t(ROLE_TITLES[role]) for role in ROLES if role in roles])


def verified(fault: str | None) -> None:
    """What the check of every seal has found."""
    if fault is None:
        html = f'<p role="status">{escape(t("审计记录完整，没有被改动或删减。"))}</p>'
    else:
        found = spoken(Exception(fault))
        said = t("审计记录被动过：{found}。请立即报告主管领导，原样保留数据目录备查。", found=found)
        html = f'<p class="missed" role="alert">{escape(said)}</p>'
    block.show(f'<div class="people-told">{html}</div>', key="audit_verified")


def exported(csv: str, now: datetime) -> None:
    """The acts ready to be saved, the way tables are taken away everywhere."""
    block.show(
        f'<div class="people-told"><p role="status">{escape(t("已备好，导出已记入审计："))} <span class="save">'
        f'<button type="button" data-save="csv" title="{escape(t("存为{form}", form="CSV"))}">CSV</button></span></p></div>',
        key="audit_exported",
        name=file_name(t("审计记录"), f"{now:%Y-%m-%d}"),
        csv=csv,
    )


def title(rows: Sequence[Row]) -> str:
    """From when to when the acts shown happened."""
    if not rows:
        return t("没有符合条件的记录")
    first, last = (f"{row['at']:%Y-%m-%d %H:%M}" for row in (rows[-1], rows[0]))
    return t("审计记录 · {first}至{last} · {count}条", first=first, last=last, count=len(rows))


def body(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """A line an act, latest first; nothing where there is none. ``names``: units by code."""
    if not rows:
        return ""
    titles = [
        t("序号"),
        t("发生时间"),
        t("谁"),
        t("角色"),
        t("来自"),
        t("事项"),
        t("对象"),
        t("结果"),
        t("详情"),
    ]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    lines = "".join(_line(row, titles, names) for row in rows)
    return (
        f'<div class="people-scroll" tabindex="0"><table class="people-table audit-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _line(row: Row, titles: Sequence[str], names: Mapping[str, str]) -> str:
    outcome = escape(_outcome(row))
    cells = [
        str(row["sequence"]),
        f"{row['at']:%Y-%m-%d %H:%M:%S}",
        _who(row),
        escape(role_titles(str(row["roles"]).split(","))),
        escape(str(row["address"])),
        escape(act_title(str(row["act"]))),
        _object(str(row["object"]), names),
        outcome if row["outcome"] == "done" else f'<b class="missed">{outcome}</b>',
        _short(_detail(row, names)),
    ]
    css = ("number", "at", "who", "roles", "from", "what", "object", "outcome", "detail")
    return "<tr>" + "".join(map(_cell, css, titles, cells)) + "</tr>"


def _cell(css: str, title: str, content: str) -> str:
    return f'<td class="{css}" data-label="{escape(title)}"{"" if content else " data-empty"}>{content}</td>'


def _who(row: Row) -> str:
    who, name = str(row["who"]), _name(row)
    return f"{_short(name)} <small>{_short(who)}</small>" if name != who else _short(who)


def _short(text: str) -> str:
    """A text as HTML, cut off where it would fill the page."""
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _name(row: Row) -> str:
    """Who it was by name; the account where there is none of that name."""
    who = str(row["who"])
    if who in MACHINES:
        return t(MACHINES[who])
    return t(visitors.NAME) if who.startswith(f"{visitors.PREFIX}-") else str(row["name"] or who)


def _object(what: str, names: Mapping[str, str]) -> str:
    """What it was done to, as recorded; a unit's code with its name before it."""
    name = names.get(what[:6])
    return f"{escape(name)} <small>{_short(what)}</small>" if name else _short(what)


def _outcome(row: Row) -> str:
    outcome = str(row["outcome"])
    return t(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome


def _detail(row: Row, names: Mapping[str, str]) -> str:
    """The rest of an act in words; how an account's act is called, and what is empty, is left out."""
    told = {key: value for key, value in dict(row["detail"]).items() if value != "" and key != "did"}
    return clauses(
        [
            t(
                "{what}：{value}",
                what=t(DETAILS[key]) if key in DETAILS else key,
                value=_value(key, value, names),
            )
            for key, value in told.items()
        ]
    )


def _value(key: str, value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return t("是") if value else t("否")
    if key == "roles":
        return role_titles(str(value).split(",")) or str(value)
    if key == "units":
        return listed([names.get(code, code) for code in str(value).split(",")])
    return str(value)[:DIGITS_OF_HASH] if key == "sha256" else str(value)


def table(rows: Sequence[Row]) -> pl.DataFrame:
    """The acts as they are taken away: in words, and as they are recorded."""
    return pl.DataFrame(
        {
            t("序号"): [row["sequence"] for row in rows],
            t("发生时间"): [f"{row['at']:%Y-%m-%d %H:%M:%S}" for row in rows],
            t("账号"): [row["who"] for row in rows],
            t("姓名"): [row["name"] for row in rows],
            t("角色"): [role_titles(str(row["roles"]).split(",")) for row in rows],
            t("来自"): [row["address"] for row in rows],
            t("事项"): [act_title(str(row["act"])) for row in rows],
            t("事项代码"): [row["action"] for row in rows],
            t("对象"): [row["object"] for row in rows],
            t("结果"): [_outcome(row) for row in rows],
            t("详情"): [json.dumps(row["detail"], ensure_ascii=False) for row in rows],
        }
    )
