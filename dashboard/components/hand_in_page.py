"""The page 报送: where a unit's month stands, the four steps, and what was handed in so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from html import escape

from dashboard import format
from dashboard.components import block, page, plain_table, revision_changes
from dashboard.components.hand_in_findings import table
from dashboard.components.links import link, linked
from dashboard.components.plain_table import Line
from dashboard.i18n import LANGUAGE, clauses, listed, of, opening, t
from dashboard.services.checking import ELSEWHERE
from dashboard.services.receipts import CONTENTS, receipt_of
from dashboard.services.standing import Standing
from etl.completeness import days_late
from etl.gate import REFUSAL_KINDS
from etl.journal import NOT_CURRENT, PASSED, RECEIVED, Submission
from etl.review import STATE_TITLES
from etl.sheets import SHEETS
from metrics.period import parse_month

MONTHS_NAMED = 6
DAYS_PRESSING = 3
"""With so few days left the due date stands out."""


def head(
    found: Standing, open_months: Sequence[str], returned_months: Sequence[str], names: Mapping[str, str]
) -> None:
    """The unit and month, until when it is due, and in one sentence what is left to do."""
    month = format.month(parse_month(found.period))
    page.head(
        t("{unit} · {month}报送", unit=names.get(found.unit.code, found.unit.name), month=month),
        [_why(found)],
        opening(
            clauses(
                [_draft(found), _stands(found), _when(found), *_others(found, open_months, returned_months)]
            )
        ),
    )


def _due(found: Standing) -> str:
    day, planned = (
        format.day((moment - timedelta(days=1)).date()) for moment in (found.due_at, found.campaign_due_at)
    )
    if found.due_at != found.campaign_due_at:
        return t("已准予延期至{day}24:00（原定{planned}）", day=day, planned=planned)
    return t("{day}24:00截止", day=day)


def _when(found: Standing) -> str:
    """Until when it is due; what is left of the time where nothing is in yet."""
    if found.is_frozen:
        return ""
    if found.days_late:
        return escape(t("{due}，迟报{days}天", due=_due(found), days=found.days_late))
    if found.counting is not None:
        return escape(_due(found))
    days = (found.due_at - found.now).days
    if found.is_late:
        left = t("已逾期{days}天", days=days_late(found.now, found.due_at))
    else:
        left = t("还有{days}天", days=days) if days else t("今天截止")
    css = "missed" if found.is_late or days <= DAYS_PRESSING else ""
    return f'<b class="{css}">{escape(t("{due}，{left}", due=_due(found), left=left))}</b>'


def _draft(found: Standing) -> str:
    """What is uploaded and not handed in, and what it wants."""
    if found.draft is None or found.is_frozen:
        return ""
    must, verify = len(found.draft.blocking), len(found.draft.unexplained)
    if found.seen_before is not None:
        told = _seen_before(found, found.seen_before)
        return f'<b class="missed">{escape(told)}</b>'
    if not must and not verify:
        return escape(t("已上传并检查，没有要改的，请确认后提交"))
    told = [t("还有{count}处必须修改", count=must)] if must else []
    told += [t("{count}处需要说明", count=verify)] if verify else []
    return escape(t("上传的文件{told}，尚未提交", told=listed(told)))


def _seen_before(found: Standing, same: Submission) -> str:
    """Why an uploaded file need not or cannot be handed in: it is a revision, to the byte."""
    if same == found.restorable:
        return t("上传的文件就是已撤回的第{n}版；要照原样报送，请在“报送记录”下恢复这一版", n=same.revision)
    if same == found.counting:
        return t("上传的文件与第{n}版完全相同，该版已经报送，不必再交", n=same.revision)
    if same.state in NOT_CURRENT:
        return t("上传的文件与已退回或撤回的第{n}版完全相同，须修改后再传", n=same.revision)
    if same == found.beneath and found.counting.state == RECEIVED:
        return t(
            "上传的文件与已被代替的第{n}版完全相同；要改回这一版，请撤回第{m}版",
            n=same.revision,
            m=found.counting.revision,
        )
    return t(
        "上传的文件与已被代替的第{n}版完全相同；要再报它，请改动一处（如填表日期）后再传", n=same.revision
    )


def _why(found: Standing) -> str:
    """Why the unit was granted an extension: nobody but it and the reviewers reads that."""
    return t("延期理由：{reason}", reason=found.extension_reason) if found.extension_reason else ""


def _stands(found: Standing) -> str:
    latest = found.latest
    if found.is_frozen:
        frozen = t("本月已冻结，不再接收新的版本；确需更正的，请联系省厅管理员")
        return escape(frozen if found.counting else clauses([t("本月没有有效的报送"), frozen]))
    if found.returned is not None:
        returned = t("第{n}版已退回，请按退回意见修改后重新上传", n=latest.revision)
        if found.counting is None:
            return escape(returned)
        return escape(clauses([returned, t("此前各页面仍按第{n}版计算", n=found.counting.revision)]))
    if found.counting is None and found.draft_purged:
        return escape(t("上传后久未提交的填报表已按保留期限清除，请重新上传"))
    if found.counting is None and found.restorable is not None:
        told = t("第{n}版已撤回，可在报送记录下恢复，或另传一份", n=found.restorable.revision)
        return escape(told)
    if found.counting is None:
        return escape(t("还没有报送")) if found.draft is None else ""
    state = {
        RECEIVED: t("第{n}版已接收，等待审核", n=found.counting.revision),
        PASSED: t("第{n}版已审核通过", n=found.counting.revision),
    }
    return escape(state.get(found.counting.state, t("第{n}版已冻结", n=found.counting.revision)))


def _others(found: Standing, open_months: Sequence[str], returned_months: Sequence[str]) -> Iterator[str]:
    """What is to be done for other months, each a link."""
    returned = [each for each in returned_months if each != found.period]
    missing = [each for each in open_months if each not in (found.period, *returned)]
    if returned:
        yield f'<b class="missed">{linked("退回待改的月份：{months}", months=_months(returned))}</b>'
    if missing:
        yield linked("未报的月份还有{months}", months=_months(missing))


def _months(periods: Sequence[str]) -> str:
    return listed([link(format.month(parse_month(each)), month=each) for each in periods[-MONTHS_NAMED:]])


def reasons_of_return(found: Standing) -> None:
    """Why the latest revision was returned, cell by cell; nothing where it was not."""
    if found.returned is None:
        return
    lines = "".join(
        f"<li>{escape(_place(each))}{escape(each['reason'])}</li>" for each in found.returned["reasons"]
    )
    title = t(
        "退回意见（{who}，{when}）",
        who=found.returned["decided_by"],
        when=_moment(found.returned["decided_at"]),
    )
    block.show(
        f'<section class="returned"><h2>{escape(title)}</h2><ul>{lines}</ul></section>', key="returned"
    )


def _place(reason: Mapping[str, str]) -> str:
    where = " ".join(part for part in (reason.get("sheet", ""), reason.get("cell", "")) if part)
    return t("{where}：", where=where) if where else ""


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def step(number: int, title: str, *, done: bool, small: str = "") -> None:
    """The heading of a step; one that is done says so."""
    state = t("已完成") if done else ""
    block.show(
        f'<h2 class="step{" done" if done else ""}"><b>{number}</b> {escape(title)}'
        f' <span class="src">{escape(small or state)}</span></h2>',
        key=f"step_{number}",
    )


def file_link(text: str, address: str, *, strong: bool = False) -> str:
    """A link to a file of ours, in the reader's language."""
    look = ' class="strong"' if strong else ""
    return f'<a{look} href="{escape(address)}?lang={LANGUAGE.get()}" download>{escape(text)}</a>'


