"""A table of figures, as a page shows it and as a CSV file has it."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from reports.charts import format_value
from reports.figures import FIGURES, Figure
from reports.measuring import measure


@dataclass(frozen=True)
class Cell:
    """url: the list of what the value was computed from. None means nothing was measured.

    unit: of reports.charts.format_value.
    """

    value: float | None
    unit: str = "count"
    url: str = ""

    @property
    def text(self):
        value = self.value if self.value is None or self.unit != "percent" else round(self.value)
        return format_value(value, self.unit)

    @property
    def raw(self):
        """Durations in whole seconds."""
        return "" if self.value is None else round(self.value)

    @property
    def markup(self):
        """Return it as HTML. Not a template, because a table has thousands of cells."""
        if self.url:
            return format_html('<a href="{}">{}</a>', self.url, self.text)
        css_class = "" if self.value else mark_safe(' class="none"')
        return format_html("<span{}>{}</span>", css_class, self.text)

    def share_of(self, total):
        """Return the cell with its percentage of a total, computed from the same facts."""
        return Cell(100 * self.value / total, "percent", self.url)


@dataclass(frozen=True)
class Column:
    """A column that isn't a figure."""

    label: str
    formula: str = ""
    unit: str = "count"


@dataclass(frozen=True)
class Row:
    """url: the same page, narrowed to the row. key: what its facts have in common."""

    label: str
    cells: list[Cell]
    url: str = ""
    key: object = None


@dataclass(frozen=True)
class Table:
    """name: in the address of its CSV file. head: of the first column."""

    name: str
    title: str
    head: str
    columns: list[Figure | Column]
    rows: list[Row]
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What becomes a row: the value facts are grouped by, its label, and its filters."""

    key: object
    label: str
    filters: dict = field(default_factory=dict)


def list_url(filters, figure, **changes):
    """Return the address of the list of what a figure was computed from."""
    return list_urls(filters, **changes)(figure)


def list_urls(filters, **changes):
    """Return a function that makes the addresses of lists that differ only in the figure."""
    page = reverse("report-list", args=[filters.workspace.slug])
    query = filters.query_with(**changes)
    return lambda figure: f"{page}?{urlencode({'figure': figure.name})}&{query}"


def cells_of(filters, names, values, **changes) -> list[Cell]:
    """Return a cell for each figure. changes: what narrows the filters for its list."""
    url = list_urls(filters, **changes)
    return [cell_of(FIGURES[name], values.get(name), url) for name in names]


def cell_of(figure, value, url):
    """value: None if there is nothing, which is 0 for a count."""
    if value is None:
        return Cell(0 if figure.unit == "count" else None, figure.unit)
    return Cell(value, figure.unit, url(figure))


def grouped_table(name, *, title, head, filters, figures, groups, by, has="", rules=(), note=""):
    """Return a table with a row for each group. by: the column of the facts they differ in, or a
    Split or Labels.

    groups: a function that makes them from the values that occur. has: count only facts with a
    value in this column. rules: count only these.
    """
    facts = filters.facts().filter(rule__in=rules) if rules else filters.facts()
    facts = facts.filter(**{f"{has}__isnull": False}) if has else facts
    only = {"rule": ",".join(sorted(rules))} if rules else {}
    values = measure(facts, figures, column=filters.column, by=(by,))
    rows = [
        Row(
            group.label,
            cells_of(filters, figures, values.get((group.key,), {}), **group.filters, **only),
            f"?{filters.query_with(**group.filters)}",
            group.key,
        )
        for group in groups({key for (key,) in values})
    ]
    columns = [FIGURES[each] for each in figures]
    return without_empty_columns(Table(name, title, head, columns, rows, note))


def without_empty_columns(table):
    """Leave out optional figures that no row has, such as ratings where no one is asked."""
    kept = [
        number
        for number, figure in enumerate(table.columns)
        if not getattr(figure, "is_optional", False)
        or any(row.cells[number].url for row in table.rows)
    ]
    rows = [replace(row, cells=[row.cells[each] for each in kept]) for row in table.rows]
    return replace(table, columns=[table.columns[each] for each in kept], rows=rows)
