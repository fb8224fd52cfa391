import re

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES = HashedFilesMixin._js_module_import_aggregation_patterns[1]
SCRIPT_FOLDERS = ("board", "desk", "elements", "lib", "live", "pages", "shell", "widget")
OWN_SOURCE = re.compile(rf"({'|'.join(SCRIPT_FOLDERS)}|localmail|css)/.*\.(js|css)$")


def strip_source(text: str, name: str) -> str:
    """Remove what only readers of the source need: indentation and comments on their own lines."""
    text = re.sub(r"(?ms)^[ \t]*/\*.*?\*/[ \t]*\n", "", text)
    line_comment = r"(//.*\n)?" if name.endswith(".js") else ""
    return re.sub(rf"(?m)^[ \t]*{line_comment}", "", text)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files with hashed names, also where our own JavaScript modules import each other.

    Libraries are left out because Django's pattern also matches "imports" in their comments.
    """

    # The longest chain of imports between modules. Django's default of five is for style sheets.
    max_post_process_passes = 12
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{folder}/*.js", MODULES) for folder in SCRIPT_FOLDERS),
    )

    def _save(self, name, content):
        if OWN_SOURCE.match(name):
            content.seek(0)
            content = ContentFile(strip_source(content.read().decode(), name).encode())
        return super()._save(name, content)
