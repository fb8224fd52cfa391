from django.db import models
from django.utils.translation import gettext as _

from inbox.models.inbox import Inbox
from messagehub.lib.text import hue, initials
from teams.models import Membership
from teams.models.workspace import TenantModel


class Contact(TenantModel):
    """A person outside. What they say about themselves is claimed, not proven."""

    name = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    owner = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="owned_contacts"
    )

    class Meta:
        indexes = [models.Index(fields=["workspace", "email"], name="contact_by_email")]

    def __str__(self):
        return self.display_name

    @property
    def display_name(self):
        return self.name or self.email or _("Visitor %(code)s") % {"code": str(self.pk)[-4:]}

    @property
    def initials(self):
        return initials(self.name or self.email or "V")

    @property
    def hue(self):
        return hue(self.pk)

    @property
    def live_channel(self):
        """What their own browsers hear: only ever what visible_to_contact() allows."""
        return f"contact:{self.pk}"


class Visitor(TenantModel):
    """A contact as the widget sees one: a browser that holds a token.

    Its row is what is locked to start a conversation, so that a double click starts one.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="visitors")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="visitors")
    token_hash = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    # Where it first wrote from: new visitors are limited by it.
    address = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "token_hash"], name="one_visitor_a_token")
        ]
        indexes = [
            models.Index(fields=["inbox", "address", "created_at"], name="visitors_by_address")
        ]

    @property
    def live_subject(self):
        return f"visitor:{self.pk}"
