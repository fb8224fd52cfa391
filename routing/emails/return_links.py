"""Where a mail to a contact may lead: only to sites that the inbox knows as its own.

Threat: what a visitor's browser says about its page is claimed. A stranger could leave somebody
else's address and a page of their own: our mail would carry the link, and whatever words stand in
it. Nothing is taken over as it was typed; the address is built anew.
"""

from urllib.parse import quote, urlsplit

from messagehub.lib.origin import parse_origin

# What stays as it is in a path (RFC 3986), but for quotes and brackets, which end links in mails.
PLAIN = "/%:@!$&*+,;=~"


def return_link(conversation):
    """The page where they chatted, else the first of the inbox's sites; empty: none is known.

    Without sites the one on which the chat was opened first is believed, and no other page: it
    may have been tried out somewhere else.
    """
    inbox = conversation.inbox
    if not inbox.allowed_sites:
        return own_page(conversation.page_url, [inbox.first_site])
    sites = [site for site in inbox.allowed_sites if "*" not in site]
    return own_page(conversation.page_url, inbox.allowed_sites) or next(iter(sites), "")


def own_page(page, sites):
    """Its address, percent-quoted, if it is on one of the sites; without what may be secret."""
    if not is_one_word(page):
        return ""
    try:
        origin = parse_origin(page)
    except ValueError:
        return ""
    if not any(origin == site or matches(origin, site) for site in sites):
        return ""
    return origin + quote(urlsplit(page).path, safe=PLAIN)


def is_one_word(page):
    """urlsplit passes over line ends and tabs, which no browser's address has."""
    return page.isprintable() and not any(each.isspace() for each in page)


def matches(origin, site):
    """«https://*.shop.example» stands for every host below it (as in frame-ancestors)."""
    scheme, is_wild, host = site.partition("://*.")
    return bool(is_wild) and origin.startswith(f"{scheme}://") and origin.endswith(f".{host}")
