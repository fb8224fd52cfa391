from django.db import models
from django.db.models import Q
from django.utils import timezone

from messagehub.lib.ids import new_id


class DeliveryQuerySet(models.QuerySet):
    def due(self, now):
        """What may be claimed: its time has come, or the lease of whoever had it ran out."""
        return self.filter(
            Q(state=Delivery.State.WAITING, next_attempt_at__lte=now)
            | Q(state=Delivery.State.SENDING, leased_until__lte=now)
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
    subject = models.CharField(max_length=255, default="")
    last_error = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)

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
                fields=["about", "kind"], condition=Q(about__isnull=False), name="delivery_about"
            ),
        ]

    def __str__(self):
        return f"{self.kind} to {self.recipient} ({self.state})"

    @property
    def message_id(self):
        """The same for every attempt: a rare repeat is recognisable (RFC 5322, 3.6.4)."""
        from email.utils import parseaddr

        from django.conf import settings

        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.id}@{domain}>"
