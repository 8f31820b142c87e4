"""The dashboard as a server: the gate first, our own routes, then the pages. Start: streamlit run dashboard/app.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from dashboard import warming
from dashboard.access import sign_in
from dashboard.access.doors import doors
from dashboard.access.gate import Gate
from dashboard.services import files
from dashboard.services.keeping import purge_hourly
from dashboard.services.publishing import up_to_date

here = doors()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """What a server does before it answers: publish what one that was stopped had only accepted; and beside it: purge, make pages ready."""
    up_to_date(here)
    purging, ready = asyncio.create_task(purge_hourly(here)), warming.start()
    yield
    ready.set()
    purging.cancel()


app = st.App(
    "frame.py",
    lifespan=lifespan,
    routes=[*sign_in.routes(here), *files.routes(here)],
    middleware=[Middleware(Gate, doors=here)],
)
