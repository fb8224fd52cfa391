"""All settings. They come from the environment, each one optional; docs/running.md lists them."""

import re
from pathlib import Path

from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from messagehub.lib import env
from messagehub.lib.response_headers import add_static_headers

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))

# LOCAL: this machine only, over plain http. Everything else is production.
LOCAL = env.flag("LOCAL")
DEMO = env.flag("DEMO")
DEBUG = env.flag("DEBUG")
if DEMO and not LOCAL:
    raise ImproperlyConfigured(
        "DEMO=1 has known passwords and is refused in production. Unset DEMO, or use `make run`."
    )
if DEBUG and not LOCAL:
    raise ImproperlyConfigured("DEBUG=1 shows secrets to visitors and is refused in production.")

PORT = env.number("PORT", 8000, least=1, most=65535)
SITE_URL = env.origin("SITE_URL", f"http://localhost:{PORT}" if LOCAL else "https://localhost")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = re.sub(r":\d+$", "", SITE_URL.partition("://")[2])
if not (HTTPS or LOCAL):
    raise ImproperlyConfigured("SITE_URL must begin with https:// (or set LOCAL=1 to try it here).")
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret-key")
if len(SECRET_KEY) < 50 and not LOCAL:
    raise ImproperlyConfigured("SECRET_KEY must have 50 or more random characters.")
ALLOWED_HOSTS = [SITE_HOST, *env.words("ALLOWED_HOSTS")]
if "*" in ALLOWED_HOSTS and not LOCAL:
    raise ImproperlyConfigured("ALLOWED_HOSTS=* lets strangers put their site into our links.")
if LOCAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "messagehub.lib.admin_config.SuperuserConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "anymail",
    "messagehub.lib",
    "outbox",
    "accounts",
    "teams",
    "inbox",
    "routing",
    "widget",
]
if LOCAL:
    INSTALLED_APPS.append("localmail")
if DEMO:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "messagehub.lib.errors.DatabaseUnavailableMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "messagehub.lib.head.HeadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Those above add headers to every answer, also to a refusal of those below.
    "messagehub.lib.malformed.MalformedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "messagehub.lib.client_info.ClientInfoMiddleware",
    "accounts.known_browsers.KnownBrowserMiddleware",
]

ROOT_URLCONF = "messagehub.urls"
WSGI_APPLICATION = "messagehub.wsgi.application"
CACHED_TEMPLATES = (
    "django.template.loaders.cached.Loader",
    [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ],
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # {% partialdef %} and templates named "page.html#part": part of Django from 6.0 on.
            "builtins": ["template_partials.templatetags.partials"],
            "loaders": [("template_partials.loader.Loader", [CACHED_TEMPLATES])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "teams.context.workspaces",
                "routing.context.hand_over",
            ]
        },
    }
]

if DEMO:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("demo.context.logins")

# --- Where things are kept ---
DATABASES = {
    "default": env.database("DATABASE_URL", "postgresql://messagehub@localhost/messagehub")
}
WSGI_THREADS = env.number("WSGI_THREADS", 8, least=1, most=200)
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.number("DB_POOL_MAX", WSGI_THREADS + 2, least=2, most=500),
    # Seconds. A process has a connection for each of its threads: this is for a new one.
    "timeout": 4,
    # Loaded with the first connection: the streams' process has none.
    "connection_class": SimpleLazyObject(
        lambda: import_string("messagehub.lib.database.Connection")
    ),
}
# Statements are planned once a connection: most of PostgreSQL's work on a message was planning.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.url("REDIS_URL", "redis://localhost:6379/0", schemes=("redis", "rediss", "unix"))
# allauth's rate limits live here: they must hold when Redis is away, and no one may push them out.
CACHES = {"default": {"BACKEND": "messagehub.lib.durable_cache.DurableCache", "LOCATION": "cache"}}

# --- Work that is put off ---
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 10,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": True,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
# Tests divide all periods by this, so that they need not wait for a sweep.
PACE = env.number("PACE", 1, least=1, most=20)
if PACE != 1 and not LOCAL:
    raise ImproperlyConfigured("PACE is for tests on this machine and is refused in production.")
