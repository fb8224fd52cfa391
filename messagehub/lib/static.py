from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES = HashedFilesMixin._js_module_import_aggregation_patterns[1]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files with hashed names, also where our own JavaScript modules import each other.

    Libraries are left out because Django's pattern also matches "imports" in their comments.
    """

    # The longest chain of imports between modules. Django's default of five is for style sheets.
    max_post_process_passes = 12
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("live*.js", MODULES),
        ("composer.js", MODULES),
        ("elements/*.js", MODULES),
        ("widget/*.js", MODULES),
    )
