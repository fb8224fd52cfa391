"""Choosing a time zone."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from teams.time_zones import zone_names


class Select(forms.Select):
    """A template for each of six hundred options took longer than the rest of the page."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = str(value or "")
        selected = {True: mark_safe(" selected"), False: ""}
        rows = ((each, selected[each == chosen], label) for each, label in self.choices)
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', rows)
        attrs = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(attrs), options)


class ZoneField(forms.ChoiceField):
    """A zone's name."""

    widget = Select

    def __init__(self, **options):
        super().__init__(label=_("Time zone"), choices=list_zones, **options)

    def offer_none(self, words):
        """Also nothing, under these words."""
        self.choices = [("", words), *list_zones()]


def list_zones():
    return [(zone, zone) for zone in zone_names()]