def data_link(held: Submission) -> str:
    """The way to what a revision holds, as a workbook."""
    text = t("下载第{n}版数据（已遮去个人信息）", n=held.revision)
    return file_link(text, f"/submissions/{held.submission_id}/workbook")


def findings(found: Standing) -> None:
    """What was found in the uploaded workbook, and the way to get it back marked."""
    draft = found.draft
    must, verify = len(draft.blocking), len(draft.to_explain)
    info = len(draft.findings) - must - verify
    told = t(
        "{file}：{must}处必须修改（强制性），{verify}处需要说明（核实性），{info}处提示",
        file=draft.file_name,
        must=must,
        verify=verify,
        info=info,
    )
    if given := verify - len(draft.unexplained):
        told += t("；需要说明的已说明{count}处", count=given)
    marked = ""
    # What is wrong with the file as a whole has no cell to be marked at.
    at_cells = any(each.sheet for each in draft.findings)
    if at_cells and not any(each.kind in (*REFUSAL_KINDS, *ELSEWHERE) for each in draft.findings):
        address = f"/hand-in/{found.unit.code}/{found.period}/marked"
        marked = (
            f"<p>{file_link(t('下载标注好的工作簿（逐格标出，改完再传）'), address, strong=bool(must))}</p>"
        )
    body = table(draft.findings, draft.file_name) if draft.findings else ""
    block.show(f'<p class="one">{escape(told)}</p>{marked}{body}', key="findings")


