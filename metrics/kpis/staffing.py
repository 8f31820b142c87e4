"""队伍: officers against residents, certificates, posts (阳宗海 2017 三(二)9、12;江汉 2021 二(二)7、8)."""

from metrics.kpi import Kpi

OFFICERS_PER_10K = Kpi(
    key="officers_per_10k",
    title_zh="万人执法人员配备",
    title_en="Officers per 10,000 residents",
    question_zh="每万名居民有多少名在岗执法人员？",
    question_en="How many officers are on duty for 10,000 residents?",
    numerator_zh="在编在岗执法人员数（不含协管人员）",
    numerator_en="enforcement officers on duty, auxiliaries excluded",
    denominator_zh="常住人口（有暂住人口数的加暂住人口）",
    denominator_en="reference population: resident, plus temporary where the campaign has it",
    sheet="basics",
    numerator="officers",
    denominator="staffing_population",
    cases="numerator",
    factor=10_000,
    unit_zh="人/万人",
    unit_en="per 10,000",
    decimals=2,
    direction="up",
    over_time="last",
    needs_population=True,
    core=True,
    note_zh="按整数比较：人员数 × 10000 ≥ 5 × 人口；默认不计分",
    note_en="Compared in integers: officers x 10000 >= 5 x population; not scored by default",
)

OFFICERS_GAP = Kpi(
    key="officers_gap",
    title_zh="执法人员缺口",
    title_en="Officers short of the standard",
    question_zh="按万分之五的标准，还差多少名执法人员？",
    question_en="How many officers are missing against five in ten thousand?",
    numerator_zh="max(0，⌈标准 × 人口 ÷ 10000⌉ − 在编在岗执法人员数)",
    numerator_en="max(0, ceiling(standard x population / 10000) - officers)",
    sheet="basics",
    numerator="officers",
    cases="numerator",
    factor=1,
    unit_zh="人",
    unit_en="officers",
    decimals=0,
    direction="down",
    over_time="last",
    needs_population=True,
    own_total=True,
    note_zh="县与州（市）按本单位合计数计算；全省为已报州（市）之和",
    note_en="On a unit's own totals for a county and a prefecture; for the province the sum over reporting prefectures",
)


def _share_of_officers(key: str, title_zh: str, title_en: str, numerator: str, **more: object) -> Kpi:
    return Kpi(
        key=key,
        title_zh=title_zh,
        title_en=title_en,
        denominator_zh="在编在岗执法人员数",
        denominator_en="officers on duty",
        sheet="basics",
        numerator=numerator,
        denominator="officers",
        over_time="last",
        **more,
    )


CERTIFIED_RATE = _share_of_officers(
    "certified_rate",
    "持证上岗率",
    "Certified officers",
    "certified_officers",
    question_zh="在岗执法人员是否都持证？",
    question_en="Do all officers on duty hold a certificate?",
    numerator_zh="持证执法人员数",
    numerator_en="certified officers",
    direction="up",
)
FRONTLINE_RATE = _share_of_officers(
    "frontline_rate",
    "一线执法人员占比",
    "Front-line officers",
    "frontline_officers",
    question_zh="多少执法人员在一线？",
    question_en="How many officers work on the front line?",
    numerator_zh="一线执法人员数",
    numerator_en="front-line officers",
    direction="up",
)
AUXILIARIES_PER_OFFICER = _share_of_officers(
    "auxiliaries_per_officer",
    "协管人员比",
    "Auxiliaries per officer",
    "auxiliaries",
    question_zh="每名执法人员对应多少名协管人员？",
    question_en="How many auxiliaries are there for an officer?",
    numerator_zh="协管人员数",
    numerator_en="auxiliary staff",
    factor=1,
    unit_zh="人/人",
    unit_en="per officer",
    decimals=2,
    direction="down",
    note_zh="看变化趋势（逐步减少）",
    note_en="Judged by its trend (to fall step by step)",
)
POSTS_FILLED_RATE = Kpi(
    key="posts_filled_rate",
    title_zh="编制使用率",
    title_en="Posts filled",
    question_zh="核定编制用了多少？有没有超编？",
    question_en="How many authorised posts are filled, and are any exceeded?",
    numerator_zh="在编人数",
    numerator_en="persons on authorised posts",
    denominator_zh="核定执法编制数",
    denominator_en="authorised posts",
    sheet="basics",
    numerator="posts_filled",
    denominator="posts",
    direction="context",
    over_time="last",
    note_zh="超过100%即为超编，须标出",
    note_en="Above 100 is flagged",
)

KPIS = (
    OFFICERS_PER_10K,
    OFFICERS_GAP,
    CERTIFIED_RATE,
    FRONTLINE_RATE,
    AUXILIARIES_PER_OFFICER,
    POSTS_FILLED_RATE,
)
