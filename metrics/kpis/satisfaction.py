"""群众满意度: what residents say when asked (实施方案 一: 提升群众满意度)."""

from metrics.kpi import FEW_ANSWERS, Kpi

_SHARED = {
    "mart": "mart_survey",
    "sheet": "surveys",
    "numerator": "satisfied",
    "denominator": "answers",
    "numerator_zh": "各被评单位满意比例 × 常住人口之和",
    "numerator_en": "sum over surveyed units of the share satisfied x reference population",
    "denominator_zh": "各被评单位常住人口之和",
    "denominator_en": "sum of the reference population of the surveyed units",
    "direction": "up",
    "over_time": "last_wave",
    "small": FEW_ANSWERS,
    "note_zh": "满意比例 =（很满意+满意+基本满意）÷ 有效回答（不含说不清或拒答）；取截至期末各单位最近一批；"
    "上级按下级被评单位的人口加权，n 为有效回答数",
    "note_en": "Share = (very + satisfied + fairly) / valid answers, unsure excluded; each unit's own last wave "
    "ended by the period's end; a parent is weighted by population over its surveyed children; n = valid answers",
}

SATISFACTION_RATE = Kpi(
    key="satisfaction_rate",
    title_zh="群众满意率（第三方调查）",
    title_en="Public satisfaction (third-party survey)",
    short_zh="群众满意",
    short_en="Public satisf.",
    question_zh="第三方调查中，多少居民对城管执法满意？",
    question_en="In the third-party survey, how many residents are satisfied with enforcement?",
    core=True,
    **_SHARED,
)

SATISFACTION_SELF_RATE = Kpi(
    key="satisfaction_self_rate",
    title_zh="群众满意率（自测）",
    title_en="Public satisfaction (self-collected)",
    question_zh="单位自测中，多少居民表示满意？（仅供参考，不计分）",
    question_en="In self-collected surveys, how many residents are satisfied? (shown beside, never scored)",
    **_SHARED,
)

KPIS = (SATISFACTION_RATE, SATISFACTION_SELF_RATE)
