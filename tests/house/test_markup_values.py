"""Our format_html() escapes what Django's does."""

from uuid import UUID

import pytest
from django.utils import html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from inbox.models import Conversation
from messagehub.lib.markup import format_html, format_html_join

VALUES = st.one_of(
    st.text(),
    st.text("<>&'\"x"),
    st.text().map(mark_safe),
    st.integers(),
    st.uuids(),
    st.booleans(),
    st.none(),
    st.floats(),
)


class Name(str):
    __slots__ = ()


class Sneaky:
    def __str__(self):
        return "<script>"


class Marked:
    def __html__(self):
        return "<b>bold</b>"


@given(st.lists(VALUES, min_size=2, max_size=2), VALUES)
def test_any_values_come_out_as_from_django(values, named):
    arguments = ('<a title="{}">{}</a>{named}', *values)
    ours = format_html(*arguments, named=named)
    assert ours == html.format_html(*arguments, named=named)
    assert type(ours) is SafeString
    rows = [values, values[::-1]]
    joined = format_html_join("<br>", "<i>{}</i>{}", rows)
    assert joined == html.format_html_join("<br>", "<i>{}</i>{}", rows)
    assert type(joined) is SafeString


@pytest.mark.parametrize(
    "value",
    [
        Name("<b>"),
        Sneaky(),
        Marked(),
        gettext_lazy("Open"),
        UUID(int=1),
        Conversation.Status.OPEN,
        Conversation.Priority.HIGH,
        ["<"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_unusual_values_come_out_as_from_django(value):
    assert format_html("<p>{}</p>", value) == html.format_html("<p>{}</p>", value)
    assert "<script>" not in format_html("{}", value)
