from django.db import models

from inbox.models.contact import Contact
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
    # The IP address of the first message; it limits how many new visitors one network can create.
    ip_address = models.GenericIPAddressField(null=True)

    is_new = False  # whether this transaction created it

    class Meta:
        constraints = [
            *same_workspace_constraints("visitor", "inbox", "contact"),
            models.UniqueConstraint(fields=["inbox", "token_hash"], name="one_visitor_per_token"),
        ]
        indexes = [
            models.Index(fields=["inbox", "ip_address", "created_at"], name="visitor_by_ip_address")
        ]

    @property
    def live_subject(self):
        return f"visitor:{self.pk}"
