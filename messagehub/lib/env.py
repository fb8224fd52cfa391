"""Read settings from environment variables: all are optional, invalid values stop the start."""

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


def number(name: str, default: int, *, minimum: int, maximum: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a whole number from {minimum} to {maximum}."
        )
    return int(value)


def choice(name: str, default: str, *, choices: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(choices)}.")
    return value


def comma_separated(name: str) -> list[str]:
    return [item.strip() for item in text(name).split(",") if item.strip()]


def url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    value = text(name, default)
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a URL: {error}.") from error
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must be a URL that begins with {' or '.join(s + '://' for s in schemes)}."
        )
    return value


def origin(name: str, default: str) -> str:
    """Read an http(s) origin, such as the one that links in emails begin with."""
    parts = urlsplit(url(name, default, schemes=("https", "http")))
    extra = parts.username or parts.path.strip("/") or parts.query or parts.fragment
    if not parts.hostname or extra:
        raise ImproperlyConfigured(
            f"{name} must be a URL without a path, such as https://chat.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}"


def secret(name: str, file: Path) -> str:
    """Read a secret from the environment, or from a private file that the first start creates."""
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
    """Build Django's settings from postgresql://user:password@host:port/name?host=/socket."""
    value = url(name, default, schemes=("postgresql", "postgres"))
    parts = urlsplit(value)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} doesn't name a database: postgresql://host/NAME.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def file_storage(name: str, directory: Path) -> dict:
    """Build the storage of files: a directory, or s3://KEY:SECRET@HOST/BUCKET/prefix?region=….

    HOST is the service's endpoint, reached over TLS unless the scheme is s3+http. Without a key
    the environment's own credentials are used, as on a machine with a role.
    """
    value = text(name, str(directory))
    if "://" not in value:
        options = {"location": value, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(url(name, "", schemes=("s3", "s3+http")))
    bucket, _slash, prefix = parts.path.strip("/").partition("/")
    if not (parts.hostname and bucket) or bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(
            f"{name} must be a directory or s3://KEY:SECRET@s3.example.com/BUCKET."
        )
    scheme = "http" if parts.scheme == "s3+http" else "https"
    options = {
        "endpoint_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}",
        "bucket_name": bucket,
        "location": prefix,
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "region_name": parse_qs(parts.query).get("region", [None])[0],
        "addressing_style": "path",
        "signature_version": "s3v4",
        "max_memory_size": 1024 * 1024,  # of a file that is read; the rest is put on disk
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def email(name: str, *, webhook_secret: str) -> dict:
    """Build the email settings from smtp://user:password@host:587, smtps://… or PROVIDER://API-KEY.

    Without a value emails are written to the log, so that a first try needs no mail server.
    `webhook_secret` names the variable with the secret that proves a provider's bounce reports.
    """
    found = email_backend(name)
    provider = found["EMAIL_BACKEND"].removeprefix("anymail.backends.").partition(".")[0]
    webhooks, secret = email_webhooks(webhook_secret, provider)
    found["EMAIL_WEBHOOKS"] = webhooks
    found["ANYMAIL"] = found.get("ANYMAIL", {}) | secret
    return found


def email_webhooks(name: str, provider: str) -> tuple[list[str], dict]:
    """Return the providers whose bounce reports are accepted, and Anymail's setting for the secret.

    Mailgun and MailerSend sign their reports with a key they show; the others send name:password
    from the webhook's URL. An SMTP server may belong to a provider whose reports carry our
    Message-ID. Without a value no report is accepted.
    """
    value = text(name)
    if not value:
        return [], {}
    if len(value) < 20:
        raise ImproperlyConfigured(
            f"{name} must have 20 or more characters, so that no one can guess it."
        )
    if provider in SIGNING_KEYS:
        return [provider], {SIGNING_KEYS[provider]: value}
    if not all(value.partition(":")):
        raise ImproperlyConfigured(f"{name} must be name:password, as in the webhook's URL.")
    providers = [provider] if provider in ANYMAIL_KEYS else ["brevo", "sendgrid"]
    return providers, {"WEBHOOK_SECRET": value}


def email_backend(name: str) -> dict:
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
