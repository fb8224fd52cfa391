"""Choose the language of a request.

Visitors read the language of the page or of their browser, out of settings.VISITOR_LANGUAGES: it is
little, and its catalogue (in widget/locale) is complete in all of them. Members read the language
of their workspace, out of settings.LANGUAGES (teams.access activates it), because live updates are
rendered once for all of them. Pages that belong to no workspace have the browser's language.
"""

from contextlib import nullcontext

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

VISITOR_PATHS = ("/widget/", "/c/", "/unsubscribe/")
# By the primary part of their tags: a visitor from Portugal reads Brazilian Portuguese.
VISITOR_LANGUAGES = {code.partition("-")[0]: code for code, _name in settings.VISITOR_LANGUAGES}


class LanguageMiddleware(LocaleMiddleware):
    """Activate the visitor's language or, until the workspace is known, the browser's."""

    def process_request(self, request):
        if request.path_info.startswith(VISITOR_PATHS):
            activate_language(request, find_visitor_language(request))
        else:
            super().process_request(request)


def in_language(language: str):
    """Return a context with this language, which is cheap if it's active already."""
    is_active = language == translation.get_language()
    return nullcontext() if is_active else translation.override(language)


def activate_language(request, language: str) -> None:
    """Use the language for the rest of the request, also for pages of errors."""
    translation.activate(language)
    request.LANGUAGE_CODE = language


def find_visitor_language(request) -> str:
    """Return the language of the page that embeds the chat (?lang=), or else of the browser."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    for tag in (request.GET.get("lang", ""), *(tag for tag, _quality in accepted)):
        if language := match_visitor_language(tag):
            return language
    return settings.LANGUAGE_CODE


def match_visitor_language(tag: str) -> str:
    """Return the language of visitors that a tag such as "de-AT" or "pt_BR" names, or ""."""
    return VISITOR_LANGUAGES.get(tag.strip().lower().replace("_", "-").partition("-")[0], "")
