"""An exhibit: a chart or table with its title, its source line, and the ways to take it away.

On the page a block is headed by what it found, where there is a finding, and says whom and what it is about; month,
edition and that figures are simulated stand once, in the head. What is taken away says it all by itself: who · what ·
when · edition, source and, over simulated figures, the word for it. A table is UTF-8 with a byte order mark, numbers
unrounded, so that Excel opens it right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard.components import block
from dashboard.i18n import t
from etl.spreadsheet_text import harmless_csv


class Title(str):
    """The title a block is taken away with, who · what · when · edition; ``subject`` is who · what, all a page says."""

    __slots__ = ("subject",)
    subject: str

    def __new__(cls, whole: str, subject: str) -> Title:
        """A text like any other, which remembers its part that no head of a page has said yet."""
        title = super().__new__(cls, whole)
        title.subject = subject
        return title


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """What frames a chart or table.

    ``finding`` is what it shows in one true sentence, "" where no rule can tell; it heads the block, with the subject of
    the title under it. ``name`` is the name of the files it is saved as, without ending. ``source`` and ``notes`` stand below
    it; notes are HTML. ``table`` is saved as CSV, its columns already titled in the reader's language.
    ``picture``: the body is a drawing (SVG); ``chart``: the key of the Plotly chart drawn below it.
    """

    title: str
    name: str
    finding: str = ""
    source: str = ""
    notes: Sequence[str] = ()
    table: pl.DataFrame | None = None
    picture: bool = False
    chart: str = ""
    simulated: bool = False


def show(exhibit: Exhibit, body: str, *, key: str) -> None:
    """Draw an exhibit around ``body``, which is HTML; a Plotly chart is drawn right after it."""
    small = [f'<p class="src told">{note}</p>' for note in exhibit.notes if note]
    small += [f'<p class="src">{escape(exhibit.source)}</p>'] if exhibit.source else []
    block.show(
        f'<figure class="exhibit"><figcaption>{_heading(exhibit)}{_buttons(exhibit)}</figcaption>'
        f'<div class="body">{body}</div>{"".join(small)}</figure>',
        key=key,
        name=f"{t('模拟')}_{exhibit.name}" if exhibit.simulated else exhibit.name,
        title=str(exhibit.title),
        finding=exhibit.finding,
        source=" · ".join(
            part for part in (exhibit.source, t("模拟数据") if exhibit.simulated else "") if part
        ),
        chart=exhibit.chart,
        csv="" if exhibit.table is None else harmless_csv(_marked(exhibit)),
    )


def on_screen(text: str) -> str:
    """A note on what can be pressed, as HTML; paper leaves it out."""
    return f'<span class="print-hidden">{escape(text)}</span>'


def _heading(exhibit: Exhibit) -> str:
    """What was found, and of whom and what; the latter alone where nothing was."""
    subject = exhibit.title.subject if isinstance(exhibit.title, Title) else exhibit.title
    if not exhibit.finding:
        return f"<h2>{escape(subject)}</h2>"
    return f'<div><h2>{escape(exhibit.finding)}</h2><p class="subject">{escape(subject)}</p></div>'


def _marked(exhibit: Exhibit) -> pl.DataFrame:
    """The table; every line says what it is of and, over simulated figures, that it is, wherever it is copied to."""
    told = {t("表题"): exhibit.title, t("来源"): exhibit.source}
    told |= {t("数据性质"): t("模拟数据")} if exhibit.simulated else {}
    return exhibit.table.with_columns(pl.lit(str(text)).alias(name) for name, text in told.items() if text)


def _buttons(exhibit: Exhibit) -> str:
    forms = ["PNG", "SVG"] if exhibit.picture or exhibit.chart else []
    forms += ["CSV"] if exhibit.table is not None else []
    buttons = "".join(
        f'<button type="button" data-save="{form.lower()}" title="{escape(t("存为{form}", form=form))}">{form}</button>'
        for form in forms
    )
    return f'<span class="save">{buttons}</span>' if buttons else ""


def file_name(*parts: str) -> str:
    """A name for files made of what an exhibit shows, such as 2026-09_投诉按期办结率_排名."""
    kept = ("".join(sign for sign in part if sign.isalnum() or sign in "-()（）") for part in parts if part)
    return "_".join(kept)
