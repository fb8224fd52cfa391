from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES = HashedFilesMixin._js_module_import_aggregation_patterns[1]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files under names that change with their content; imports between modules too.

    Only in our own modules: in libraries the pattern finds "imports" in comments.
    """

    # The longest chain of modules that import one another; Django's five are for style sheets.
    max_post_process_passes = 12
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("live/*.js", MODULES),
        ("lib/*.js", MODULES),
        ("elements/*.js", MODULES),
        ("shell/*.js", MODULES),
        ("desk/*.js", MODULES),
        ("board/*.js", MODULES),
        ("pages/*.js", MODULES),
        ("widget/*.js", MODULES),
    )
