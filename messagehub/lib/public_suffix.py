"""Tells which domains belong to one owner, by the Public Suffix List (https://publicsuffix.org).

Threat: a cookie for a domain under which strangers have their sites, such as github.io or co.uk.
Browsers refuse most of them; the list comes with the package, so nothing is requested.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def suffixes() -> PublicSuffixList:
    """Read the list with the first use, because few processes need its megabytes."""
    return PublicSuffixList()


def owned_domain(domain: str) -> str | None:
    """Return the part that one owner has registered ("shop.co.uk"), or None if there is none.

    domain: in lower case and ASCII. Names under a top-level domain that doesn't exist count as
    registered, as in a company's own network.
    """
    return suffixes().privatesuffix(domain)