SWEEPS = {  # seconds
    "outbox.tasks.sweep": 10,
    "teams.tasks.sweep_presence": 10,
    "teams.tasks.sweep_states": 15,
    "messagehub.lib.worker_health.heartbeat": 5,
    "routing.tasks.sweep_waiting": 15,
    "inbox.tasks.sweep_handovers": 15,
    "inbox.tasks.wake_snoozed": 15,
    "routing.tasks.sweep_overdue": 5,
    "widget.tasks.sweep_openings": 15,
    "teams.tasks.purge": 3600,
    "outbox.tasks.delete_old_deliveries": 3600,
    "accounts.tasks.delete_expired_counters": 600,
    "accounts.tasks.delete_expired_sessions": 3600,
    "accounts.tasks.delete_unused_browsers": 3600,
    "teams.tasks.forget_states": 3600,
    "routing.tasks.forget_decisions": 3600,
}
CELERY_BEAT_SCHEDULE = {
    # A sweep that no worker ran in time is useless: the next one does its work.
    task: {"task": task, "schedule": schedule(seconds / PACE), "options": {"expires": 30}}
    for task, seconds in SWEEPS.items()
}

# --- People ---
# Who may make an account and a workspace: everyone; people with an invitation; no one.
SIGNUP = env.choice("SIGNUP", "open", among=("open", "invite", "closed"))
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_SIGNUP_REDIRECT_URL = "first-steps"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "teams.forms.workspace.SignupForm"
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
# On one's own machine nobody has a mail server: the address can be confirmed later.
ACCOUNT_EMAIL_VERIFICATION = "optional" if LOCAL else "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
# Failed sign-ins (accounts.sign_in) and emails (accounts.email_limits) are counted by our own rules,
# under which a stranger cannot use up what the owner needs.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "confirm_email": None,
    "reset_password": "20/m/ip",
    "change_password": "5/m/user,50/d/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

# --- Mail ---
globals().update(env.email("EMAIL_URL", reports="EMAIL_WEBHOOK_SECRET"))
# Seconds for one attempt to send; then its sender is taken for dead and another one sends it.
EMAIL_LEASE = env.number("EMAIL_LEASE", 90, least=5, most=3600)
# A local start keeps its emails to be read at /mailbox/, unless it has a mail server.
LOCAL_MAILBOX = LOCAL and (DEMO or not env.text("EMAIL_URL"))
if LOCAL_MAILBOX:
    EMAIL_BACKEND = "localmail.backend.MailboxBackend"
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("localmail.context.mailbox")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"MessageHub <chat@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language, time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

# --- Files ---
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "messagehub.lib.static.HashedFiles"
    },
}
if LOCAL:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: files are served from static/
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ADD_HEADERS_FUNCTION = add_static_headers

# --- Security ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "messagehub_session"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known" if HTTPS else "messagehub_known"
CSRF_COOKIE_HTTPONLY = True  # scripts find the token in the page
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "messagehub_csrf"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = SITE_URL.partition("://")[2]  # not the host that the request names
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# How many proxies of ours stand in front; each adds the address it hears from to X-Forwarded-For.
BEHIND_PROXY = env.number("BEHIND_PROXY", 0, least=0, most=9)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = BEHIND_PROXY
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
CSRF_FAILURE_VIEW = "messagehub.views.csrf_failure"
# New visitors from one network address in ten minutes; 0: no limit.
VISITORS_PER_ADDRESS = env.number("VISITORS_PER_ADDRESS", 60, least=0, most=100_000)
# At most so many a day over the whole installation; 0: no limit.
NEW_WORKSPACES_A_DAY = env.number("NEW_WORKSPACES_A_DAY", 200, least=0, most=1_000_000)
INVITATIONS_A_DAY = env.number("INVITATIONS_A_DAY", 2000, least=0, most=1_000_000)
ACCOUNT_EMAILS_A_DAY = env.number("ACCOUNT_EMAILS_A_DAY", 2000, least=0, most=1_000_000)
MAX_BODY_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a box for every member of a large workspace

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "messagehub.lib.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "printed": {"format": "%(asctime)s: %(message)s"},
    },
    "filters": {"unsaid": {"()": "messagehub.lib.logs.UnsaidFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "printed": {"class": "logging.StreamHandler", "formatter": "printed"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["unsaid"]},
        "celery.app.trace": {"level": "WARNING"},
        # What a worker prints: without EMAIL_URL whole emails, whose links have to work.
        "celery.redirected": {"handlers": ["printed"], "propagate": False},
        # These bring handlers of their own, which know nothing of secrets: named here, they lose
        # them, and their lines go the way of all others.
        "django": {"level": "INFO"},
        "django.server": {"propagate": True},
        "uvicorn": {"propagate": True},
        "uvicorn.error": {"propagate": True},
        "uvicorn.access": {"propagate": True},
        "gunicorn.error": {"propagate": True},
        "gunicorn.access": {"propagate": True},
    },
}
