"""The pages' server: gunicorn --config deploy/gunicorn.py messagehub.wsgi:application"""

import os

from django.conf import settings

from messagehub.lib.start import read_settings

read_settings()

bind = f"0.0.0.0:{settings.PORT}"
worker_class = "gthread"
# Threads help while PostgreSQL works, processes while Python does: one for each core that pages
# may have. Each has its own pool of DB_POOL_MAX connections.
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = settings.WSGI_THREADS
# Loaded once and shared; and what cannot be loaded ends gunicorn instead of being tried for ever.
preload_app = True

timeout = 30
graceful_timeout = 15
# Longer than the proxy keeps unused connections (deploy/Caddyfile): it must be the one to close
# them, or it sends a message into a connection that is just being closed.
keepalive = 75
worker_tmp_dir = "/dev/shm"  # a heartbeat must not wait for a disk
control_socket_disable = True
