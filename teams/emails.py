"""The workspace's outgoing emails, as far as a member may see them.

Threat: the page of outgoing emails is a second way to conversations, with the contact's address
and the subject. An email about something that neither this app nor one above allows the member to
see is not shown.
"""

from django.db.models import Exists, OuterRef, Q

from outbox.models import Delivery
from teams.models import Invitation, Membership
from teams.signals import email_filter_requested, email_links_requested


def visible_deliveries(membership):
    invitations = Invitation.objects.filter(workspace=membership.workspace_id)
    visible = Q(about=None) | Q(Exists(invitations.filter(pk=OuterRef("about"))))
    for _receiver, allowed in email_filter_requested.send(Membership, membership=membership):
        visible |= allowed
    return Delivery.objects.filter(visible, workspace=membership.workspace_id)


def link_subjects(deliveries) -> None:
    """Set subject_link to (title, url) on each delivery, or to None if it leads nowhere."""
    abouts = {delivery.about for delivery in deliveries if delivery.about}
    links = {}
    for _receiver, found in email_links_requested.send(Delivery, abouts=abouts):
        links |= found
    for delivery in deliveries:
        delivery.subject_link = links.get(delivery.about)
