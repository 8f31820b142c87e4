-- One row a surveyed unit and wave: valid answers and the satisfied among them.
select
    survey.submission_id,
    survey."row",
    unit.level,
    unit.unit_code,
    survey.collector,
    survey.wave,
    survey.ended_on,
    false as is_withheld,
    survey.n_very_satisfied + survey.n_satisfied + survey.n_fairly_satisfied as satisfied,
    survey.n_very_satisfied + survey.n_satisfied + survey.n_fairly_satisfied + survey.n_dissatisfied as answers
from fct_survey as survey
join dim_unit as unit on unit.unit_code = survey.unit and not unit.own_office
