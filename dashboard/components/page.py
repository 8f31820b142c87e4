"""What every page has: its style, the head, and the empty state."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.access.accounts import first_account
from dashboard.components import block
from dashboard.i18n import t

STYLES = [Path(__file__).with_name(name) for name in ("style.css", "print.css")]


def style() -> None:
    """The style sheets of the pages, on screen and on paper, and the word beside the sign that opens the menu on a phone."""
    for sheet in STYLES:
        st.html(sheet)
    st.html(f"<style>[data-testid=stExpandSidebarButton]::after {{ content: '{t('菜单')}'; }}</style>")


def head(title: str, notes: Sequence[str], sentence: str = "") -> None:
    """The page's title with its small print, and the sentence (HTML) that answers its question."""
    small = escape(" · ".join(note for note in notes if note))
    line = f'<p class="one">{sentence}</p>' if sentence else ""
    block.show(
        f'<div class="head"><h1>{escape(title)}</h1><span class="sub">{small}</span></div>{line}', key="head"
    )


def caption(title: str, small: str = "") -> str:
    """The title of a chart or table: who · what · when · edition."""
    return f"<h2>{escape(title)}</h2>" + (f'<p class="src">{escape(small)}</p>' if small else "")


def line(html: str, *, key: str = "line") -> None:
    """A line of the page (HTML), with links that lead to views."""
    block.show(f"<p>{html}</p>" if not html.startswith("<h") else html, key=key)


def note(text: str) -> None:
    """A line of small print under a chart or table."""
    st.html(f'<p class="src">{escape(text)}</p>')


def nothing_allowed() -> None:
    """Somebody whose account opens no page: whom to ask."""
    st.html(
        f'<div class="empty"><h1>{escape(t("没有可打开的页面"))}</h1>'
        f"<p>{escape(t('登录已失效，或您的账号尚未分配角色。请刷新页面重新登录；仍然如此的，请联系省厅管理员。'))}</p></div>"
    )


def failed() -> None:
    """A page that could not be made; what went wrong stands in the server's log."""
    with st.container(key="failed"):
        st.error(
            t("这一页没有显示出来，数据没有受影响。请刷新或换一个月份再试；仍不行时，请联系省厅管理员。")
        )


def not_theirs() -> None:
    """A page somebody's account does not open."""
    st.html(
        f'<div class="empty"><h1>{escape(t("您的账号不能打开这一页"))}</h1>'
        f"<p>{escape(t('请从上方选择其他页面；确需使用的，请联系省厅管理员。'))}</p></div>"
    )


def no_unit() -> None:
    """The page of one's own unit, for somebody whose unit has no figures of its own."""
    st.html(
        f'<div class="empty"><h1>{escape(t("这里看的是填报单位自己的指标"))}</h1>'
        f"<p>{escape(t('您负责的单位在现有数据里没有自己的指标。如有疑问，请联系省厅管理员。'))}</p></div>"
    )


def preparing() -> None:
    """The first figures are being made at this moment."""
    st.html(
        f'<div class="empty"><h1>{escape(t("正在准备数据"))}</h1>'
        f"<p>{escape(t('通常只需几秒，请稍后刷新本页；一直如此的，请联系系统维护人员。'))}</p></div>"
    )


def other_version() -> None:
    """Figures of another version of the program: how to make them again."""
    st.html(
        f'<div class="empty"><h1>{escape(t("指标库需要重建"))}</h1>'
        f"<p>{escape(t('现有指标库由另一版本的程序生成，已接收的数据不受影响。请在项目目录运行：'))}</p>"
        f"<pre>python -m etl build</pre><p>{escape(t('完成后刷新本页即可。'))}</p></div>"
    )


def empty(folder: str) -> None:
    """No figures yet: what to do, in words a newcomer can follow; ``folder`` is where the store is looked for."""
    st.html(
        f'<div class="empty"><h1>{escape(t("还没有可看的数据"))}</h1>'
        f"<p>{escape(t('先用模拟数据看一看，在项目目录运行：'))}</p><pre>python -m etl demo</pre>"
        f"<p>{escape(t('或装入各单位的月报工作簿：'))}</p><pre>python -m etl load {escape(t('工作簿'))}.xlsx</pre>"
        f"<p>{escape(t('正式使用，先建立第一个账号，再由各单位在网页上报送：'))}</p><pre>{escape(first_account())}</pre>"
        f"<p>{escape(t('做完后刷新本页即可，不必重启。数据目录：{folder}', folder=folder))}</p></div>"
    )
