"""Invalid settings are refused with one line, and production is safe by default."""

import json
import os
import re

import pytest

from messagehub.lib.startup import STARTUP_FAILURE
from tests.house.started import PRODUCTION, manage_each, run


def assert_refused(done, name):
    """Check that the output is one line that names the setting."""
    assert done.returncode == STARTUP_FAILURE, done.stdout
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("MessageHub can't start: ")
    assert name in done.stderr


NONSENSE = [
    ("PORT", "abc"),
    ("PORT", "70000"),
    ("SITE_URL", "foo"),
    ("SITE_URL", "http://chat.example.com"),
    ("SITE_URL", "https://chat.example.com/path"),
    ("SITE_URL", "https://someone@chat.example.com"),
    ("SITE_URL", "https://chat.example.com:abc"),
    ("SITE_URL", "https://[chat"),
    ("LOCAL", "perhaps"),
    ("DEMO", "1"),
    ("DEBUG", "1"),
    ("SECRET_KEY", "short"),
    ("ALLOWED_HOSTS", "*"),
    ("BEHIND_PROXY", "somewhere"),
    ("DATABASE_URL", "mysql://localhost/messagehub"),
    ("DATABASE_URL", "postgresql://localhost"),
    ("DATABASE_URL", "postgresql://localhost:abc/messagehub"),
    ("REDIS_URL", "nonsense"),
    ("REDIS_URL", "redis://localhost:abc/0"),
    ("EMAIL_URL", "gopher://mail.example.com"),
    ("EMAIL_WEBHOOK_SECRET", "name:too-short"),
    ("EMAIL_WEBHOOK_SECRET", "long-enough-but-without-a-name"),
    ("EMAIL_WEBHOOK_SECRET", ":long-enough-but-without-a-name"),
    ("EMAIL_LEASE", "1"),
    ("SIGNUP", "perhaps"),
    ("NEW_WORKSPACES_A_DAY", "many"),
    ("INVITATIONS_A_DAY", "-1"),
    ("ACCOUNT_EMAILS_A_DAY", "1.5"),
    ("FILE_STORAGE", "ftp://files.example.com/bucket"),
    ("FILE_STORAGE", "s3://s3.example.com"),
    ("FILE_STORAGE", "s3://key@s3.example.com/bucket"),
    ("MAX_FILE_MB", "31"),
    ("UPLOADS_GB_A_DAY", "lots"),
    ("WSGI_THREADS", "0"),
    ("DB_POOL_MAX", "many"),
    ("LOG_LEVEL", "LOUD"),
]


@pytest.fixture(scope="module")
def checked():
    """Return {(name, value): the output of `manage.py check` with this setting}."""
    calls = [(["check"], PRODUCTION | {name: value}) for name, value in NONSENSE]
    return dict(zip(NONSENSE, manage_each(calls), strict=True))


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_an_invalid_value_is_refused_with_one_line(checked, name, value):
    assert_refused(checked[name, value], name)


@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "messagehub.asgi:live"],
        ["uvicorn", "messagehub.asgi:application"],
        ["celery", "-A", "messagehub", "worker"],
        ["uvicorn", "messagehub.asgi:pages"],
    ],
    ids=" ".join,
)
def test_every_process_refuses_it(command):
    assert_refused(run("-m", *command, **{**PRODUCTION, "LOG_LEVEL": "LOUD"}), "LOG_LEVEL")


def test_several_web_processes_do_not_start_again_for_ever():
    command = ["uvicorn", "messagehub.asgi:pages", "--workers=2", "--port=0"]
    done = run("-m", *command, **PRODUCTION, LOG_LEVEL="LOUD")
    reasons = [line for line in done.stderr.splitlines() if "LOG_LEVEL" in line]
    assert 1 <= len(reasons) <= 2, done.stderr
    assert "Traceback" not in done.stderr


def test_other_mistakes_keep_their_traceback():
    words = "from django.core.exceptions import ImproperlyConfigured as I; raise I('a bug')"
    done = run("manage.py", "shell", "--verbosity=0", "-c", words, **PRODUCTION)
    assert "Traceback" in done.stderr
    assert "can't start" not in done.stderr


QUESTIONS = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client

