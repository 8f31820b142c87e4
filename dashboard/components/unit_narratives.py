"""What a unit has written of its month: progress, practice, results, problems and plans; for the whole, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import exhibit, headings
from dashboard.components.choices import choice
from dashboard.i18n import listed, t
from dashboard.queries.narratives import Narrative


def show(
    found: Mapping[str, Narrative], names: Mapping[str, str], who: str, month: date, *, simulated: bool
) -> None:
    """The texts of the units in ``names``: of one openly, of several folded, each under its name."""
    if not found:
        return
    one = len(names) == 1
    shown_month = next(iter(found.values())).month if one else month
    what = t("整治情况的文字")
    shown = exhibit.Exhibit(
        title=headings.title(who, what, shown_month),
        name=exhibit.file_name(f"{shown_month:%Y-%m}", who, what),
        notes=[escape(_standing(found, names, month))],
        table=table(found, names),
        simulated=simulated,
    )
    body = _texts(next(iter(found.values()))) if one else _folded(found, names)
    exhibit.show(shown, f'<div class="narrative">{body}</div>', key="unit_narratives")


def _standing(found: Mapping[str, Narrative], names: Mapping[str, str], month: date) -> str:
    """Whose texts are of an earlier month, and whose there are not."""
    earlier = [names[code] for code in names if code in found and found[code].month != month]
    absent = [names[code] for code in names if code not in found]
    told = []
    if earlier:
        told.append(
            t(
                "{units}没有{month}的文字，列的是此前最近一个月的。",
                units=listed(earlier),
                month=format.month(month),
            )
        )
    if absent:
        told.append(t("{units}没有报过。", units=listed(absent)))
    return "".join(told)


def _folded(found: Mapping[str, Narrative], names: Mapping[str, str]) -> str:
    return "".join(
        f'<details class="folded"><summary>{escape(_summary(names[code], found[code]))}</summary>'
        f"{_texts(found[code])}</details>"
        for code in names
        if code in found
    )


def _summary(name: str, found: Narrative) -> str:
    signs = sum(len(text) for _, text in found.texts)
    return t(
        "{name} · {month} · {signs}字", name=name, month=format.month(found.month), signs=format.whole(signs)
    )


def _texts(found: Narrative) -> str:
    return "".join(f"<h3>{escape(_topic(topic))}</h3>{_paragraphs(text)}" for topic, text in found.texts)


def _topic(topic: str) -> str:
    return choice(topic)


def _paragraphs(text: str) -> str:
    """A text with its own line breaks as paragraphs."""
    return "".join(f'<p lang="zh">{escape(part.strip())}</p>' for part in text.splitlines() if part.strip())


def table(found: Mapping[str, Narrative], names: Mapping[str, str]) -> pl.DataFrame:
    """The texts as they are taken away: a line a topic."""
    lines = [
        {
            t("单位"): names[code],
            t("月份"): f"{found[code].month:%Y-%m}",
            t("栏目"): _topic(topic),
            t("内容"): text,
        }
        for code in names
        if code in found
        for topic, text in found[code].texts
    ]
    return pl.DataFrame(lines)
