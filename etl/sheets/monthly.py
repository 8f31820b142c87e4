"""月度情况: what each county's team did in the month (flows)."""

from etl.schema import Column, Sheet, at_most
from etl.sheets.unit_columns import UNIT_COLUMNS


def flow(name: str, title_zh: str, title_en: str, unit: str, note_zh: str = "", note_en: str = "") -> Column:
    """A count of what happened in the period; 不适用 where the unit has no such task."""
    return Column(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        type="integer",
        unit=unit,
        kind="flow",
        minimum=0,
        not_applicable=True,
        note_zh=note_zh or "只填本期数，不填累计数",
        note_en=note_en or "This period only, not cumulative",
    )


SHEET = Sheet(
    key="monthly",
    title_zh="月度情况",
    title_en="Monthly figures",
    purpose_zh="本月执法行动、法制审核、公开、处置和进社区（流量）",
    purpose_en="Actions, legal review, publication, disposals and community service in the month (flows)",
    layout="table",
    rows="units",
    unique=("unit_code",),
    columns=(
        *UNIT_COLUMNS,
        flow("actions", "执法行动次数", "Enforcement actions", "次"),
        flow(
            "actions_two_recorders",
            "使用2部以上执法记录设备的执法行动次数",
            "Actions with two or more recorders",
            "次",
        ),
        flow("major_decisions", "重大执法决定数", "Major enforcement decisions", "件"),
        flow(
            "major_decisions_reviewed", "经法制审核的重大执法决定数", "Major decisions legally reviewed", "件"
        ),
        flow("penalties_due", "应公开行政处罚决定数", "Penalty decisions due for publication", "件"),
        flow("penalties_published", "按期公开行政处罚决定数", "Penalty decisions published in time", "件"),
        flow("disposals", "执法处置总件数", "Disposals", "件"),
        flow(
            "disposals_non_coercive",
            "运用非强制行政手段处置件数(指导、奖励、扶助、调解)",
            "Disposals by non-coercive means",
            "件",
        ),
        flow("communities", "社区总数", "Communities", "个"),
        flow("communities_served", "开展城市管理进社区的社区数", "Communities served", "个"),
    ),
    rules=(
        at_most(
            "actions_two_recorders",
            "actions",
            "must",
            "使用2部以上记录设备的次数不超过执法行动次数",
            "Actions with two recorders do not exceed actions",
        ),
        at_most(
            "major_decisions_reviewed",
            "major_decisions",
            "must",
            "经法制审核数不超过重大执法决定数",
            "Reviewed decisions do not exceed major decisions",
        ),
        at_most(
            "penalties_published",
            "penalties_due",
            "must",
            "按期公开数不超过应公开数",
            "Published decisions do not exceed those due",
        ),
        at_most(
            "disposals_non_coercive",
            "disposals",
            "must",
            "非强制手段处置件数不超过处置总件数",
            "Non-coercive disposals do not exceed disposals",
        ),
        at_most(
            "communities_served",
            "communities",
            "must",
            "开展进社区的社区数不超过社区总数",
            "Communities served do not exceed communities",
        ),
    ),
)
