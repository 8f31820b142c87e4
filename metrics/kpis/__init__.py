"""The KPIs of the campaign: one entry each, one file a theme, in the order in which pages list them."""

from metrics.kpi import Kpi
from metrics.kpis import complaints, legality, rectification, satisfaction, staffing, training

KPIS: dict[str, Kpi] = {
    kpi.key: kpi
    for theme in (satisfaction, complaints, training, staffing, legality, rectification)
    for kpi in theme.KPIS
}
REPORTING = tuple(kpi.key for kpi in KPIS.values() if kpi.about_reports)
"""The KPIs that judge the reports themselves and not the work they tell of."""
