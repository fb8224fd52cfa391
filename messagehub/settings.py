"""All settings. They come from environment variables, all optional; docs/running.md lists them."""

import re
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from messagehub.lib import env
from messagehub.lib.response_headers import add_static_headers

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))

# LOCAL means on this machine only, over plain http. Everything else is production.
LOCAL = env.flag("LOCAL")
DEMO = env.flag("DEMO")
DEBUG = env.flag("DEBUG")
if DEMO and not LOCAL:
    raise ImproperlyConfigured(
        "DEMO=1 creates accounts with known passwords, so it is refused in production. Unset it, "
        "or use `make run`."
    )
if DEBUG and not LOCAL:
    raise ImproperlyConfigured("DEBUG=1 shows secrets to visitors, so it is refused in production.")

PORT = env.number("PORT", 8000, minimum=1, maximum=65535)
SITE_URL = env.origin("SITE_URL", f"http://localhost:{PORT}" if LOCAL else "https://localhost")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = re.sub(r":\d+$", "", SITE_URL.partition("://")[2])
if not (HTTPS or LOCAL):
    raise ImproperlyConfigured("SITE_URL must begin with https:// (or set LOCAL=1 to try it here).")
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret-key")
if len(SECRET_KEY) < 50 and not LOCAL:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 random characters.")
ALLOWED_HOSTS = [SITE_HOST, *env.comma_separated("ALLOWED_HOSTS")]
if "*" in ALLOWED_HOSTS and not LOCAL:
    raise ImproperlyConfigured("ALLOWED_HOSTS=* lets strangers put their own site in our links.")
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
    "messagehub.lib",
    "outbox",
    "accounts",
    "teams",
    "inbox",
    "routing",
    "notifications",
    "reports",
    "search",
    "widget",
]
if LOCAL:
    INSTALLED_APPS.append("localmail")
if DEMO:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "messagehub.lib.errors.DatabaseUnavailableMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "messagehub.lib.static.JoiningMiddleware"
    if LOCAL
    else "whitenoise.middleware.WhiteNoiseMiddleware",
    "messagehub.lib.head.HeadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # The middlewares above add headers to every response, even to a refusal by those below.
    "messagehub.lib.malformed.MalformedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "messagehub.lib.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "messagehub.lib.client_info.ClientInfoMiddleware",
    "accounts.known_browsers.KnownBrowserMiddleware",
    "teams.account_frame.AccountFrameMiddleware",
]

# What a plain message of a visitor passes (widget.plain_messages). The widget's API has no session,
# no cookies and no pages.
WIDGET_API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "messagehub.lib.malformed.MalformedMiddleware",
    "messagehub.lib.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
]

ROOT_URLCONF = "messagehub.urls"
WSGI_APPLICATION = "messagehub.wsgi.application"
CACHED_TEMPLATES = (
    "messagehub.lib.constant_markup.Loader",
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
            "builtins": [
                # {% partialdef %} and templates named "page.html#part": part of Django from 6.0 on.
                "template_partials.templatetags.partials",
                "messagehub.lib.templatetags.urls",
            ],
            "loaders": [("template_partials.loader.Loader", [CACHED_TEMPLATES])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "teams.context.workspaces",
                "routing.handover.context.my_handover",
            ],
        },
    }
]

if DEMO:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("demo.context.logins")

# --- Storage ---
DATABASES = {
    "default": env.database("DATABASE_URL", "postgresql://messagehub@localhost/messagehub")
}
# Threads share one interpreter lock, so more of them only wait for each other: more processes use
# more cores. A few let pages go on while PostgreSQL works, or while one page is slow.
WSGI_THREADS = env.number("WSGI_THREADS", 3, minimum=1, maximum=200)
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.number("DB_POOL_MAX", WSGI_THREADS + 2, minimum=2, maximum=500),
    # Seconds to wait for a connection. There is one per thread, so only a new one takes time.
    "timeout": 4,
    # Imported with the first connection, because the streams' process never opens one.
    "connection_class": SimpleLazyObject(
        lambda: import_string("messagehub.lib.database.Connection")
    ),
}
# Plan each statement once per connection: planning was most of PostgreSQL's work on a message.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.url("REDIS_URL", "redis://localhost:6379/0", schemes=("redis", "rediss", "unix"))
# allauth keeps its rate limits here: they must hold without Redis, and no one may evict them.
CACHES = {"default": {"BACKEND": "messagehub.lib.durable_cache.DurableCache", "LOCATION": "cache"}}

# --- Background tasks ---
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
# Tests divide all intervals by this, so that they don't have to wait for a sweep.
PACE = env.number("PACE", 1, minimum=1, maximum=20)
if PACE != 1 and not LOCAL:
    raise ImproperlyConfigured("PACE is for tests on this machine, so it is refused in production.")
# Periods in seconds; each worker has a clock that starts them (messagehub/lib/clock.py).
SWEEPS = {
    "outbox.tasks.sweep": 10,
    "teams.tasks.sweep_presence": 10,
    "teams.tasks.sweep_statuses": 15,
    "messagehub.lib.worker_health.heartbeat": 5,
    "routing.tasks.sweep_waiting": 15,
    "inbox.tasks.sweep_handovers": 15,
    "inbox.tasks.wake_snoozed": 15,
    "inbox.tasks.sweep_bulk_runs": 15,
    "inbox.tasks.sweep_files": 600,
    "inbox.tasks.sweep_contact_jobs": 30,
    "inbox.tasks.sweep_contact_imports": 30,
    "routing.tasks.sweep_overdue": 5,
    "widget.tasks.sweep_opening_hours": 15,
    "teams.tasks.purge_workspaces": 3600,
    "outbox.tasks.delete_old_deliveries": 3600,
    "accounts.tasks.delete_expired_counters": 600,
    "accounts.tasks.delete_expired_sessions": 3600,
    "accounts.tasks.delete_unused_browsers": 3600,
    "teams.tasks.delete_old_status_changes": 3600,
    "routing.tasks.forget_decisions": 3600,
    "notifications.tasks.sweep": 5,
    "notifications.tasks.delete_old_notifications": 3600,
    "search.tasks.index_new_messages": 2,
    "reports.tasks.record_facts": 60,
    "reports.tasks.queue_weekly_reports": 600,
    "reports.tasks.update_reply_times": 3600,
}

