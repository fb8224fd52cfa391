"""The domain on whose subdomains visitors have one chat."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messagehub.lib.origin import parse_origin
from messagehub.lib.public_suffix import owned_domain
from messagehub.lib.text import LineField


class CookieDomainField(LineField):
    """Cleans to a domain that one owner has registered, or one below it. Also accepts a URL."""

    def clean(self, value):
        text = super().clean(value).lower()
        if not text:
            return ""
        try:
            origin = parse_origin(text if "://" in text else f"https://{text.lstrip('.')}")
        except (ValueError, UnicodeError) as error:
            raise ValidationError(
                _("“%(domain)s” isn’t a domain, such as example.com."), params={"domain": text}
            ) from error
        domain = urlsplit(origin).hostname.removeprefix("*.").removeprefix("www.")
        if is_ip_address(domain) or owned_domain(domain) is None:
            raise ValidationError(
                _("“%(domain)s” is shared by different owners, so the chat can’t use it."),
                params={"domain": domain},
            )
        return domain


def is_ip_address(host):
    return host.replace(".", "").isdecimal() or ":" in host or host.startswith("[")


def is_within(site, domain):
    host = urlsplit(site).hostname
    return host == domain or host.endswith(f".{domain}")
