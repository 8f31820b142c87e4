"""报送: 我还差什么? Four steps for the month of one unit: template, upload and check, reasons, submit."""

from dashboard import state
from dashboard.access.doors import doors
from dashboard.components import (
    hand_in_open_work,
    hand_in_page,
    hand_in_steps,
    hand_in_withdrawing,
    page,
    press,
)
from dashboard.components.links import link
from dashboard.i18n import listed
from dashboard.queries import people
from dashboard.services.open_work import open_work
from dashboard.services.standing import open_months, returned_months, standing

filters, principal, here = state.filters(), people.principal(), doors()
names, own = people.unit_names(), sorted(principal.units)
unit = filters.unit if filters.unit in own else own[0]
period = f"{filters.month:%Y-%m}"

found = standing(here, principal, unit, period)
hand_in_page.head(found, open_months(here, principal, unit), returned_months(here, principal, unit), names)
if len(own) > 1:
    page.line(listed([link(names.get(code, code), unit=code) for code in own]))
hand_in_page.reasons_of_return(found)
if not found.is_register:
    hand_in_open_work.show(open_work(here, principal, unit))
with press.told():
    if not found.is_frozen:
        hand_in_steps.template(found)
        if not found.is_register:
            hand_in_steps.merge(here, principal, found)
        hand_in_steps.check(here, found)
        if found.draft is not None and not found.draft.blocking and found.seen_before is None:
            hand_in_steps.explain(here, found)
            hand_in_steps.preview(here, principal, found)
            hand_in_steps.submit(here, found)
    hand_in_page.history(found)
    hand_in_withdrawing.withdraw(here, found)
    hand_in_withdrawing.restore(here, found)
    hand_in_steps.attach(here, principal, found)
