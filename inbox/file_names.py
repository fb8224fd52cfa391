"""Names of files: cleaned when they arrive, and in words for lists and emails.

Threat: a name is text from a stranger that ends up in headers, on a disk and on screens. It must
name no folder, and not look as if it ended differently than it does.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messagehub.lib.invisible import clean_line

MAX_LENGTH = 120
MAX_ENDING = 12
# What Windows allows in no name.
RESERVED = re.compile(r'[<>:"|?*]')


def clean_file_name(name: str, *, extension: str = "") -> str:
    """Return a harmless name. extension: replaces the name's own, for a picture we redrew."""
    name = clean_line(re.split(r"[/\\]", name)[-1])
    name = RESERVED.sub("_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > MAX_ENDING:
        stem, ending = name, ""
    if extension and not has_extension(ending, extension):
        ending = extension.removeprefix(".")
    ending = f".{ending}" if ending else ""
    stem = stem.strip(" .") or _("file")
    return stem[: MAX_LENGTH - len(ending)] + ending


def has_extension(ending: str, extension: str) -> bool:
    ending = f".{ending.lower()}"
    return ending == extension or (ending, extension) == (".jpeg", ".jpg")


def name_files(files) -> str:
    """Say which files a message has. files: as in the message's details."""
    if not files:
        return ""
    if all(file["kind"] == "image" for file in files):
        return ngettext("Photo", "%(count)d photos", len(files)) % {"count": len(files)}
    name, others = files[0]["name"], len(files) - 1
    if not others:
        return name
    text = ngettext("%(name)s and %(count)d more file", "%(name)s and %(count)d more files", others)
    return text % {"name": name, "count": others}
