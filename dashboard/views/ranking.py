"""排名: under construction in this checkout."""

from dashboard.components import page

page.head("排名", [])
