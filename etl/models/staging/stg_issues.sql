-- One row an issue in a submission's ledger; an issue counts as closed with its closing date, and is
-- confirmed once the province has closed it (销号), which a unit cannot say of its own.
select
    submission_id,
    "row",
    reporting_code,
    unit as leaf_code,
    period as month,
    issue_id,
    found_on,
    due_on,
    case when status in ('已整改', '已销号') then closed_on end as closed_on,
    status = '已销号' as is_confirmed,
    focus_area is not distinct from '逐利执法与廉政风险' as is_withheld
from rows_issues
