"""Update the catalogues of what visitors read, in every language but English.

They are apart from the desk's, so that they can be complete. SOURCES are the files that say
something to a visitor; tests/widget/test_marked_texts.py finds one that is missing here. Each
catalogue is stored twice, for people and compiled, because a fresh clone has to work without
gettext's tools.
"""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import templatize, to_locale

LOCALE = Path(__file__).resolve().parents[2] / "locale"
SOURCES = [
    "widget/**/*.py",
    "templates/widget/*.html",
    "inbox/actions/attachment.py",
    "inbox/actions/rating.py",
    "inbox/file_transfer.py",
    "inbox/forms/message.py",
    "inbox/ratings.py",
    "inbox/together.py",
    "inbox/upload_limits.py",
    "messagehub/lib/errors.py",
    "messagehub/lib/text.py",
    "routing/actions/transcript.py",
    "routing/emails/reply.py",
    "routing/emails/transcript.py",
    "routing/emails/views.py",
    "teams/time_format.py",
    "templates/email/_button.html",
    "templates/routing/email/_unread.*",
    "templates/routing/email/reply.*",
    "templates/routing/email/transcript.*",
    "templates/routing/unsubscribe*.html",
]
# Of the desk: the settings of an inbox.
NOT_FOR_VISITORS = ["widget/settings_forms.py", "widget/views/settings.py"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# What changes with every version says nothing and would be in every merge's way.
KEPT_HEADERS = ("Language:", "MIME-Version", "Content-", "Plural-Forms")


class Command(BaseCommand):
    help = "Update the catalogues of what visitors read."

    def handle(self, **options):
        try:
            messages = find_messages()
        except ImportError as error:
            raise CommandError("This needs Babel: pip install -r requirements/dev.txt") from error
        for language in translated_languages():
            catalog = update_catalog(read_catalog(language), messages)
            write_catalog(catalog, language)
            missing = sum(not is_translated(message) for message in catalog if message.id)
            self.stdout.write(f"{language}: {missing or 'nothing'} to translate")


def translated_languages() -> list[str]:
    return [code for code, _name in settings.VISITOR_LANGUAGES if code != settings.LANGUAGE_CODE]


def source_files():
    found = {file for each in SOURCES for file in settings.BASE_DIR.glob(each)}
    return sorted(found - {settings.BASE_DIR / each for each in NOT_FOR_VISITORS})


def find_messages() -> dict:
    """Return {(context, message id): comments} of all sources. An id with a plural is a tuple."""
    from babel.messages.extract import extract_python

    found = {}
    for file in source_files():
        text = file.read_text()
        if file.suffix != ".py":
            # Python to the eye of the extractor, but for the indentation.
            text = re.sub(r"^\s+", "", templatize(text, origin=file.name), flags=re.MULTILINE)
        extracted = extract_python(BytesIO(text.encode()), KEYWORDS, ["Translators:"], {})
        for _line, function, arguments, comments in extracted:
            key = message_key(function, arguments)
            if key:
                found.setdefault(key, []).extend(comments)
    return found


def message_key(function, arguments):
    """Return (context, id), or None for a call that names no text, such as `gettext(name)`."""
    values = list(arguments) if isinstance(arguments, tuple | list) else [arguments]
    context = values.pop(0) if "pgettext" in function else None
    texts = values[: 2 if function.startswith("n") else 1]
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    return context, texts[0] if len(texts) == 1 else tuple(texts)


def catalog_path(language, ending="po") -> Path:
    return LOCALE / to_locale(language) / "LC_MESSAGES" / f"django.{ending}"


def read_catalog(language):
    from babel.messages.pofile import read_po

    path = catalog_path(language)
    text = path.read_bytes() if path.exists() else b""
    return read_po(BytesIO(text), locale=to_locale(language))


def update_catalog(known, messages):
    """Return a catalogue with these messages and the translations that are known of them."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(
        locale=known.locale,
        fuzzy=False,
        header_comment="",
        # What changes with every run would make files differ that say the same.
        creation_date=EPOCH,
        revision_date=EPOCH,
    )
    for (context, text), comments in messages.items():
        singular = text[0] if isinstance(text, tuple) else text
        before = known.get(singular, context)
        translation = before.string if before and not before.fuzzy else ""
        if isinstance(text, tuple) != isinstance(translation, tuple):
            translation = ""
        catalog.add(text, translation, auto_comments=dict.fromkeys(comments), context=context)
    return catalog


def is_translated(message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts) and not message.fuzzy


def write_catalog(catalog, language) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    write_po(written, catalog, width=98, sort_output=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not is_unkept_header(line)))
    with catalog_path(language, "mo").open("wb") as file:
        write_mo(file, catalog)


def is_unkept_header(line) -> bool:
    return bool(re.match(r'"[A-Z][\w-]+: .*\\n"$', line)) and not line.startswith(
        tuple(f'"{name}' for name in KEPT_HEADERS)
    )
