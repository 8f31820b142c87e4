"""审计: 谁做过什么? The latest acts, narrowed down; verified and taken away."""

import streamlit as st

from dashboard.access.doors import doors
from dashboard.components import accounts_page, audit_page, exhibit, page
from dashboard.components.exhibit import Exhibit
from dashboard.i18n import t
from dashboard.queries import people
from dashboard.services import people as service

here, principal = doors(), people.principal()
page.head(t("审计"), [t("核验逐条核对封印，看有没有被改动或删减"), t("导出本身也记入审计")])
with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="audit_filters"):
    wanted = audit_page.filters(service.kinds_of_acts(here, principal))
    verifying = st.button(t("核验"), key="audit_verify")
    exporting = st.button(t("准备导出"), key="audit_export")
if verifying:
    with st.spinner(t("正在逐条核验…")):
        audit_page.verified(service.verify_audit(here, principal))
if exporting:
    audit_page.exported(service.export_acts(here, principal, wanted), here.now())

before = st.session_state.get(audit_page.BEFORE) or None
rows = service.read_acts(here, principal, wanted, before=before, limit=service.ON_PAGE + 1)
more, rows = rows[service.ON_PAGE :], rows[: service.ON_PAGE]
shown = Exhibit(title=audit_page.title(rows), name=exhibit.file_name(t("审计记录")))
exhibit.show(shown, audit_page.body(rows, accounts_page.unit_names(here.campaign())), key="audit")
with st.container(horizontal=True, gap="small", key="audit_pages"):
    if more:
        st.button(t("更早"), key="audit_earlier", on_click=audit_page.earlier, args=(rows[-1]["sequence"],))
    if before:
        st.button(t("回到最新"), key="audit_latest", on_click=audit_page.latest)
