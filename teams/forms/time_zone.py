from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from teams.time_zones import time_zone_names


class FastSelect(forms.Select):
    """Renders without a template per option, which took longer than the rest of the page."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = str(value or "")
        selected = {True: mark_safe(" selected"), False: ""}
        rows = ((each, selected[each == chosen], label) for each, label in self.choices)
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', rows)
        attrs = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(attrs), options)


class TimeZoneField(forms.ChoiceField):
    widget = FastSelect

    def __init__(self, **options):
        super().__init__(label=_("Time zone"), choices=time_zone_choices, **options)

    def allow_empty(self, label):
        """Also offer an empty choice with this label."""
        self.choices = [("", label), *time_zone_choices()]


def time_zone_choices():
    return [(zone, zone) for zone in time_zone_names()]
