"""Send one email with the number of waiting conversations instead of an email about each.

Threat: a visitor who starts hundreds of conversations makes us send hundreds of emails to one
agent, and the mail provider takes us for a spammer. Nothing is lost, because the digest replaces
the emails that waited.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.kinds import RenderedEmail
from outbox.models import RECHECK_DELAY, Delivery
from outbox.signals import delivery_ended
from routing.emails.agents import KNOWN
from routing.emails.rendering import localized_for, render_bodies

MAX_PER_HOUR = 12  # to one member of a workspace, about one conversation each; and one digest
HOUR = timedelta(hours=1)
DIGEST = "digest"


def limited_until(delivery):
    """Return when this email may leave, as it is or as a digest, or None for now."""
    singles, digests = recent_send_times(delivery)
    if len(singles) < MAX_PER_HOUR:
        return None
    if digests:
        return min(singles[MAX_PER_HOUR - 1], digests[0]) + HOUR
    is_first = not same_recipient(delivery).ahead_of(delivery).exists()
    return None if is_first else timezone.now() + RECHECK_DELAY


def is_due(delivery):
    """Return whether this email leaves as the digest for all that wait with it."""
    return len(recent_send_times(delivery)[0]) >= MAX_PER_HOUR


def recent_send_times(delivery):
    """Return when those of the last hour left, latest first: (single emails, digests)."""
    recent = same_recipient(delivery).filter(sent_at__gt=timezone.now() - HOUR)
    times = recent.order_by("-sent_at").values_list("sent_at", f"payload__{DIGEST}")
    times = list(times[: 2 * MAX_PER_HOUR])
    return [at for at, digest in times if not digest], [at for at, digest in times if digest]


def same_recipient(delivery):
    return Delivery.objects.filter(
        workspace=delivery.workspace_id, recipient=delivery.recipient, kind=EmailKind.UNANSWERED
    )


def render_digest(delivery, recipient):
    delivery.payload[DIGEST] = True
    workspace = recipient.workspace
    count = waiting_for(recipient).count()
    params = {"count": count, "workspace": workspace.name}
    url = settings.SITE_URL + reverse("conversations", args=[workspace.slug])
    with localized_for(workspace, recipient.zone):
        subject = ngettext(
            "%(count)d conversation is waiting for a reply in %(workspace)s",
            "%(count)d conversations are waiting for a reply in %(workspace)s",
            count,
        )
        return RenderedEmail(
            subject=subject % params, **render_bodies("digest", params | {"url": url})
        )


def waiting_for(recipient):
    """Return what they can answer and no one else is assigned to."""
    is_free = Q(assignee=recipient) | Q(assignee=None)
    visible = Conversation.objects.visible_to(recipient).open()
    return visible.filter(is_free, waiting_since__isnull=False)


@receiver(delivery_ended)
def cancel_covered_emails(sender, delivery, **kwargs):
    """Cancel the emails that a digest replaced once it has left."""
    is_digest = delivery.kind == EmailKind.UNANSWERED and delivery.payload.get(DIGEST)
    if not is_digest or delivery.state != Delivery.State.SENT:
        return
    with transaction.atomic():
        others = same_recipient(delivery).filter(
            state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now() + RECHECK_DELAY
        )
        for other in others.select_for_update(of=("self",), no_key=True).order_by("pk"):
            other.state = Delivery.State.CANCELLED
            other.payload[KNOWN] = DIGEST
            other.save(update_fields=["state", "payload"])
