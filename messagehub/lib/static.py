"""Serve scripts and styles joined: by collectstatic in production, by a middleware locally."""

import logging
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from messagehub.lib.joining import Joined, JoinError, join_file
from messagehub.lib.response_headers import add_static_headers
from messagehub.lib.tokens import hash_token

logger = logging.getLogger(__name__)

TYPES = {".js": "text/javascript", ".css": "text/css", ".map": "application/json"}
OWN_FOLDER = settings.BASE_DIR / "static"
# Of Django's patterns for modules only the one for import(), because no other is left when they are
# joined. In comments of libraries it would find files that don't exist.
DYNAMIC_IMPORT = HashedFilesMixin._js_module_import_aggregation_patterns[1][-1]


def is_own(name: str) -> bool:
    """Tell our scripts and styles from those of libraries, which stay as they are."""
    return name.endswith((".js", ".css")) and (OWN_FOLDER / name).is_file()


def find(name: str) -> Path:
    path = finders.find(name)
    if not path:
        raise FileNotFoundError(name)
    return Path(path)


def join_static(name: str) -> Joined:
    return join_file(name, lambda each: find(each).read_text(), is_own)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files with hashed names; each of our scripts and styles has all that it imports."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{folder.name}/*.js", (DYNAMIC_IMPORT,)) for folder in OWN_FOLDER.iterdir()),
    )

    def post_process(self, paths, dry_run=False, **options):
        joined = {} if dry_run else dict(self.write_joined(paths))
        return super().post_process({**paths, **joined}, dry_run=dry_run, **options)

    def write_joined(self, names):
        """Write each of our files again, joined, and its source map beside it."""
        for name in filter(is_own, names):
            joined = join_static(name)
            for each, text in ((name, joined.text), (f"{name}.map", joined.source_map)):
                Path(self.path(each)).write_text(text)
                yield each, (self, each)


class JoiningMiddleware(WhiteNoiseMiddleware):
    """Serve static files on a developer's machine: what was edited is joined again."""

    def __call__(self, request):
        name = request.path_info.removeprefix(self.static_prefix)
        if name == request.path_info or not is_own(name.removesuffix(".map")):
            return super().__call__(request)
        text = self.read(name)
        etag = quote_etag(hash_token(text))
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        add_static_headers(headers, None, request.path_info)
        response = HttpResponse(text, content_type=TYPES[Path(name).suffix], headers=headers)
        return get_conditional_response(request, etag=etag, response=response)

    def read(self, name: str) -> str:
        try:
            joined = join_static(name.removesuffix(".map"))
        except JoinError as error:
            logger.error("%s", error)
            return f"throw new SyntaxError({str(error)!r});" if name.endswith(".js") else ""
        return joined.source_map if name.endswith(".map") else joined.text
