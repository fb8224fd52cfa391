from django.db import models
from django.utils import timezone

from inbox.models.contact import Contact
from inbox.models.identity import ContactIdentity, IdentitySecret
from inbox.models.inbox import Inbox
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.workspace import TenantModel


class Visitor(TenantModel):
    """A browser that chats through the widget, identified by a token.

    Its row is locked when a conversation starts, so that a double click starts only one.
    """

    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="visitors",
        db_index=False,  # `one_visitor_per_token` starts with it
    )
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="visitors")
    token_hash = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    # A copy of the contact's `blocked_at`, because each message reads this row and not that one.
    is_blocked = models.BooleanField(default=False)
    # Who they are, as a signed token has proven, and how long inboxes that require it accept that.
    identity = TenantForeignKey(
        ContactIdentity, null=True, on_delete=models.SET_NULL, related_name="visitors"
    )
    verified_with = TenantForeignKey(
        IdentitySecret, null=True, on_delete=models.SET_NULL, related_name="visitors"
    )
    verified_until = models.DateTimeField(null=True)
    # The IP address of the first message; it limits how many new visitors one network can create.
    ip_address = models.GenericIPAddressField(null=True)

    is_new = False  # whether this transaction created it

    class Meta:
        constraints = [
            *same_workspace_constraints("visitor", "inbox", "contact", "identity", "verified_with"),
            models.UniqueConstraint(fields=["inbox", "token_hash"], name="one_visitor_per_token"),
        ]
        indexes = [
            models.Index(
                fields=["inbox", "ip_address", "created_at"], name="visitor_by_ip_address"
            ),
            models.Index(
                fields=["inbox", "created_at"],
                condition=models.Q(ip_address__isnull=False),
                name="visitor_of_the_network",
            ),
        ]

    @property
    def is_verified(self):
        return self.verified_until is not None and self.verified_until > timezone.now()

    @property
    def live_subject(self):
        return f"visitor:{self.pk}"

    @property
    def live_subjects(self):
        """Return the subjects of its stream: closing one of them closes it."""
        if self.is_verified:
            return [self.live_subject, f"identity-secret:{self.verified_with_id}"]
        return [self.live_subject, self.inbox.unverified_subject]
