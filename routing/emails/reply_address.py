"""Remember whether an address wants replies by email. Its owner decides, by the email's link."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from inbox.models import Contact
from inbox.models.contact import byte_order_key
from routing.models import ReplyAddress


def reply_address_of(contact) -> ReplyAddress:
    return address_row(contact.workspace_id, contact.email)


def address_row(workspace, email) -> ReplyAddress:
    """Get the address's row, or create it."""
    key = {"workspace_id": workspace, "email": email.lower()}
    ReplyAddress.objects.bulk_create([ReplyAddress(**key)], ignore_conflicts=True)
    return ReplyAddress.objects.get(**key)


def unsubscribe_url_of(address) -> str:
    return settings.SITE_URL + reverse("unsubscribe", args=[address.token])


def unsubscribe_headers(url) -> dict[str, str]:
    """Let mail programs unsubscribe with one click, without opening the page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def unsubscribe(address):
    """Send no more emails from this workspace to the address. The first time is kept."""
    return set_unsubscribed(address, timezone.now())


def resubscribe(address):
    return set_unsubscribed(address, None)


def set_unsubscribed(address, at):
    with transaction.atomic():
        address = ReplyAddress.objects.select_for_update(no_key=True).get(pk=address.pk)
        if bool(address.unsubscribed_at) == bool(at):
            return address
        address.unsubscribed_at = at
        address.save(update_fields=["unsubscribed_at"])
        contacts = Contact.objects.alias(small=byte_order_key("email"))
        same = contacts.filter(workspace=address.workspace_id, small=address.email)
        same.update(unsubscribed_at=at)
    return address


def follow_address(contact):
    """Copy to the contact whether the owner of its new address unsubscribed."""
    known = ReplyAddress.objects.filter(
        workspace=contact.workspace_id, email=contact.email.lower()
    ).first()
    at = known.unsubscribed_at if known else None
    if contact.unsubscribed_at != at:
        contact.unsubscribed_at = at
        contact.save(update_fields=["unsubscribed_at"])
