"""Update gettext's catalogues: one for what visitors read, and one for the desk.

Visitors have more languages than members: what they read is little, so their catalogues, in
widget/locale, are complete in all of settings.VISITOR_LANGUAGES. The desk's are in locale/.

A text that visitors read too is only in their catalogues, so that no text has two translations.
Where the desk means something else by it, one of the two needs a context (pgettext). Each catalogue
is stored twice, for people and compiled, because a fresh clone has to work without gettext's tools.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import templatize, to_language, to_locale

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# Headers that change with every version say nothing and would cause merge conflicts.
KEPT_HEADERS = ("Language:", "MIME-Version", "Content-", "Plural-Forms")


def find_visitor_messages() -> dict:
    return extract_messages(find_files(VISITOR_SOURCES) - find_files(NOT_FOR_VISITORS))


def find_desk_messages() -> dict:
    """Return what only members read. Django knows a text with a plural by its singular alone."""
    taken = {(context, first_form(text)) for context, text in find_visitor_messages()}
    found = extract_messages(find_files(DESK_SOURCES))
    return {key: found[key] for key in found if (key[0], first_form(key[1])) not in taken}


def visitor_languages() -> list[str]:
    return [code for code, _name in settings.VISITOR_LANGUAGES if code != settings.LANGUAGE_CODE]


def desk_languages() -> list[str]:
    """Return the languages that have a catalogue, also those that aren't offered yet."""
    folders = (settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")
    return sorted(to_language(file.parents[1].name) for file in folders)


@dataclass(frozen=True)
class Catalogs:
    folder: Path
    find_languages: Callable[[], list[str]]
    find_messages: Callable[[], dict]
    names_files: bool = False  # where each text is, which helps translators

    def path(self, language, ending="po") -> Path:
        return self.folder / to_locale(language) / "LC_MESSAGES" / f"django.{ending}"

    def read(self, language):
        from babel.messages.pofile import read_po

        path = self.path(language)
        text = path.read_bytes() if path.exists() else b""
        return read_po(BytesIO(text), locale=to_locale(language))

    def write(self, catalog, language) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import write_po

        self.path(language).parent.mkdir(parents=True, exist_ok=True)
        written = BytesIO()
        write_po(
            written,
            catalog,
            width=98,
            sort_output=True,
            no_location=not self.names_files,
            include_lineno=False,
        )
        lines = written.getvalue().decode().splitlines(keepends=True)
        self.path(language).write_text(
            "".join(line for line in lines if not is_unkept_header(line))
        )
        with self.path(language, "mo").open("wb") as file:
            write_mo(file, catalog)


VISITORS = Catalogs(settings.BASE_DIR / "widget/locale", visitor_languages, find_visitor_messages)
DESK = Catalogs(settings.BASE_DIR / "locale", desk_languages, find_desk_messages, names_files=True)
# The files that say something to a visitor; tests/widget/test_marked_texts.py finds a missing one.
VISITOR_SOURCES = [
    "widget/**/*.py",
    "templates/widget/*.html",
    "inbox/actions/attachment.py",
    "inbox/actions/rating.py",
    "inbox/file_names.py",
    "inbox/file_transfer.py",
    "inbox/forms/message.py",
    "inbox/ratings.py",
    "inbox/together.py",
    "inbox/upload_limits.py",
    "messagehub/lib/errors.py",
    "messagehub/lib/stored_files.py",
    "messagehub/lib/text.py",
    "routing/actions/transcript.py",
    "routing/emails/reply.py",
    "routing/emails/transcript.py",
    "routing/emails/views.py",
    "teams/time_format.py",
    "templates/500.html",
    "templates/503.html",
    "templates/email/_button.html",
    "templates/routing/email/_unread.*",
    "templates/routing/email/reply.*",
    "templates/routing/email/transcript.*",
    "templates/routing/unsubscribe*.html",
]
# Members read these: they belong to the settings of an inbox.
NOT_FOR_VISITORS = ["widget/settings_forms.py", "widget/views/settings.py"]
# All but the demo and the mailbox, which no customer sees (demo, localmail).
DESK_APPS = ("accounts", "inbox", "messagehub", "notifications", "outbox", "reports", "routing")
DESK_APPS += ("search", "teams", "widget")
DESK_TEMPLATES = ("account", "email", "forms", "shell", *DESK_APPS)
DESK_SOURCES = [f"{app}/**/*.py" for app in DESK_APPS]
DESK_SOURCES += ["templates/*.html", *(f"templates/{folder}/**/*.*" for folder in DESK_TEMPLATES)]


@dataclass
class Found:
    comments: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def find_files(patterns) -> set[Path]:
    return {file for each in patterns for file in settings.BASE_DIR.glob(each)}


def extract_messages(files) -> dict:
    """Return {(context, message id): Found} of these files. An id with a plural is a tuple."""
    from babel.messages.extract import extract_python

    messages = defaultdict(Found)
    for file in sorted(files):
        text = file.read_text()
        if file.suffix != ".py":
            # This looks like Python to the extractor, except for the indentation.
            text = re.sub(r"^\s+", "", templatize(text, origin=file.name), flags=re.MULTILINE)
        extracted = extract_python(BytesIO(text.encode()), KEYWORDS, ["Translators:"], {})
        for _line, function, arguments, comments in extracted:
            key = message_key(function, arguments)
            if key:
                messages[key].comments.extend(comments)
                messages[key].files.append(str(file.relative_to(settings.BASE_DIR)))
    # A text with a plural is found by its singular, too.
    plurals = {(context, text[0]) for context, text in messages if isinstance(text, tuple)}
    return {key: messages[key] for key in messages if key not in plurals}


def message_key(function, arguments):
    """Return (context, id), or None for a call that names no text, such as `gettext(name)`."""
    values = list(arguments) if isinstance(arguments, tuple | list) else [arguments]
    context = values.pop(0) if "pgettext" in function else None
    texts = values[: 2 if function.startswith("n") else 1]
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    return context, texts[0] if len(texts) == 1 else tuple(texts)


def first_form(text):
    return text[0] if isinstance(text, tuple) else text


def update_catalog(known, messages):
    """Return a catalogue with these messages and the translations that are known of them."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(
        locale=known.locale,
        fuzzy=False,
        header_comment="",
        # Headers that change with every run would make equal catalogues differ.
        creation_date=EPOCH,
        revision_date=EPOCH,
    )
    for (context, text), found in messages.items():
        before = known.get(first_form(text), context)
        translation = before.string if before and not before.fuzzy else ""
        if isinstance(text, tuple) != isinstance(translation, tuple):
            translation = ""
        catalog.add(
            text,
            translation,
            locations=[(file, None) for file in dict.fromkeys(found.files)],
            auto_comments=dict.fromkeys(found.comments),
            context=context,
        )
    return catalog


def is_translated(message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(texts) and not message.fuzzy


def is_unkept_header(line) -> bool:
    return bool(re.match(r'"[A-Z][\w-]+: .*\\n"$', line)) and not line.startswith(
        tuple(f'"{name}' for name in KEPT_HEADERS)
    )
