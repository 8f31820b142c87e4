-- The stored issue ledgers; an issue given as rectified that the province has closed is 已销号.
select
    stored.* replace (
        case when stored.status = '已整改' and closure.issue_id is not null then '已销号' else stored.status end
        as status
    )
from stored_issues as stored
left join dim_issue_closure as closure
    on closure.reporting_code = stored.reporting_code and closure.issue_id = stored.issue_id
