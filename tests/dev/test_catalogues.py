"""What visitors read is translated completely, and the compiled catalogues are up to date."""

import re
from gettext import GNUTranslations

import pytest
from django.utils.translation import to_locale

from widget.management.commands.visitormessages import (
    catalog_path,
    find_messages,
    is_translated,
    read_catalog,
    translated_languages,
)

LANGUAGES = translated_languages()
HELP = "Run `make messages` and translate what it reports (CONTRIBUTING.md)."
# What must be the same in each language: values, numbers in scripts, tags.
PARTS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+>")
# A format of dates has the letters of django.utils.dateformat.
DATE_FORMAT = re.compile(r"(?:[DjMYHiTEn年月日]|\W)+")


@pytest.fixture(scope="module")
def messages():
    return find_messages()


def messages_of(language):
    return [message for message in read_catalog(language) if message.id]


def test_there_are_twelve_languages():
    assert len(LANGUAGES) == 11
    assert "en" not in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_exactly_the_texts_of_the_sources(language, messages):
    assert len(messages) > 100
    assert {(each.context, each.id) for each in messages_of(language)} == set(messages), HELP


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    assert [each.id for each in messages_of(language) if not is_translated(each)] == [], HELP


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_and_tags_of_their_texts(language):
    different = [
        (each.id, text)
        for each in messages_of(language)
        for source, text in sources(each)
        if parts(source) != parts(text)
    ]
    assert different == []


def sources(message):
    """Return [(the text, its translation)], for each form of the plural."""
    if not isinstance(message.id, tuple):
        return [(message.id, message.string)]
    # A form may be for one number alone, which it then names by a word.
    return [
        (message.id[1] if "%(count)s" in text else message.id[1].replace("%(count)s ", ""), text)
        for text in message.string
    ]


def parts(text):
    return sorted(PARTS.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_of_dates_stay_formats(language):
    formats = [each for each in messages_of(language) if DATE_FORMAT.fullmatch(str(each.id))]
    assert len(formats) >= 3
    assert [each.string for each in formats if not DATE_FORMAT.fullmatch(each.string)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_the_language(language):
    catalog = read_catalog(language)
    plurals = [each for each in catalog if isinstance(each.id, tuple)]
    assert plurals
    assert {len(each.string) for each in plurals} == {catalog.num_plurals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_up_to_date(language):
    with catalog_path(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog
    expected = {}
    for message in messages_of(language):
        if isinstance(message.id, tuple):
            expected |= {(message.id[0], i): text for i, text in enumerate(message.string)}
        else:
            context = f"{message.context}\x04" if message.context else ""
            expected[context + message.id] = message.string
    assert {key: text for key, text in compiled.items() if key} == expected, HELP


def test_there_is_a_catalogue_for_each_language_alone():
    folders = {path.name for path in catalog_path("de").parents[2].iterdir()}
    assert folders == {to_locale(language) for language in LANGUAGES}
