"""季度情况: case-file review, reconsideration and litigation of the quarter, with the quarter's last month."""

import polars as pl

from etl.schema import Rule, Sheet, at_most
from etl.sheets.monthly import flow
from etl.sheets.unit_columns import UNIT_COLUMNS

GRADES = ("files_excellent", "files_pass", "files_fail")

SHEET = Sheet(
    key="quarterly",
    title_zh="季度情况",
    title_en="Quarterly figures",
    purpose_zh="本季度案卷评查、行政复议和行政诉讼（三、六、九、十二月填报）",
    purpose_en="Case-file review, reconsideration and litigation of the quarter (March, June, September, December)",
    layout="table",
    rows="units",
    unique=("unit_code",),
    columns=(
        *UNIT_COLUMNS,
        flow("files_reviewed", "评查案卷数", "Case files reviewed", "卷"),
        flow("files_excellent", "优秀案卷数", "Files graded excellent", "卷"),
        flow("files_pass", "合格案卷数(不含优秀)", "Files graded pass (excellent excluded)", "卷"),
        flow("files_fail", "不合格案卷数", "Files graded fail", "卷"),
        flow("reconsiderations_concluded", "行政复议审结数", "Reconsiderations concluded", "件"),
        flow(
            "reconsiderations_corrected", "行政复议纠错数", "Reconsiderations correcting the decision", "件"
        ),
        flow("lawsuits_judged", "行政诉讼判决数", "Administrative lawsuits judged", "件"),
        flow("lawsuits_lost", "行政诉讼败诉数", "Lawsuits lost", "件"),
    ),
    rules=(
        Rule(
            kind="sum_differs",
            severity="must",
            columns=("files_reviewed", "files_excellent", "files_pass", "files_fail"),
            violated=pl.col("files_reviewed")
            != pl.col("files_excellent") + pl.col("files_pass") + pl.col("files_fail"),
            expected_zh="评查案卷数 = 优秀 + 合格（不含优秀）+ 不合格",
            expected_en="Files reviewed = excellent + pass (excellent excluded) + fail",
        ),
        Rule(
            # Where a grade is 不适用 the sum is unknown, but what is given may still not exceed the whole.
            kind="part_exceeds_whole",
            severity="must",
            columns=("files_reviewed", "files_excellent", "files_pass", "files_fail"),
            violated=pl.any_horizontal(pl.col(GRADES).is_null())
            & (pl.sum_horizontal(GRADES) > pl.col("files_reviewed")),
            expected_zh="各等次案卷数之和不超过评查案卷数",
            expected_en="Files graded do not exceed files reviewed",
        ),
        at_most(
            "reconsiderations_corrected",
            "reconsiderations_concluded",
            "must",
            "纠错数不超过审结数",
            "Corrections do not exceed reconsiderations concluded",
        ),
        at_most(
            "lawsuits_lost",
            "lawsuits_judged",
            "must",
            "败诉数不超过判决数",
            "Lawsuits lost do not exceed those judged",
        ),
    ),
)