def declared(contents: Mapping[str, str]) -> str:
    """What whoever signs declares besides the figures: empty logs, and sheets as they were last month."""
    told = {
        content: listed([of(SHEETS[sheet], "title") for sheet in SHEETS if contents.get(sheet) == content])
        for content in ("zero_report", "unchanged")
    }
    return clauses(
        [
            t("零报告（本月确无此事）：{sheets}", sheets=told["zero_report"]) if told["zero_report"] else "",
            t("与上月无变化：{sheets}", sheets=told["unchanged"]) if told["unchanged"] else "",
        ]
    ) or t("各表均有填报，没有零报告和无变化的声明。")


def history(found: Standing) -> None:
    """Every revision: when, by whom, what became of it, its sheets and its receipt."""
    if not found.submissions:
        return
    titles = (
        t("版本"),
        t("接收时间"),
        t("报送人"),
        t("数据负责人"),
        t("状态"),
        t("各表"),
        t("回执"),
        t("数据"),
    )
    lines = [_revision(each, found.counting) for each in found.submissions]
    block.show(
        f"<h2>{escape(t('报送记录'))}</h2>{plain_table.table(titles, lines, css='history')}{_changes(found)}",
        key="history",
    )


def _changes(found: Standing) -> str:
    """What the latest revision changed, folded."""
    if found.compared is None:
        return ""
    title = f"{t('第{n}版', n=found.latest.revision)} · {revision_changes.summary(found.compared)}"
    body = revision_changes.table(found.compared)
    if not body:
        return f'<p class="src">{escape(title)}</p>'
    return f'<details class="folded"><summary>{escape(title)}</summary>{body}</details>'


def _revision(each: Submission, counting: Submission | None) -> Line:
    sheets = listed(
        [
            f"{of(SHEETS[sheet.sheet], 'title')} {_content(sheet.content, sheet.row_count)}"
            for sheet in each.sheets
        ]
    )
    receipt = receipt_of(each)
    address = f"/receipts/{each.submission_id}?lang={LANGUAGE.get()}"
    cells = (
        t("第{n}版", n=each.revision),
        _moment(each.received_at),
        each.received_by,
        each.certified_by or format.MISSING,
        _became(each, counting),
        sheets,
    )
    saved = f'<a href="{escape(address)}&amp;save" download>{escape(t("保存"))}</a>'
    opened = f'<a href="{escape(address)}" target="_blank">{escape(receipt.number)}</a> {saved}'
    return Line(cells=[*(escape(text) for text in cells), opened, data_link(each)])


def _became(each: Submission, counting: Submission | None) -> str:
    """A revision's state, or which later one stands in its place."""
    if each.state in NOT_CURRENT or counting is None or each.revision >= counting.revision:
        return state_title(each.state)
    return t("已被第{n}版代替", n=counting.revision)


def state_title(key: str) -> str:
    """A submission's state in the reader's language."""
    zh, en = STATE_TITLES[key]
    return en if LANGUAGE.get() == "en" else zh


def _content(content: str, count: int) -> str:
    return t("{count}行", count=count) if content == "reported" else t(CONTENTS[content])


def attachment(each: Mapping[str, object]) -> str:
    """One attachment of the month, as HTML."""
    size, added = f"{int(str(each['size'])) / 1024:,.0f} KB", _moment(each["added_at"])
    way = file_link(str(each["file_name"]), f"/attachments/{each['sequence']}")
    return f'{way} <span class="src">{escape(f"{size} · {added}")}</span>'
