"""Invisible characters in every field that reads text."""

from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib.invisible import clean_line, clean_text, is_visible
from messagehub.lib.text import AddressField, LineField, PlainTextField
from tests.clock import takes_less_than

FIELDS = pytest.mark.parametrize("field", [PlainTextField, LineField])
OURS = (PlainTextField, LineField, AddressField)
# These accept one of a fixed set of values, or extract a part of a URL.
CHECKED_OTHERWISE = {"time_zone", "page"}

NOTHING = {
    "zero-width space": "\u200b",
    "Hangul filler": "\u3164",
    "Hangul choseong filler": "\u115f",
    "half-width Hangul filler": "\uffa0",
    "braille blank": "\u2800",
    "soft hyphen": "\u00ad",
    "variation selectors": "\ufe0f\ufe0e\U000e0100",
    "combining marks": "\u0301\u0300",
    "joiners": "\u200d\u200c",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "direction marks": "\u200e\u200f\u061c",
    "overrides": "\u202e\u202c",
    "tags": "\U000e0041\U000e0042",
    "NUL": "\x00",
    "lone surrogate": "\ud83d",
    "Mongolian separator": "\u180e",
    "spaces of every width": "\u00a0\u2003\u3000",
}

KEPT = {
    "family": "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "skin tone and joiner": "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "heart on fire": "\u2764\ufe0f\u200d\U0001f525",
    "rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "pirates": "\U0001f3f4\u200d\u2620\ufe0f",
    "flag of Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "keycap": "1\ufe0f\u20e3",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Hindi": "\u0915\u094d\u200d\u0937",
    "Bengali": "\u09b0\u200d\u09cd\u09af",
    "Khmer": "\u1781\u17d2\u1789\u17bb\u17c6\u200b\u179f\u17bc\u1798",
    "Japanese name": "\u845b\U000e0100\u57ce",
    "Mongolian": "\u182d\u180b",
}

TAKEN_OUT = {
    "phone number": ("call \u202a+1 (555) 010-0199\u202c please", "call +1 (555) 010-0199 please"),
    "address from a web page": ("exam\u00adple\u200b.com\ufeff", "example.com"),
    "marks without a right-to-left letter": ("\u200e2026-11-28\u200e", "2026-11-28"),
    "joiner between Latin letters": ("Auf\u200clage \u200dx", "Auflage x"),
    "joiner at the end of an emoji": ("\U0001f468\u200d", "\U0001f468"),
    "selector after a letter": ("a\ufe0fb", "ab"),
    "hidden text in selectors": ("\U0001f600\ufe0f\U000e0101\U000e0122x", "\U0001f600\ufe0fx"),
    "hidden text in tags": ("hi\U000e0068\U000e0069", "hi"),
    "tags that end no flag": ("\U0001f3f4\U000e0067\U000e0062", "\U0001f3f4"),
    "decomposed": ("Zoe\u0308", "Zo\u00eb"),
    "filler as a space": ("a\u3164b", "a b"),
}


def named(cases):
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


@FIELDS
@named(NOTHING)
def test_a_text_without_visible_characters_is_empty(field, case):
    for typed in (case, f" {case}\r\n{case} "):
        assert field(required=False).clean(typed) == ""
        with pytest.raises(ValidationError) as refused:
            field(error_messages={"required": "Enter a message."}).clean(typed)
        assert refused.value.messages == ["Enter a message."]


@FIELDS
@named(KEPT)
def test_characters_that_change_the_look_are_kept(field, case):
    assert field().clean(case) == case


@FIELDS
@named(TAKEN_OUT)
def test_unintended_characters_are_removed(field, case):
    typed, stored = case
    assert field().clean(typed) == stored


def test_direction_marks_stay_in_right_to_left_text_but_not_in_names():
    typed = "\u05e9\u05dc\u05d5\u05dd C++\u200f!"
    assert PlainTextField().clean(f"\u202b{typed}\u202c") == typed
    assert LineField().clean(typed) == typed.replace("\u200f", "")


@pytest.mark.parametrize(
    "typed",
    [
        "\u200bVera.Ito@Example.com\ufeff",
        " vera.ito@\u00adexample.com\n",
        "ｖｅｒａ．ｉｔｏ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    ],
)
def test_invisible_characters_are_removed_from_email_addresses(typed):
    assert AddressField().clean(typed) == "vera.ito@example.com"


@pytest.mark.parametrize("clean", [clean_text, clean_line])
def test_cleaning_is_idempotent(clean):
    odd = "".join([*NOTHING.values(), *KEPT.values(), "ab1#\n"])

    @given(
        st.text(st.sampled_from(odd), max_size=9) | st.text(st.characters(exclude_categories=()))
    )
    def cleaned(text):
        kept = clean(text)
        assert clean(kept) == kept
        assert kept == "" or is_visible(kept)

    cleaned()


@pytest.mark.parametrize("clean", [clean_text, clean_line, AddressField(required=False).to_python])
@pytest.mark.parametrize(
    "marks",
    ["\u0300\u0316", "\u0315\u0300\u200d", "\u0f73\u0f71", "\uff9e\u0315", "\u0344\u0316\ufe0f"]
    + ["\U0001f600\u200d", "\U0001f3f4\U000e0067", "\n ", "\u0627\u200c\u200c"],
)
def test_hostile_text_takes_linear_time(clean, marks):
    text = "a" + marks * (80_000 // len(marks))
    # Linear work takes a quarter of a second; sorting all those marks takes eight.
    assert takes_less_than(3, lambda: clean(text))


def test_a_letter_keeps_as_many_marks_as_languages_need():
    assert clean_text("a" + "\u0316" * 99 + "\nb") == "a" + "\u0316" * 30 + "\nb"
    for word in ("Việt", "שָׁלוֹם", "हिन्दी"):
        assert clean_text(word) == clean_text(clean_text(word)) != ""


def form_classes(known=forms.BaseForm):
    for each in known.__subclasses__():
        yield each
        yield from form_classes(each)


def test_every_text_field_removes_invisible_characters():
    ours = [
        app.name
        for app in apps.get_app_configs()
        if app.module.__file__.startswith(str(settings.BASE_DIR / app.name))
    ]
    for name in ours:
        for module in walk_packages(import_module(name).__path__, f"{name}."):
            if "form" in module.name:
                import_module(module.name)
    found = {each for each in form_classes() if each.__module__.partition(".")[0] in ours}
    found -= set(map(import_string, settings.ACCOUNT_FORMS.values()))  # see the test below
    assert len(found) > 20
    bare = [
        (form.__name__, name)
        for form in found
        for name, field in form.base_fields.items()
        if type(field) in (forms.CharField, forms.EmailField, forms.URLField, forms.SlugField)
        and not isinstance(field.widget, forms.PasswordInput)
        and name not in CHECKED_OTHERWISE
    ]
    assert bare == []


@pytest.mark.parametrize("name", ["login", "signup", "add_email", "reset_password"])
def test_account_forms_remove_invisible_characters(name, rf):
    fields = import_string(settings.ACCOUNT_FORMS[name])().fields
    assert isinstance(fields.get("email") or fields["login"], AddressField)
