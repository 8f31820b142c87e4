-- One row a case in a submission's complaint log, with what counts about it as flags.
select
    submission_id,
    "row",
    reporting_code,
    unit as leaf_code,
    period as month,
    complaint_id,
    channel,
    matter,
    date_trunc('month', received_at)::date as received_month,
    date_trunc('month', due_at)::date as due_month,
    due_at::date as due_on,
    excluded_reason = '无' as is_valid,
    complaint_kind = '执法行为投诉' as is_conduct,
    finding in ('属实', '部分属实') as is_substantiated,
    finding in ('属实', '部分属实', '不属实') as is_answered,
    repeat_of is not null as is_repeat,
    confirmed = '解决' as is_resolved,
    confirmed in ('解决', '未解决') as is_resolution_answered,
    callback in ('满意', '基本满意') as is_callback_satisfied,
    callback in ('满意', '基本满意', '不满意') as is_callback_answered,
    responded_at is not null as is_contact_stated,
    -- Of a time that is not stated only the day is known: then the day of receipt and the next one count.
    case
        when received_at::time = time '00:00' or responded_at::time = time '00:00'
            then responded_at::date <= received_at::date + 1
        else responded_at <= received_at + interval 1 day
    end as is_contacted_in_a_day,
    closed_on_time is not null as has_flag,
    coalesce(closed_at <= due_at, closed_on_time, false) as is_on_time,
    focus_area is not distinct from '逐利执法与廉政风险' as is_withheld
from rows_complaints
