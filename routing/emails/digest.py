"""So many chats wait that a mail about each would be a flood: one mail says how many.

Threat: whoever opens hundreds of chats makes us send hundreds of mails to one agent, and the mail
provider takes us for a spammer. Nothing is lost: the digest stands for the mails that waited.
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
from routing.emails.rendering import as_read_in, parts

MOST_AN_HOUR = 12  # to one person of a workspace, about one chat each; and one digest
HOUR = timedelta(hours=1)
DIGEST = "digest"


def limited_until(delivery):
    """When this one may leave, as it is or as a digest; None: now."""
    singles, digests = sent_lately(delivery)
    if len(singles) < MOST_AN_HOUR:
        return None
    if digests:
        return min(singles[MOST_AN_HOUR - 1], digests[0]) + HOUR
    is_first = not same_recipient(delivery).ahead_of(delivery).exists()
    return None if is_first else timezone.now() + RECHECK_DELAY


def is_due(delivery):
    """Whether this one leaves as the digest, for all that wait with it."""
    return len(sent_lately(delivery)[0]) >= MOST_AN_HOUR


def sent_lately(delivery):
    """When those of the last hour left, latest first: (about one chat each, digests)."""
    theirs = same_recipient(delivery).filter(sent_at__gt=timezone.now() - HOUR)
    times = theirs.order_by("-sent_at").values_list("sent_at", f"payload__{DIGEST}")
    times = list(times[: 2 * MOST_AN_HOUR])
    return [at for at, digest in times if not digest], [at for at, digest in times if digest]


def same_recipient(delivery):
    return Delivery.objects.filter(
        workspace=delivery.workspace_id, recipient=delivery.recipient, kind=EmailKind.UNANSWERED
    )


def write(delivery, recipient):
    delivery.payload[DIGEST] = True
    workspace = recipient.workspace
    count = waiting_for(recipient).count()
    words = {"count": count, "workspace": workspace.name}
    url = settings.SITE_URL + reverse("conversations", args=[workspace.slug])
    with as_read_in(workspace, recipient.zone):
        subject = ngettext(
            "%(count)d chat of %(workspace)s is waiting for an answer",
            "%(count)d chats of %(workspace)s are waiting for an answer",
            count,
        )
        return RenderedEmail(subject=subject % words, **parts("digest", words | {"url": url}))


def waiting_for(recipient):
    """What they may answer and nobody else has."""
    theirs = Q(assignee=recipient) | Q(assignee=None)
    visible = Conversation.objects.visible_to(recipient).open()
    return visible.filter(theirs, waiting_since__isnull=False)


@receiver(delivery_ended)
def stand_for_the_others(sender, delivery, **kwargs):
    """The digest has left: what waited to leave with it is told."""
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
