"""What emails are about: apps above say which of them a person may see, and where they lead.

Threat: the page of outgoing emails is a second door to conversations, with the contact's address
and the subject. Whatever is about something nobody here vouches for is not shown.
"""

from collections.abc import Callable

from django.db.models import Q

from outbox.models import Delivery

_sources: list[tuple[Callable, Callable]] = []


def register_subjects(*, may_see: Callable, links: Callable) -> None:
    """may_see(membership) -> Q over deliveries; links(ids) -> {id: (words, address)}."""
    _sources.append((may_see, links))


def visible_deliveries(membership):
    """The workspace's outgoing emails, without those about what this person may not see."""
    visible = Q(about=None)
    for may_see, _links in _sources:
        visible |= may_see(membership)
    return Delivery.objects.filter(visible, workspace=membership.workspace_id)


def link_subjects(deliveries) -> None:
    """Sets `subject_link` to (words, address), or None: it is about nothing with a page."""
    abouts = {delivery.about for delivery in deliveries if delivery.about}
    known = {}
    for _may_see, links in _sources:
        known |= links(abouts)
    for delivery in deliveries:
        delivery.subject_link = known.get(delivery.about)
