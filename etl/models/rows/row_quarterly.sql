-- One row a unit and quarter's last month of case files and disputes, as it stands there.
select
    submission_id,
    "row",
    unit_code as leaf_code,
    period as month,
    false as is_withheld,
    files_reviewed,
    files_excellent,
    files_excellent + files_pass as files_passed,
    reconsiderations_concluded,
    reconsiderations_corrected,
    lawsuits_judged,
    lawsuits_lost
from rows_quarterly
