"""What a unit's complaints are about, by which way they came, and what its training taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.choices import choice
from dashboard.components.marks import GREY, INK
from dashboard.components.notation import Row
from dashboard.i18n import deferred, listed, t
from metrics.kpis import training

WIDTH, LINE, NAME, BAR = 390, 24, 80, 70
"""The drawing's width, a line's height, the room for a name and for a bar."""
MONTH_AT, YEAR_AT = 264, 388
"""Where the figures of the month and of twelve months end."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic of mart_category_month: its title, what is counted and the sheet it stands on."""

    key: str
    title: str
    counted: str
    measure: str
    sheet: str


TOPICS = (
    Topic(
        key="complaint_matter",
        title=deferred("投诉事项"),
        counted=deferred("有效投诉，件"),
        measure="cases",
        sheet="complaints",
    ),
    Topic(
        key="complaint_channel",
        title=deferred("投诉渠道"),
        counted=deferred("有效投诉，件"),
        measure="cases",
        sheet="complaints",
    ),
    Topic(
        key="training_category",
        title=deferred("培训类别"),
        counted=deferred("学时 × 人次"),
        measure="hours",
        sheet="trainings",
    ),
    Topic(
        key="training_level",
        title=deferred("举办层级"),
        counted=deferred("学时 × 人次"),
        measure="hours",
        sheet="trainings",
    ),
    Topic(
        key="training_provider",
        title=deferred("培训资源"),
        counted=deferred("学时 × 人次"),
        measure="hours",
        sheet="trainings",
    ),
    Topic(
        key="training_mode",
        title=deferred("培训方式"),
        counted=deferred("学时 × 人次"),
        measure="hours",
        sheet="trainings",
    ),
)
BESIDE = {kpi.key: "trainings" for kpi in training.KPIS}
"""The KPIs beside which the topics of a sheet stand too, on the KPI's own page."""


def name(category: object) -> str:
    """A category in the reader's language, as it stands in the data where it has no translation."""
    return choice(str(category))


@dataclass(frozen=True, kw_only=True)
class Share:
    """A category's amount and share, of the month and of twelve; those of a month not reported are None.

    ``senior``: attendances of section chiefs and above in twelve months, ``senior_out_of`` those of all officers at the
    courses that state them; None where none does.
    """

    name: str
    month: float | None
    of_month: float | None
    year: float
    of_year: float
    senior: int | None = None
    senior_out_of: int | None = None


def shares(topic: Topic, rows: Sequence[Row], *, month_is_known: bool) -> list[Share]:
    """The categories of a topic, largest first and 其他 last; what was not reported is not 0."""
    month = sum(row[f"month_{topic.measure}"] for row in rows)
    year = sum(row[f"year_{topic.measure}"] for row in rows)
    found = sorted(rows, key=lambda row: (row["category"] == "其他", -row[f"year_{topic.measure}"]))
    return [
        Share(
            name=name(row["category"]),
            month=row[f"month_{topic.measure}"] if month_is_known else None,
            of_month=row[f"month_{topic.measure}"] / month if month_is_known and month else None,
            year=row[f"year_{topic.measure}"],
            of_year=row[f"year_{topic.measure}"] / year if year else 0.0,
            senior=row["year_senior"],
            senior_out_of=row["year_senior_out_of"],
        )
        for row in found
    ]


def drawing(found: Sequence[Share], label: str) -> str:
    """A bar a category: its share of twelve months, a tick at its share of the month, both in figures."""
    longest = max(max(each.of_month or 0, each.of_year) for each in found)
    lines = "".join(_line(place, each, longest) for place, each in enumerate(found, start=1))
    heads = "".join(
        f'<text x="{x}" y="15" text-anchor="end" font-size="13.5" fill="{GREY}">{escape(text)}</text>'
        for x, text in ((MONTH_AT, t("当月")), (YEAR_AT, t("近12个月")))
    )
    height = LINE * (len(found) + 1)
    return (
        f'<svg class="unit-shares" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{heads}{lines}</svg>"
    )


def _line(place: int, share: Share, longest: float) -> str:
    y, scale = place * LINE, BAR / longest if longest else 0
    tick = NAME + (share.of_month or 0) * scale
    mark = f'<line x1="{tick:.1f}" x2="{tick:.1f}" y1="{y + 3}" y2="{y + 21}" stroke="{INK}" stroke-width="2"></line>'
    return (
        f'<text x="0" y="{y + 17}" font-size="13.5" fill="{INK}"{_fitted(share.name)}>{escape(share.name)}</text>'
        f'<rect x="{NAME}" y="{y + 6}" width="{share.of_year * scale:.1f}" height="12" fill="#C9CDD2"></rect>'
        f"{mark if share.of_month else ''}"
        f"{_figures(MONTH_AT, y + 17, share.month, share.of_month)}"
        f"{_figures(YEAR_AT, y + 17, share.year, share.of_year)}"
    )


def _fitted(text: str) -> str:
    """A long name is drawn together rather than over its bar."""
    wide = sum(13.5 if ord(sign) > 0x2E80 else 7 for sign in text)
    return f' textLength="{NAME - 6}" lengthAdjust="spacingAndGlyphs"' if wide > NAME - 4 else ""


def _figures(x: int, y: int, amount: float | None, share: float | None) -> str:
    shown = format.whole(amount)
    if share is not None:
        shown += f" · {format.number(share * 100, 0)}%"
    return f'<text x="{x}" y="{y}" text-anchor="end" font-size="13.5" fill="{INK}">{escape(shown)}</text>'


def legend(*, month_is_known: bool) -> str:
    """How to read a bar, as HTML."""
    month = f' <i class="tick"></i>{escape(t("当月占比"))}' if month_is_known else ""
    unknown = "" if month_is_known else f" · {escape(t('当月没有报表'))}"
    return f'<span class="unit-key"><i class="bar"></i>{escape(t("近12个月占比"))}{month}{unknown}</span>'


def senior_text(found: Sequence[Share]) -> str:
    """Attendances of section chiefs and above, category by category, and their share of the officers'."""
    stated = [share for share in found if share.senior is not None]
    if not stated:
        return ""
    senior, out_of = (sum(getattr(share, name) for share in stated) for name in ("senior", "senior_out_of"))
    return t(
        "近12个月科级以上{senior}人次，占填报了此项的执法人员实训{out_of}人次的{share}%（{parts}）。",
        senior=format.whole(senior),
        out_of=format.whole(out_of),
        share=format.number(senior / out_of * 100, 1) if out_of else format.MISSING,
        parts=listed([f"{share.name} {format.whole(share.senior)}" for share in stated]),
    )


def table(topic: Topic, found: Sequence[Share]) -> pl.DataFrame:
    """The categories as they are taken away."""
    return pl.DataFrame(
        [
            {
                t(topic.title): share.name,
                t("当月"): share.month,
                t("当月占比"): share.of_month,
                t("近12个月"): share.year,
                t("近12个月占比"): share.of_year,
            }
            | _senior(topic, share)
            for share in found
        ],
        infer_schema_length=None,
    )


def _senior(topic: Topic, share: Share) -> dict[str, int | None]:
    if topic.sheet != "trainings":
        return {}
    return {
        t("近12个月科级以上人次"): share.senior,
        t("其填报范围内的执法人员人次"): share.senior_out_of,
    }
