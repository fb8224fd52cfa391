"""The WSGI application: pages only (the streams run as messagehub.asgi:live)."""

from django.core.wsgi import get_wsgi_application

from messagehub.lib.malformed import with_readable_content_type
from messagehub.lib.startup import freeze_garbage_collector, read_settings

read_settings()
application = with_readable_content_type(get_wsgi_application())
freeze_garbage_collector()
