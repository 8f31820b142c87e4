-- One row a surveyed unit and wave: of rows with the same wave, the latest register's counts.
select *
from rows_surveys
qualify row_number() over (partition by unit, wave order by period desc) = 1
