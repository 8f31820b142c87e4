-- One row a verified event: of rows with the same number, the latest register's counts.
select *
from rows_events
qualify row_number() over (partition by event_id order by period desc) = 1
