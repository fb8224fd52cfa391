from datetime import timedelta

from django.db import models
from django.db.models import Max, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils import timezone

from messagehub.lib.ids import new_id
from messagehub.lib.quick_loading import QuicklyLoaded

RECHECK_DELAY = timedelta(seconds=30)  # while an earlier email is about to leave


class DeliveryQuerySet(models.QuerySet):
    def undelivered(self):
        return self.filter(state__in=[Delivery.State.FAILED, Delivery.State.BOUNCED])

    def last_sent_seq(self, about, *, kind, recipient=None) -> int:
        """Return the last entry that was emailed to this address, or to anyone, or 0.

        Bounced emails don't count.
        """
        sent = self.filter(about=about, kind=kind, state=Delivery.State.SENT)
        if recipient is not None:
            sent = sent.filter(recipient=recipient)
        seq = Cast(KT("payload__upto"), models.IntegerField())
        return sent.aggregate(last=Max(seq))["last"] or 0

    def ahead_of(self, delivery):
        """Filter older emails that are being sent or due now.

        The oldest of several goes first, and the others check again.
        """
        leaving = Q(state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now())
        leaving |= Q(state=Delivery.State.SENDING)
        return self.filter(leaving, pk__lt=delivery.pk)

    def due(self, *, overdue_by=timedelta(0)):
        """Filter emails that may be claimed: they are due, or their sender's lease expired.

        `overdue_by` is how long that has been so. Leases go by the database's clock, which all
        senders share.
        """
        return self.filter(
            Q(state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now() - overdue_by)
            | Q(state=Delivery.State.SENDING, leased_until__lte=Now() - overdue_by)
        )


class Delivery(QuicklyLoaded):
    """An email that leaves the system once, stored in the transaction that caused it.

    `key` is unique, so queueing it twice has no effect. `kind` selects the function that renders
    it from `payload` when it is sent (outbox.kinds).
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"
        BOUNCED = "bounced"  # accepted by the mail server, returned later

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        "teams.Workspace", null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    # The id of the row it is about, such as a conversation. Its meaning depends on the kind.
    about = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    # Attempts in which the mail server got the whole email without confirming it.
    unconfirmed_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    subject = models.CharField(max_length=255, default="")
    # Why it did not arrive (yet): a code of outbox.reasons, and the mail server's own message.
    reason = models.CharField(max_length=20, default="")
    last_error = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # or bounced
    # The provider's id of the email in its reports.
    provider_id = models.CharField(max_length=255, default="", db_index=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_open",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["workspace", "created_at"], name="delivery_by_workspace"),
            models.Index(
                fields=["workspace", "created_at"],
                name="delivery_undelivered",
                condition=Q(state__in=["failed", "bounced"]),
            ),
            # Recently sent emails per recipient, and recent failures.
            models.Index(
                fields=["workspace", "recipient", "-sent_at"],
                condition=Q(sent_at__isnull=False),
                name="delivery_sent_to",
            ),
            models.Index(
                fields=["workspace", "-failed_at"],
                condition=Q(failed_at__isnull=False),
                name="delivery_failed_lately",
            ),
            models.Index(
                fields=["about", "kind"], condition=Q(about__isnull=False), name="delivery_about"
            ),
        ]

    def __str__(self):
        return f"{self.kind} to {self.recipient} ({self.state})"

    @property
    def is_undelivered(self):
        return self.state in (self.State.FAILED, self.State.BOUNCED)

    @property
    def has_ended(self):
        return self.state == self.State.SENT or self.is_undelivered

    @property
    def may_bounce(self):
        """Whether it was sent, perhaps by a sender that hasn't stored it yet."""
        return self.state in (self.State.SENT, self.State.SENDING)

    @property
    def can_be_retried(self):
        """Whether it failed and still has its text; a ready-made email loses it when sent."""
        return self.is_undelivered and ("text" in self.payload or not self.is_ready_made)

    @property
    def is_ready_made(self):
        """Whether it was rendered when it was queued, not when it leaves."""
        return "subject" in self.payload

    @property
    def title(self):
        """The subject, or the kind's label before there is a subject."""
        from outbox.kinds import kind_label

        return self.subject or self.payload.get("subject", "") or kind_label(self.kind)

    def delete_secrets(self):
        """Delete the text of a ready-made email, which may contain a one-time link."""
        for part in ("text", "html"):
            self.payload.pop(part, None)

    @property
    def message_id(self):
        """The same for every attempt, so that a repeat can be recognised (RFC 5322, 3.6.4)."""
        from email.utils import parseaddr

        from django.conf import settings

        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.id}@{domain}>"