proxied = {"HTTP_HOST": "chat.example.com", "HTTP_X_FORWARDED_PROTO": "https"}
page = Client().get("/accounts/login/", **proxied)
print(json.dumps({
    "settings": {name: getattr(settings, name) for name in dir(settings)
                 if name.startswith(("SECURE_", "SESSION_", "CSRF_", "ALLOWED_", "ALLAUTH_"))},
    "debug": [settings.DEBUG, settings.DEMO, settings.LOCAL, "demo" in settings.INSTALLED_APPS],
    "status": page.status_code,
    "headers": dict(page.headers),
    "cookies": {name: dict(morsel) for name, morsel in page.cookies.items()},
    "page": page.text,
    "plain": [Client().get("/accounts/login/", HTTP_HOST="chat.example.com").get("Location")],
    "plain_foreign": Client().get("/accounts/login/", HTTP_HOST="evil.example").get("Location"),
    "foreign": Client().get("/accounts/login/", **{**proxied, "HTTP_HOST": "evil.example"})
               .status_code,
}, default=str))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Return production's responses with only the required settings."""
    static = tmp_path_factory.mktemp("static")
    settings = {**PRODUCTION, "STATIC_ROOT": str(static), "BEHIND_PROXY": "1"}
    settings |= {"DATABASE_URL": os.environ["DATABASE_URL"]} if "DATABASE_URL" in os.environ else {}
    done = run("manage.py", "collectstatic", "--no-input", **settings)
    assert done.returncode == 0, done.stderr
    script = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'messagehub.settings'\n" + QUESTIONS
    done = run("-c", script, **settings)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "static": static}


def test_demo_and_debug_are_off(production):
    assert production["debug"] == [False, False, False, False]


def test_cookies_are_limited_to_this_host_and_https(production):
    assert production["status"] == 200
    [(name, cookie)] = production["cookies"].items()
    assert name == "__Host-csrf"
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    settings = production["settings"]
    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    for what in ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY"):
        assert settings[what] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_protective_headers(production):
    headers = production["headers"]
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_plain_http_and_other_hosts_are_refused(production):
    assert production["plain"] == ["https://chat.example.com/accounts/login/"]
    assert production["plain_foreign"] == "https://chat.example.com/accounts/login/"
    assert production["foreign"] == 400
    assert production["settings"]["ALLOWED_HOSTS"] == ["chat.example.com"]


def test_client_addresses_come_from_the_proxy_if_there_is_one(production):
    assert production["settings"]["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    show = "from django.conf import settings as s"
    show += "; print(s.SECURE_PROXY_SSL_HEADER, s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    done = run("manage.py", "shell", "--verbosity=0", "-c", show, **PRODUCTION)
    assert done.stdout.split() == ["None", "0"]


def test_pages_use_hashed_static_files(production):
    names = re.findall(r'(?:href|src)="/static/([^"#]+)', production["page"])
    assert len(names) >= 4
    for name in names:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
        assert (production["static"] / name).is_file()


def test_scripts_and_styles_use_hashed_static_files(production):
    root = production["static"]
    checked = 0
    for file in [*root.rglob("*.js"), *root.rglob("*.css")]:
        if not re.search(r"\.[0-9a-f]{12}\.", file.name) or "django_htmx" in file.parts:
            continue
        text = file.read_text()
        found = re.findall(r"""^(?:import|export)\b[^;("']*["'](\.[^"']+)["']""", text, re.M)
        found += re.findall(r"""\bimport\(["'](\.[^"']+)["']\)""", text)
        found += re.findall(r"# sourceMappingURL=(\S+)", text)
        found += [url for url in re.findall(r"""url\(["']?([^"')]+)""", text) if ":" not in url]
        for url in found:
            assert re.search(r"\.[0-9a-f]{12}\.\w+(#|$)", url), f"{file.name}: {url}"
            assert (file.parent / url.partition("#")[0]).is_file()
        checked += len(found)
    assert checked > 30


def test_scripts_and_styles_are_served_without_comments(production):
    sources = [production["static"] / name for name in ("desk/main.js", "desk/main.css")]
    for source in sources:
        [hashed] = source.parent.glob(f"{source.stem}.*{source.suffix}")
        assert not re.search(r"(?m)^\s*(//|/\*)(?!#)|^ ", hashed.read_text())
        assert hashed.stat().st_size > 30_000
