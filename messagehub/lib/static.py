from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES = HashedFilesMixin._js_module_import_aggregation_patterns[1]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files under names that change with their content; imports between modules too.

    Only in our own modules: in libraries the pattern finds "imports" in comments.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("elements/*.js", MODULES),
        ("widget/*.js", MODULES),
    )
