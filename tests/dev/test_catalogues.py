"""What people read is translated completely, and the compiled catalogues are up to date."""

import re
from functools import cache
from gettext import GNUTranslations

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext, to_locale

from messagehub.lib.catalogs import DESK, VISITORS, is_translated

OFFERED = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# An unfinished catalogue of the desk isn't offered (settings.LANGUAGES), and may be behind.
COMPLETE = [(VISITORS, language) for language in VISITORS.find_languages()]
COMPLETE += [(DESK, language) for language in OFFERED]
BEGUN = [(DESK, language) for language in DESK.find_languages() if language not in OFFERED]
HELP = "Run `make messages` and translate what it reports (CONTRIBUTING.md)."
# What must be the same in each language: values, numbers in scripts, tags.
PARTS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}|</?[\w-]+[^<>]*>")
# How visitors aren't addressed: as strangers in some languages, as friends in others.
OTHER_ADDRESS = {
    "de": r"du|dein\w*|dich|dir",
    "es": r"usted|su chat|acepte|inténtelo|recibe|escriba|elija",
    "fr": r"tu|ton|ta|tes|toi",
    "it": r"lei|la sua|il suo|dia|scelga|inserisca|compili|invii|riprovi|riceve",
    "nl": r"u|uw",
    "pl": r"państw\w*|pan|pani|proszę",
    "ru": r"ты|твой|твоя|твоё|тебе|тебя",
    "tr": r"sen|senin|sana|seni",
}
# A format of dates has the letters of django.utils.dateformat.
DATE_FORMAT = re.compile(r"(?:[DjMYHiTElFNbdnmy年月日]|\\.|\W)+")


def each_catalogue(pairs):
    ids = [f"{catalogs.folder.parent.name}-{language}" for catalogs, language in pairs]
    return pytest.mark.parametrize(("catalogs", "language"), pairs, ids=ids)


@cache
def find_messages(catalogs):
    return catalogs.find_messages()


def messages_of(catalogs, language):
    return [message for message in catalogs.read(language) if message.id]


def test_there_are_twelve_languages_for_visitors():
    assert len(VISITORS.find_languages()) == 11
    assert "en" not in VISITORS.find_languages()


def test_languages_of_the_desk_have_a_catalogue():
    assert set(OFFERED) <= set(DESK.find_languages())
    assert set(DESK.find_languages()) <= set(VISITORS.find_languages())  # they share texts


def test_no_text_is_in_both_catalogues():
    """The desk's would win, also in the chat."""
    both = find_messages(DESK).keys() & find_messages(VISITORS).keys()
    assert both == set()
    assert len(find_messages(DESK)) > 1500


@each_catalogue(COMPLETE)
def test_a_catalogue_has_exactly_the_texts_of_the_sources(catalogs, language):
    messages = find_messages(catalogs)
    assert len(messages) > 100
    found = {(each.context, each.id) for each in messages_of(catalogs, language)}
    assert found == set(messages), HELP


@each_catalogue(COMPLETE)
def test_every_text_is_translated(catalogs, language):
    missing = [each.id for each in messages_of(catalogs, language) if not is_translated(each)]
    assert missing == [], HELP


@each_catalogue(COMPLETE + BEGUN)
def test_translations_have_the_placeholders_and_tags_of_their_texts(catalogs, language):
    different = [
        (each.id, text)
        for each in messages_of(catalogs, language)
        for allowed, text in sources(each)
        if text and parts(text) not in map(parts, allowed)
    ]
    assert different == []


def sources(message):
    """Return [(texts that have the right parts, the translation)], for each form of the plural."""
    if not isinstance(message.id, tuple):
        return [([message.id], message.string)]
    singular, plural = message.id
    # A form may be for one number alone, which it then names by a word.
    some = [singular, plural, plural.replace("%(count)s ", "")]
    *others, last = message.string
    return [*((some, text) for text in others), ([plural], last)]


def parts(text):
    return sorted(PARTS.findall(text))


@pytest.mark.parametrize("language", OTHER_ADDRESS)
def test_visitors_are_addressed_in_one_way(language):
    """A chat that says tu and usted by turns sounds put together."""
    other = re.compile(rf"\b(?:{OTHER_ADDRESS[language]})\b", re.IGNORECASE)
    texts = [text for each in messages_of(VISITORS, language) for text in texts_of(each)]
    assert [text for text in texts if other.search(text)] == []


def texts_of(message):
    return message.string if isinstance(message.string, tuple) else [message.string]


@each_catalogue(COMPLETE)
def test_formats_of_dates_stay_formats(catalogs, language):
    formats = [
        each
        for each in messages_of(catalogs, language)
        if DATE_FORMAT.fullmatch(str(each.id)) and re.search(r"\w", each.id)
    ]
    assert len(formats) >= 3
    assert [each.string for each in formats if not DATE_FORMAT.fullmatch(each.string)] == []


@each_catalogue(COMPLETE)
def test_plurals_have_the_forms_of_the_language(catalogs, language):
    catalog = catalogs.read(language)
    plurals = [each for each in catalog if isinstance(each.id, tuple)]
    assert plurals
    assert {len(each.string) for each in plurals} == {catalog.num_plurals}


@each_catalogue(COMPLETE)
def test_the_compiled_catalogue_is_up_to_date(catalogs, language):
    with catalogs.path(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog
    expected = {}
    for message in messages_of(catalogs, language):
        context = f"{message.context}\x04" if message.context else ""
        if isinstance(message.id, tuple):
            expected |= {
                (context + message.id[0], i): text for i, text in enumerate(message.string)
            }
        else:
            expected[context + message.id] = message.string
    assert {key: text for key, text in compiled.items() if key} == expected, HELP


def test_there_is_a_catalogue_for_each_language_alone():
    folders = {path.name for path in VISITORS.folder.iterdir()}
    assert folders == {to_locale(language) for language in VISITORS.find_languages()}


@each_catalogue(COMPLETE)
def test_no_library_replaces_our_translations(catalogs, language):
    messages = [each for each in messages_of(catalogs, language) if not each.pluralizable]
    with translation.override(language):
        shown = [show(message) for message in messages]
    assert shown == [message.string for message in messages]


def show(message):
    return pgettext(message.context, message.id) if message.context else gettext(message.id)
