"""Choose the language of a request.

Visitors have more languages than members: what they read is little, and its catalogue (in
widget/locale) is complete in all of settings.VISITOR_LANGUAGES. The desk has settings.LANGUAGES.
"""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

VISITOR_PATHS = ("/widget/", "/c/", "/unsubscribe/")
# By the primary part of their tags: a visitor from Portugal reads Brazilian Portuguese.
VISITOR_LANGUAGES = {code.partition("-")[0]: code for code, _name in settings.VISITOR_LANGUAGES}


class LanguageMiddleware(LocaleMiddleware):
    """Activate the visitor's or the member's language."""

    def process_request(self, request):
        if request.path_info.startswith(VISITOR_PATHS):
            request.LANGUAGE_CODE = find_visitor_language(request)
            translation.activate(request.LANGUAGE_CODE)
        else:
            super().process_request(request)


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
