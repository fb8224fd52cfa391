"""The pages alone, for a WSGI server of its own (the streams: messagehub.asgi:live)."""

from django.core.wsgi import get_wsgi_application

from messagehub.lib.malformed import with_readable_content_type
from messagehub.lib.start import rarely_collect_garbage, read_settings

read_settings()
application = with_readable_content_type(get_wsgi_application())
rarely_collect_garbage()
