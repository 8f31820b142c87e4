"""审核: 这份可信吗? A month's queue, one submission with reasons and changes, the decision, 销号, extensions, the lock."""

from dashboard import format, state
from dashboard.access.doors import doors
from dashboard.access.principal import may
from dashboard.components import (
    page,
    press,
    review_closing,
    review_decisions,
    review_extensions,
    review_figures,
    review_page,
)
from dashboard.i18n import t
from dashboard.queries import builds, people
from dashboard.services import closing, review_queue, reviewing

filters, principal, here = state.filters(), people.principal(), doors()
period, units = f"{filters.month:%Y-%m}", people.unit_names()
top = here.campaign().top
names = units if top.code in units else units | {top.code: t("{unit}登记表", unit=top.name)}

rows = review_queue.queue(here, principal, period)
locks = reviewing.locks(here, principal, period)
frozen = bool(locks) and bool(locks[-1]["is_frozen"])
picked = filters.unit if filters.unit in {each.submission.unit_code for each in rows} else ""
if not picked and rows:
    picked = rows[0].submission.unit_code

page.head(
    t("{month}审核", month=format.month(filters.month)),
    [],
    review_page.sentence(
        rows, units, review_queue.waiting_elsewhere(here, principal, period), is_frozen=frozen
    ),
)
with press.told():
    review_page.queue(here, rows, names, picked, is_frozen=frozen)
    if not frozen:
        review_page.following(rows, names, picked)
    cases = [each.submission for each in rows if each.submission.unit_code == picked]
    for number, held in enumerate(cases if may(principal, "submission.read") else []):
        found = review_queue.case(here, principal, held.submission_id)
        review_page.case(found, names.get(picked, picked), principal)
        if not number and may(principal, "unit.compare"):
            review_figures.show(filters, held, builds.today())
        if not frozen:
            later = next((each for each in cases if each.revision > held.revision), None)
            review_decisions.decide(here, principal, found, names.get(picked, picked), later=later)
    if may(principal, "submission.read"):
        review_closing.show(here, principal, closing.closing(here, principal, period), names, picked)
        review_extensions.show(here, principal, period, names, is_frozen=frozen)
    review_decisions.month(here, principal, period, is_frozen=frozen)
