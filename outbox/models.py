from datetime import timedelta

from django.db import models
from django.db.models import Max, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils import timezone

from messagehub.lib.ids import new_id

RECHECK_DELAY = timedelta(seconds=30)  # a mail that is ahead of another


class DeliveryQuerySet(models.QuerySet):
    def undelivered(self):
        return self.filter(state__in=[Delivery.State.FAILED, Delivery.State.BOUNCED])

    def upto(self, about, *, kind, recipient) -> int:
        """The last entry that any mail to this address held; what came back was not received."""
        sent = self.filter(about=about, kind=kind, recipient=recipient, state=Delivery.State.SENT)
        upto = Cast(KT("payload__upto"), models.IntegerField())
        return sent.aggregate(last=Max(upto))["last"] or 0

    def ahead_of(self, delivery):
        """Those that another sender has, or may take, at this moment: of several the oldest goes
        first, and the others ask again."""
        leaving = Q(state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now())
        leaving |= Q(state=Delivery.State.SENDING)
        return self.filter(leaving, pk__lt=delivery.pk)

    def due(self, *, overdue_by=timedelta(0)):
        """What may be claimed, for so long already: its time has come, or the lease of whoever had
        it ran out. Leases go by the database's clock, which all senders share."""
        return self.filter(
            Q(state=Delivery.State.WAITING, next_attempt_at__lte=timezone.now() - overdue_by)
            | Q(state=Delivery.State.SENDING, leased_until__lte=Now() - overdue_by)
        )


class Delivery(models.Model):
    """Something that leaves the system once, written in the transaction that caused it.

    `key` makes it unique: asking twice for the same thing is asking once. `kind` names the
    function that renders it at the moment of sending (outbox.kinds), from `payload`.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"
        BOUNCED = "bounced"  # accepted at first, returned later

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        "teams.Workspace", null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    # What it is about, for whoever queues it: such as a conversation's id.
    about = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    # How often the mail server was given all of it and nobody knows what it made of it.
    unconfirmed_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    subject = models.CharField(max_length=255, default="")
    # Why it did not arrive, or not yet: a code of outbox.reasons, and the mail server's own words.
    reason = models.CharField(max_length=20, default="")
    last_error = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # or bounced
    # What the provider calls it, in its reports of what became of it.
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
            # How many left to somebody lately, and what came back.
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
        """Sent, or sent a moment ago by somebody who has not written it down yet."""
        return self.state in (self.State.SENT, self.State.SENDING)

    @property
    def can_be_retried(self):
        """What was ready-made has lost its text when it was sent (delete_secrets)."""
        return self.is_undelivered and ("text" in self.payload or not self.is_ready_made)

    @property
    def is_ready_made(self):
        """Written when it was queued; the others are when they leave."""
        return "subject" in self.payload

    @property
    def title(self):
        """Its subject; before it is written, what it is about."""
        from outbox.kinds import words

        return self.subject or self.payload.get("subject", "") or words(self.kind)

    def delete_secrets(self):
        """Ready-made mails may hold one-time links; once sent they are nobody's business here."""
        for part in ("text", "html"):
            self.payload.pop(part, None)

    @property
    def message_id(self):
        """The same for every attempt: a rare repeat is recognisable (RFC 5322, 3.6.4)."""
        from email.utils import parseaddr

        from django.conf import settings

        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.id}@{domain}>"
