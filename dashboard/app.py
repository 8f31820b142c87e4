"""The dashboard as a server: the gate first, our own routes, then the pages. Start: streamlit run dashboard/app.py."""

import streamlit as st
from starlette.middleware import Middleware

from dashboard.access import sign_in
from dashboard.access.doors import doors
from dashboard.access.gate import Gate

here = doors()
app = st.App("frame.py", routes=sign_in.routes(here), middleware=[Middleware(Gate, doors=here)])
