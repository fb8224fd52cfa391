"""The WSGI application: pages only. The servers run it through messagehub.asgi."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from messagehub.lib.malformed import with_readable_content_type
from messagehub.lib.startup import (
    freeze_garbage_collector,
    pause_garbage_collector,
    read_settings,
)

pause_garbage_collector()
read_settings()
application = with_readable_content_type(get_wsgi_application())
_ = get_resolver().url_patterns  # loads the views, which the first request would have to wait for
freeze_garbage_collector()
