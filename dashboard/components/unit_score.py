"""A unit's own draft score, item by item, for those who see no rank before it is published."""

from __future__ import annotations

from datetime import date
from html import escape

from dashboard import format
from dashboard.components import exhibit, headings, ranking_explained
from dashboard.components.exhibit import Exhibit
from dashboard.components.notation import Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_words import reason, unranked_text
from dashboard.components.score_change import score_change, sentence
from dashboard.i18n import of, t
from dashboard.queries import builds, rankings
from dashboard.queries.units import Unit
from dashboard.state import Filters
from metrics.period import add_months
from metrics.scorecard import Scorecard
from metrics.scoring import UnitScore


def show(filters: Filters, picked: Unit, today: date, *, simulated: bool) -> None:
    """The draft score of a reporting unit and what it is made of; nothing for others or without a scorecard."""
    card = builds.scorecard(filters.build, filters.month)
    if card is None or picked["level"] != builds.dimensions(filters.build).reporting_level:
        return
    ranking, name = (
        _own(filters, card, picked, today),
        builds.unit_names(filters.build)[str(picked["unit_code"])],
    )
    unit = _score(filters, filters.month, picked, today)
    before = _score(filters, add_months(filters.month, -1), picked, today)
    scored = unit is not None and unit.score is not None
    shown = Exhibit(
        title=headings.title(name, t("预评分"), filters.month, filters.period or "month"),
        name=exhibit.file_name(f"{filters.month:%Y-%m}", name, t("预评分")),
        notes=[
            escape(
                t(
                    "按现有数据和现行评分办法（{card}）算出，审核、冻结之前还会变；名次以冻结后公布的为准。",
                    card=of(card, "title"),
                )
            )
        ],
        table=ranking_explained.table(ranking, unit, before) if scored else None,
        simulated=simulated,
    )
    exhibit.show(shown, _body(ranking, unit, before, picked), key="unit_score")


def _own(filters: Filters, card: Scorecard, picked: Unit, today: date) -> Ranking:
    """The unit's row of the ranking, with nobody beside it."""
    code, dimensions = str(picked["unit_code"]), builds.dimensions(filters.build)
    rows = rankings.ranking(filters.build, filters.month, None, today, filters.period)
    return Ranking(
        by=None,
        accent=filters.kpi,
        level=headings.level_title(dimensions, dimensions.reporting_level),
        rows=[row for row in rows if row["unit_code"] == code],
        before=[],
        groups=[],
        names={code: builds.unit_names(filters.build, short=True)[code]},
        figures=[],
        picked=None,
        coverage_rule=card.coverage_rule,
        kinds={item.kpi: item.period or filters.period or "month" for item in card.items},
    )


def _score(filters: Filters, month: date, picked: Unit, today: date) -> UnitScore | None:
    if month not in builds.shown_months(filters.build) or builds.scorecard(filters.build, month) is None:
        return None
    scores = rankings.unit_score_list(filters.build, month, today, filters.period)
    return ranking_explained.picked(scores, str(picked["unit_code"]))


def _body(ranking: Ranking, unit: UnitScore | None, before: UnitScore | None, picked: Unit) -> str:
    """Score, coverage, red lines, what moved it; then the items."""
    (row,) = ranking.rows
    if unit is None or unit.score is None:
        return f'<p class="ranking-facts">{escape(reason(row))}</p>'
    score = t("{score}分", score=ranking.shown[str(picked["unit_code"])])
    change = score_change(before, unit)
    facts = [
        f"<b>{escape(score)}</b> · {escape(_covered(ranking, unit, row))}",
        ranking_explained.red_lines(row),
        escape(sentence(change)),
    ]
    told = "".join(f"<p>{fact}</p>" for fact in facts if fact)
    items = ranking_explained.items(ranking, unit, change)
    return f'<div class="ranking-why"><div class="ranking-facts">{told}</div>{items}</div>'


def _covered(ranking: Ranking, unit: UnitScore, row: Row) -> str:
    """How much of the weights has data, and where that is too little to be ranked."""
    if unit.status != "ranked":
        return unranked_text(ranking, row)
    return t("有数据的权重占{share}%", share=format.number(100 * float(unit.coverage), 0))
