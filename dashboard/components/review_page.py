"""The page 审核: the queue of a month, and one submission as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import islice

from dashboard import format
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import block, page, plain_table, revision_changes
from dashboard.components.definitions import quoted
from dashboard.components.hand_in_page import data_link, file_link, state_title
from dashboard.components.links import going, link, linked
from dashboard.components.plain_table import Line, line
from dashboard.i18n import LANGUAGE, clauses, listed, of, t
from dashboard.services.receipts import receipt_of
from dashboard.services.review_queue import Asked, Case, Waiting
from etl.journal import RECEIVED, Submission
from etl.review import DECISION_TITLES
from etl.sheets import COVER
from metrics.period import parse_month

MONTHS_NAMED = 6
SIGNED = ("prepared_by", "reviewed_by", "approved_by", "prepared_on", "data_from", "data_to")
"""What the review reads of a cover: its signatures, and the days its data are of."""


def sentence(
    rows: Sequence[Waiting], units: Mapping[str, str], elsewhere: Mapping[str, int], *, is_frozen: bool
) -> str:
    """How much of the month is in and waits, of these units, and which other months have something waiting; as HTML."""
    came = len({each.submission.unit_code for each in rows} & set(units))
    waiting = sum(each.submission.state == RECEIVED for each in rows)
    register = any(
        each.submission.state == RECEIVED and each.submission.unit_code not in units for each in rows
    )
    told = (
        t("{count}份待审核（含登记表）", count=waiting) if register else t("{count}份待审核", count=waiting)
    )
    parts = [
        t("{count}/{expected}个单位已交", count=came, expected=len(units)),
        told if not is_frozen else "",
        t("本月已冻结，其中{count}份未经审核", count=waiting) if is_frozen and waiting else "",
        t("本月已冻结") if is_frozen and not waiting else "",
    ]
    return clauses([escape(clauses(parts)), _elsewhere(elsewhere)])


def _elsewhere(waiting: Mapping[str, int]) -> str:
    if not waiting:
        return ""
    named = [
        link(
            t("{month}（{count}份）", month=format.month(parse_month(month)), count=count),
            month=month,
            unit="",
        )
        for month, count in islice(waiting.items(), MONTHS_NAMED)
    ]
    if rest := len(waiting) - len(named):
        named.append(escape(t("另有{count}个月", count=rest)))
    return linked("其他月份待审核：{months}", months=listed(named))


def queue(
    here: Doors, rows: Sequence[Waiting], names: Mapping[str, str], picked: str, *, is_frozen: bool
) -> None:
    """A line a unit, those that wait first; a line opens its submission. In a frozen month nothing waits."""
    titles = (t("单位"), t("版本"), t("接收时间"), t("已等"), t("核实性问题"), t("状态"))
    lines = [_waiting(each, names, picked, None if is_frozen else here.now()) for each in rows]
    nothing = f'<p class="src">{escape(t("本月还没有报送。"))}</p>' if not rows else ""
    block.show(
        f"<h2>{escape(t('本月各单位报送'))}</h2>{plain_table.table(titles, lines, css='review-queue')}{nothing}",
        key="review_queue",
    )


def _waiting(each: Waiting, names: Mapping[str, str], picked: str, now: datetime | None) -> Line:
    held = each.submission
    received = f"{held.received_at:%Y-%m-%d %H:%M}" + (f" {t('迟报')}" if each.is_late else "")
    waits = now is not None and held.state == RECEIVED
    waited = t("{days}天", days=int(each.waited(now))) if waits else format.MISSING
    cells = (
        names.get(held.unit_code, held.unit_code),
        t("第{n}版", n=held.revision),
        received,
        waited,
        format.whole(each.asked),
        state_title(held.state),
    )
    mark = 'class="picked" aria-current="true" ' if held.unit_code == picked else ""
    leads = (
        f'{mark}data-key="review-{held.submission_id}" tabindex="0" role="link" {going(unit=held.unit_code)}'
    )
    return line(*cells, row=leads)


def case(found: Case, name: str, principal: Principal) -> None:
    """One submission: receipt, reasons beside the values they explain, changes, attachments, decisions so far."""
    held = found.submission
    facts = [
        t("第{n}版", n=held.revision),
        state_title(held.state),
        t("{who}报送", who=held.received_by),
        t("{who}负责", who=held.certified_by) if held.certified_by else "",
    ]
    unit = link(t("看该单位的指标与走势"), "unit", unit=held.unit_code)
    ways = [
        *([unit] if may(principal, "page.unit") else []),
        f'<a href="/receipts/{held.submission_id}?lang={LANGUAGE.get()}" target="_blank">{escape(receipt_of(held).number)}</a>',
        data_link(held),
    ]
    parts = [
        f"<h2>{escape(t('{unit} · 报送内容', unit=name))}</h2>",
        f"<p>{escape(' · '.join(part for part in facts if part))} · {' · '.join(ways)}</p>",
        _signed(held),
        _asked(found),
        _changes(found),
        _attachments(found),
        _decisions(found),
    ]
    block.show(
        f'<section class="review-case">{"".join(parts)}</section>', key=f"review_case.{held.submission_id}"
    )


def _signed(held: Submission) -> str:
    """The signatures on the cover, and the days of the data."""
    told = [
        f"{escape(of(COVER.column(name), 'title'))} {quoted(str(held.cover[name]))}"
        for name in SIGNED
        if held.cover.get(name)
    ]
    return f'<p class="src">{" · ".join(told)}</p>' if told else ""


def _asked(found: Case) -> str:
    if not found.asked:
        return f'<p class="src">{escape(t("没有核实性问题。"))}</p>'
    titles = (t("工作表"), t("单元格"), t("列"), t("现为"), t("应为"), t("说明"))
    table = plain_table.table(titles, [_asked_line(each) for each in found.asked])
    return f"<h3>{escape(t('核实性问题与说明'))}</h3>{table}"


def _asked_line(each: Asked) -> Line:
    reason = each.reason or t("没有说明（由命令行装入）")
    return line(each.sheet, each.cell, each.column, each.value, each.expected, reason)


def _changes(found: Case) -> str:
    if found.compared is None:
        return ""
    told = revision_changes.summary(found.compared)
    return f"<h3>{escape(told)}</h3>{revision_changes.table(found.compared)}"


def _attachments(found: Case) -> str:
    ways = [
        file_link(str(each["file_name"]), f"/attachments/{each['sequence']}") for each in found.attachments
    ]
    return f"<p>{escape(t('附件'))} {listed(ways)}</p>" if ways else ""


def _decisions(found: Case) -> str:
    lines = "".join(f"<li>{escape(_decision(each))}</li>" for each in found.decisions)
    return f"<ul>{lines}</ul>" if lines else ""


def _decision(each: Mapping[str, object]) -> str:
    reasons = [_reason(reason) for reason in each["reasons"]]
    moment = f"{each['decided_at']:%Y-%m-%d %H:%M}"
    zh, en = DECISION_TITLES[str(each["decision"])]
    word = en if LANGUAGE.get() == "en" else zh
    return " ".join([moment, str(each["decided_by"]), word, clauses(reasons)])


def _reason(reason: Mapping[str, str]) -> str:
    return " ".join(
        part for part in (reason.get("sheet", ""), reason.get("cell", ""), reason.get("reason", "")) if part
    )


def following(rows: Sequence[Waiting], names: Mapping[str, str], picked: str) -> None:
    """The way on to the unit that waits longest, after the one in view is decided on."""
    waiting = [each.submission.unit_code for each in rows if each.submission.state == RECEIVED]
    if not waiting or picked in waiting:
        return
    name = names.get(waiting[0], waiting[0])
    page.line(link(t("下一份待审核：{unit}", unit=name), unit=waiting[0]), key="following")
