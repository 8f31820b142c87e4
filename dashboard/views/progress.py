"""进度: under construction in this checkout."""

from dashboard.components import page

page.head("进度", [])
