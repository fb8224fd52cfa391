"""Draw charts as HTML and SVG on the server.

Everything is done by classes (static/css/charts.css) and presentation attributes, because the
Content-Security-Policy allows neither inline styles nor inline scripts. The SVGs have no text but
the labels of the horizontal axis, and no size of their own: positions are percentages, so charts
take any width without distorting letters and dots.
"""

from reports.charts.bars import bar_chart, bar_list
from reports.charts.formats import format_value
from reports.charts.heat_map import heat_map
from reports.charts.lines import line_chart, sparkline

__all__ = [
    "bar_chart",
    "bar_list",
    "format_value",
    "heat_map",
    "line_chart",
    "sparkline",
]
