"""For migrations: clean names that were stored before messagehub.lib.invisible existed."""

from django.db.models import Model

from messagehub.lib.invisible import clean_line
from messagehub.lib.name_comparison import folded_name


def clean_column(model: type[Model], field: str, *, empty: str) -> None:
    """Clean the stored lines of a column; `empty` replaces a text without visible characters."""
    longest = model._meta.get_field(field).max_length
    for row in model.objects.exclude(**{field: ""}).only(field).iterator():
        stored = getattr(row, field)
        cleaned = clean_line(stored)[:longest] or empty
        if cleaned != stored:
            model.objects.filter(pk=row.pk).update(**{field: cleaned})


def number_doubles(model: type[Model]) -> None:
    """Append a number to names that have become equal within their workspace."""
    longest = model._meta.get_field("name").max_length
    rows = list(model.objects.annotate(compared=folded_name("name")).order_by("pk"))
    taken = {(row.workspace_id, row.compared) for row in rows}
    seen = set()
    for row in rows:
        if (row.workspace_id, row.compared) in seen:
            number = 2
            while (row.workspace_id, f"{row.compared} {number}") in taken:
                number += 1
            name = f"{row.name[: longest - len(str(number)) - 1]} {number}"
            taken.add((row.workspace_id, f"{row.compared} {number}"))
            model.objects.filter(pk=row.pk).update(name=name)
        seen.add((row.workspace_id, row.compared))
