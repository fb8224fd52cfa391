"""Where a mail to a contact may lead: only to sites that the inbox knows as its own.

Threat: what a visitor's browser says about its page is claimed. A stranger could leave somebody
else's address and a page of their own: our mail would carry the link.
"""

from messagehub.lib.origins import origin_of


def link_back(conversation):
    """The page where they chatted, else the first of the inbox's sites; empty: none is known."""
    sites = conversation.inbox.allowed_sites
    page = conversation.page_url
    if is_of(page, sites):
        return page
    return next((site for site in sites if "*" not in site), "")


def is_of(page, sites):
    try:
        origin = origin_of(page)
    except ValueError:
        return False
    return any(origin == site or matches(origin, site) for site in sites)


def matches(origin, site):
    """«https://*.shop.example» stands for every host below it (as in frame-ancestors)."""
    scheme, is_wild, host = site.partition("://*.")
    return bool(is_wild) and origin.startswith(f"{scheme}://") and origin.endswith(f".{host}")
