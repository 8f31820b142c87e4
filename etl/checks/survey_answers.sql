-- Satisfied answers are among the valid ones.
select level, unit_code, wave from mart_survey where satisfied > answers or satisfied < 0
