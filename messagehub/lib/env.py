"""Settings from the environment: every one optional, nonsense refused with one clear line."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a whole number from {least} to {most}."
        )
    return int(value)


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(among)}.")
    return value


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    value = text(name, default)
    try:
        parts = urlsplit(value)
        _ = parts.port  # of which a wrong one is only noticed here
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address: {error}.") from error
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must be an address that begins with {' or '.join(s + '://' for s in schemes)}."
        )
    return value


def origin(name: str, default: str) -> str:
    """An http(s) origin without path: what links in emails and the widget's line begin with."""
    parts = urlsplit(url(name, default, schemes=("https", "http")))
    more = parts.username or parts.path.strip("/") or parts.query or parts.fragment
    if not parts.hostname or more:
        raise ImproperlyConfigured(
            f"{name} must be an address without a path, such as https://chat.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}"


def secret(name: str, file: Path) -> str:
    """The secret from the environment, else one made once and kept in a file only we can read."""
    if value := text(name):
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as output:
                output.write(secrets.token_urlsafe(50))
    return file.read_text().strip()


def database(name: str, default: str) -> dict:
    """Django's connection settings from postgresql://user:password@host:port/name?host=/socket."""
    value = url(name, default, schemes=("postgresql", "postgres"))
    parts = urlsplit(value)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} names no database: postgresql://host/NAME.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def email(name: str, *, reports: str) -> dict:
    """Where mail goes: smtp://user:password@host:587, smtps://..., or PROVIDER://API-KEY (Anymail).

    Empty: mail is written to the log, so that a first try needs no mail server. `reports` is the
    setting with the secret by which a provider proves that it reports a bounce.
    """
    found = mail_server(name)
    provider = found["EMAIL_BACKEND"].removeprefix("anymail.backends.").partition(".")[0]
    webhooks, secret = email_reports(reports, provider)
    found["EMAIL_WEBHOOKS"] = webhooks
    found["ANYMAIL"] = found.get("ANYMAIL", {}) | secret
    return found


def email_reports(name: str, provider: str) -> tuple[list[str], dict]:
    """Whose reports of bounces are let in, and Anymail's setting for the secret they prove it by.

    Mailgun and MailerSend sign theirs with a key they show; the others send name:password from
    the webhook's address. Behind an SMTP server may stand one whose reports have our Message-ID.
    Empty: no report is let in.
    """
    value = text(name)
    if not value:
        return [], {}
    if len(value) < 20:
        raise ImproperlyConfigured(f"{name} must have 20 or more characters: it keeps forgers out.")
    if provider in SIGNING_KEYS:
        return [provider], {SIGNING_KEYS[provider]: value}
    if not all(value.partition(":")):
        raise ImproperlyConfigured(f"{name} must be name:password, as in the webhook's address.")
    doors = [provider] if provider in ANYMAIL_KEYS else ["brevo", "sendgrid"]
    return doors, {"WEBHOOK_SECRET": value}


def mail_server(name: str) -> dict:
    value = text(name)
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(value)
    if parts.scheme in ("smtp", "smtps"):
        return {
            "EMAIL_BACKEND": "outbox.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
            "EMAIL_TIMEOUT": 20,
        }
    if parts.scheme not in ANYMAIL_KEYS:
        raise ImproperlyConfigured(
            f"{name} must begin with smtp://, smtps:// or one of "
            + ", ".join(f"{scheme}://" for scheme in sorted(ANYMAIL_KEYS))
            + "."
        )
    key, backend = ANYMAIL_KEYS[parts.scheme]
    return {
        "EMAIL_BACKEND": f"anymail.backends.{backend}.EmailBackend",
        "ANYMAIL": {key: unquote(parts.netloc), "REQUESTS_TIMEOUT": (10, 60)},
    }


ANYMAIL_KEYS = {
    "brevo": ("BREVO_API_KEY", "brevo"),
    "mailersend": ("MAILERSEND_API_TOKEN", "mailersend"),
    "mailgun": ("MAILGUN_API_KEY", "mailgun"),
    "postmark": ("POSTMARK_SERVER_TOKEN", "postmark"),
    "resend": ("RESEND_API_KEY", "resend"),
    "sendgrid": ("SENDGRID_API_KEY", "sendgrid"),
}
SIGNING_KEYS = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
}
