"""Configure the server for pages.

gunicorn --config deploy/gunicorn.py messagehub.wsgi:application
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from messagehub.lib import env
from messagehub.lib.startup import exit_with_error, read_settings

read_settings()

bind = f"0.0.0.0:{settings.PORT}"
worker_class = "gthread"
# Threads help while PostgreSQL is working, processes while Python is: use one for each core that
# pages may use. Each process has its own pool of DB_POOL_MAX connections.
try:
    workers = env.number("WEB_PROCESSES", 2, minimum=1, maximum=64)
except ImproperlyConfigured as error:
    exit_with_error(error)
threads = settings.WSGI_THREADS
# The application is loaded once and shared. If it can't be loaded, gunicorn exits instead of
# retrying for ever.
preload_app = True

timeout = 30
graceful_timeout = 15
# Longer than the proxy keeps unused connections (deploy/Caddyfile). The proxy must be the one to
# close them; otherwise it could send a request into a connection that is just being closed.
keepalive = 75
# Only BEHIND_PROXY decides whose X-Forwarded-* headers are trusted (settings.py). gunicorn would
# trust them, and a SCRIPT_NAME header, from every process of this machine and from a Unix socket.
forwarded_allow_ips = forwarder_headers = ""
secure_scheme_headers = {}
worker_tmp_dir = "/dev/shm"  # a heartbeat mustn't wait for a disk
control_socket_disable = True
