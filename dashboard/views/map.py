"""地图: under construction in this checkout."""

from dashboard.components import page

page.head("地图", [])
