"""The pages alone, for a WSGI server of its own (the streams: messagehub.asgi:live)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")

application = get_wsgi_application()
