"""How units are scored, ranked and compared, in words: one entry a term, its numbers those the program goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import format
from dashboard.components.ranking_facts import CONTEST
from dashboard.components.ranking_heat import STEPS
from dashboard.i18n import deferred, listed, of, t
from dashboard.queries.attention import MONTHS_IN_A_ROW
from metrics.funnel import TAILS
from metrics.kpis import KPIS
from metrics.rank_band import DRAWS, PERCENTILES, WEIGHT_SPREAD
from metrics.scorecard import Scorecard
from metrics.scoring import FULL_SCORE


@dataclass(frozen=True, kw_only=True)
class Method:
    """A term and what it means; ``of_score`` where it means nothing without a scorecard."""

    title: str
    text: str
    of_score: bool = False


METHODS = (
    Method(
        title=deferred("得分"),
        text=deferred(
            "每项得分＝权重×（数值－下限）÷（满分线－下限），不低于0、不高于权重，各项相加为总分，满分{full}分。"
            "不适用或样本不足的项不计权重，其余各项按比例放大；应报未报的项照计权重，得0分。"
        ),
        of_score=True,
    ),
    Method(
        title=deferred("失分"),
        text=deferred("一项的满分减去得分。格子颜色按失分占该项满分的份额由浅到深分档：{steps}。"),
        of_score=True,
    ),
    Method(
        title=deferred("得分较上月"),
        text=deferred(
            "等于两月所显示得分之差；各项之和等于它（按最大余数取到0.1分）。报送的变化（按时与否、报与未报）与业务的变化分列。"
        ),
        of_score=True,
    ),
    Method(
        title=deferred("◐已评"),
        text=deferred(
            "有可评数据的权重占全部权重的比例，不足100%时写在名次旁；不适用、样本不足的项不计权重，未报的项计权重、得0分。"
        ),
        of_score=True,
    ),
    Method(
        title=deferred("名次"),
        text=deferred(
            "只在同组内比先后，得分相同的并列。有数据的权重不足{coverage}的不排名；同组参评不足{contest}个的不比先后。"
        ),
        of_score=True,
    ),
    Method(
        title=deferred("名次区间"),
        text=deferred(
            "名次有多稳：重算{draws}次，每次让各项权重在±{spread}%内随机变动，并按各自的样本量重抽每个数值，再排一次名次；"
            "取其中第{low}至第{high}百分位的名次。按单项指标排名时没有权重，只重抽数值。"
            "两个单位的区间重叠，先后就可能只是偶然，不宜解读为工作优劣。"
        ),
    ),
    Method(
        title=deferred("名次变化"),
        text=deferred(
            "只在两月都参评的同组单位之间数名次，单位缺报不使别人升降；表、近月名次图、单位页和下载的数据同一算法。"
        ),
    ),
    Method(
        title=deferred("离目标（距达标）"),
        text=deferred(
            "分母不变，分子还差多少件、多少人、多少学时才达标；越低越好的指标是多出多少。按精确值计算，进位取整；"
            "调查按有效问卷份数折算。“离目标最远”按与目标之差占目标的比例比较；目标为0的不比。"
        ),
    ),
    Method(
        title=deferred("连续{months}个月未达标"),
        text=deferred(
            "同一单位的同一指标，本月和之前每个月都判为未达标，共{months}个月。只看有目标、按月判断的指标；"
            "其中有一个月未报、样本不足或不适用的，不算连续。红线另列。"
        ),
    ),
    Method(
        title=deferred("红线"),
        text=deferred(
            "必须为0的认定事项：{red_lines}。触及的不扣分、不改名次，只在名次旁注明（设定值，无文件规定）。"
        ),
        of_score=True,
    ),
    Method(
        title=deferred("95%区间"),
        text=deferred(
            "一个数值本身有多大的偶然性：样本越小，区间越宽。比例按威尔逊法，件数和率按泊松分布；全数统计的（人员、岗位、逾期问题、查实起数等）没有抽样误差，不画区间。"
            "区间跨过目标线的，达标与否可能只是偶然。"
        ),
    ),
    Method(
        title=deferred("单位之间的差别（漏斗图）"),
        text=deferred(
            "分三档。不能区分：本单位95%区间含上级的数值；可能有差别：95%区间不含上级的数值；有差别：又在漏斗图{outer}%控制限之外。"
            "漏斗图以上级的数值为中线，按各单位样本量画{inner}%和{outer}%两道控制限；各单位之间的差别本来就比偶然大时，控制限相应放宽。"
        ),
    ),
    Method(
        title=deferred("同组中位数"),
        text=deferred(
            "同组（县级为同一上级）样本足够的单位按数值排列，居中的那个数；括号内为参加比较的单位数。"
        ),
    ),
    Method(
        title=deferred("时段"),
        text=deferred(
            "惯用时段：每项指标平常看的时段，多数看当月，案卷等季度指标看近12个月，学时等看本年累计。"
            "几个月的数按分子、分母分别相加后再相除，不是各月百分率的平均。"
        ),
    ),
    Method(
        title=deferred("实时数据"),
        text=deferred("用每份月报最新的、未被退回的版本计算，审核前后都可能变；冻结后的月份不再接收新版本。"),
    ),
)


def rows(card: Scorecard | None) -> list[tuple[str, str]]:
    """Each term with its meaning, numbers filled in; without a scorecard those of scores are left out."""
    numbers = _numbers(card)
    return [
        (t(each.title, **numbers), t(each.text, **numbers))
        for each in METHODS
        if card is not None or not each.of_score
    ]


def _numbers(card: Scorecard | None) -> dict[str, object]:
    low, high = PERCENTILES
    alert, alarm = TAILS
    return {
        "full": FULL_SCORE,
        "steps": listed([t("{share}%以内", share=format.plain(step * 100)) for step in STEPS]),
        "coverage": "" if card is None else f"{format.plain(float(card.coverage_rule * 100))}%",
        "contest": CONTEST,
        "draws": DRAWS,
        "spread": format.plain(WEIGHT_SPREAD * 100),
        "low": format.plain(low * 100),
        "high": format.plain(high * 100),
        "months": MONTHS_IN_A_ROW,
        "red_lines": _red_lines(() if card is None else card.red_lines),
        "inner": format.plain((1 - 2 * alert) * 100),
        "outer": format.plain((1 - 2 * alarm) * 100),
    }


def _red_lines(keys: Sequence[str]) -> str:
    return listed([of(KPIS[key], "title") for key in keys])