# --- Accounts ---
# Who can create an account and a workspace: everyone, people with an invitation, or no one.
SIGNUP = env.choice("SIGNUP", "open", choices=("open", "invite", "closed"))
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sessions.SessionBackend"]
SESSION_ENGINE = "accounts.sessions"
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
# On a developer's machine there is no mail server, so the address can be confirmed later.
ACCOUNT_EMAIL_VERIFICATION = "optional" if LOCAL else "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
# Our own rules count failed sign-ins (accounts.sign_in) and emails (accounts.email_limits), so that
# a stranger can't use up what the owner of an account needs.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "confirm_email": None,
    "reset_password": "20/m/ip",
    "change_password": "5/m/user,50/d/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

# --- Email ---
email_settings = env.email("EMAIL_URL", webhook_secret="EMAIL_WEBHOOK_SECRET")
globals().update(email_settings)
if email_settings["ANYMAIL"]:  # a provider sends emails or reports them
    INSTALLED_APPS.append("anymail")
# Seconds for one attempt to send an email. After that its worker counts as dead and another one
# sends it.
EMAIL_LEASE = env.number("EMAIL_LEASE", 90, minimum=5, maximum=3600)
# A local start without a mail server shows its emails at /mailbox/.
LOCAL_MAILBOX = LOCAL and (DEMO or not env.text("EMAIL_URL"))
if LOCAL_MAILBOX:
    EMAIL_BACKEND = "localmail.backend.MailboxBackend"
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("localmail.context.mailbox")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"MessageHub <chat@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]
# What visitors read (messagehub.lib.language), by the name that their speakers use.
VISITOR_LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-br", "Português (Brasil)"),
    ("ru", "Русский"),
    ("tr", "Türkçe"),
]
# Ours come before those of Django and allauth, which also translate words such as "Email".
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "widget/locale"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

# --- Files ---
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    # The files of messages: a directory, or a bucket of an S3-compatible service.
    "default": env.file_storage("FILE_STORAGE", DATA_DIR / "files"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "messagehub.lib.static.HashedFiles"
    },
}
if LOCAL:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty, because files are served from static/
    WHITENOISE_MAX_AGE = 0
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
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "messagehub_csrf"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = SITE_URL.partition("://")[2]  # never the host that a request names
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# The number of our own proxies in front. Each appends its client's address to X-Forwarded-For.
BEHIND_PROXY = env.number("BEHIND_PROXY", 0, minimum=0, maximum=9)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = BEHIND_PROXY
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
CSRF_FAILURE_VIEW = "messagehub.views.csrf_failure"
# New visitors per network address in ten minutes. 0 means no limit.
VISITORS_PER_ADDRESS = env.number("VISITORS_PER_ADDRESS", 60, minimum=0, maximum=100_000)
# New visitors of one inbox in ten minutes, from all addresses. 0 means no limit.
VISITORS_PER_INBOX = env.number("VISITORS_PER_INBOX", 3000, minimum=0, maximum=1_000_000)
# How strangers are tested before their first message (inbox.captcha): "" for not at all,
# "proof-of-work", or the dotted path of a class.
CAPTCHA = env.text("CAPTCHA")
if CAPTCHA not in ("", "proof-of-work") and not re.fullmatch(r"\w+(\.\w+)+", CAPTCHA):
    raise ImproperlyConfigured(
        "CAPTCHA must be empty, proof-of-work or the dotted path of a class, such as shop.Captcha."
    )
# Limits per day for the whole installation. 0 means no limit.
NEW_WORKSPACES_A_DAY = env.number("NEW_WORKSPACES_A_DAY", 200, minimum=0, maximum=1_000_000)
INVITATIONS_A_DAY = env.number("INVITATIONS_A_DAY", 2000, minimum=0, maximum=1_000_000)
ACCOUNT_EMAILS_A_DAY = env.number("ACCOUNT_EMAILS_A_DAY", 2000, minimum=0, maximum=1_000_000)
# Gigabytes that may be uploaded in a day on the whole installation. 0 means no limit.
UPLOADS_GB_A_DAY = env.number("UPLOADS_GB_A_DAY", 100, minimum=0, maximum=100_000)
MAX_FILE_BYTES = env.number("MAX_FILE_MB", 20, minimum=1, maximum=30) * 1024 * 1024
# A file of 100,000 contacts has 10 to 20 MB.
MAX_IMPORT_BYTES = 30 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a checkbox for every member of a large workspace

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
    "filters": {"skip_503": {"()": "messagehub.lib.logs.Skip503Filter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "printed": {"class": "logging.StreamHandler", "formatter": "printed"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["skip_503"]},
        "celery.app.trace": {"level": "WARNING"},
        # Text that a worker prints. Without EMAIL_URL that includes emails, whose links must work,
        # so they are not masked.
        "celery.redirected": {"handlers": ["printed"], "propagate": False},
        # These loggers come with handlers that don't mask secrets. Listing them here removes those
        # handlers, so their lines pass the root's formatter.
        "django": {"level": "INFO"},
        "django.server": {"propagate": True},
        "uvicorn": {"propagate": True},
        "uvicorn.error": {"propagate": True},
        "uvicorn.access": {"propagate": True},
    },
}
