"""The pages' server: gunicorn --config deploy/gunicorn.py messagehub.wsgi:application"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from messagehub.lib import env
from messagehub.lib.startup import exit_with_error, read_settings

read_settings()

bind = f"0.0.0.0:{settings.PORT}"
worker_class = "gthread"
# Threads help while PostgreSQL works, processes while Python does: one for each core that pages
# may have. Each has its own pool of DB_POOL_MAX connections.
try:
    workers = env.number("WEB_PROCESSES", 2, minimum=1, maximum=64)
except ImproperlyConfigured as error:
    exit_with_error(error)
threads = settings.WSGI_THREADS
# Loaded once and shared; and what cannot be loaded ends gunicorn instead of being tried for ever.
preload_app = True

timeout = 30
graceful_timeout = 15
# Longer than the proxy keeps unused connections (deploy/Caddyfile): it must be the one to close
# them, or it sends a message into a connection that is just being closed.
keepalive = 75
# BEHIND_PROXY alone says whose X-Forwarded-* is believed (settings.py). gunicorn would believe
# them, and a SCRIPT_NAME header, from every process of this machine and from a Unix socket.
forwarded_allow_ips = forwarder_headers = ""
secure_scheme_headers = {}
worker_tmp_dir = "/dev/shm"  # a heartbeat must not wait for a disk
control_socket_disable = True
