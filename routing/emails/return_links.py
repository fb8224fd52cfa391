"""Choose the page an email to a contact links to: only one on the inbox's own sites.

Threat: what a visitor's browser says about its page is a claim. A stranger could leave someone
else's address and a page of their own, and our email would carry that link and any words in it.
The address is never copied as it came, but rebuilt.
"""

from urllib.parse import quote, urlsplit

from messagehub.lib.origin import parse_origin

# Characters that stay in a path (RFC 3986), without quotes and brackets, which end links in emails.
PLAIN = "/%:@!$&*+,;=~"


def return_link(conversation):
    """Return the page where they chatted, or the first of the inbox's sites, or "".

    An inbox without allowed sites trusts only the site on which its chat was opened first. The
    chat may have been tried out elsewhere since.
    """
    inbox = conversation.inbox
    if not inbox.allowed_sites:
        return clean_page(conversation.page_url, [inbox.first_site])
    sites = [site for site in inbox.allowed_sites if "*" not in site]
    return clean_page(conversation.page_url, inbox.allowed_sites) or next(iter(sites), "")


def clean_page(page, sites):
    """Return the page's percent-quoted address if it is on one of the sites, or "".

    Its query and fragment are left out, because they may be secret.
    """
    if not is_printable_word(page):
        return ""
    try:
        origin = parse_origin(page)
    except ValueError:
        return ""
    if not any(origin == site or matches_wildcard(origin, site) for site in sites):
        return ""
    return origin + quote(urlsplit(page).path, safe=PLAIN)


def is_printable_word(page):
    """urlsplit ignores line ends and tabs, which no address from a browser has."""
    return page.isprintable() and not any(each.isspace() for each in page)


def matches_wildcard(origin, site):
    """`https://*.shop.example` means every host below it, as in frame-ancestors."""
    scheme, is_wildcard, host = site.partition("://*.")
    return bool(is_wildcard) and origin.startswith(f"{scheme}://") and origin.endswith(f".{host}")
