from django.db import models
from django.utils.translation import gettext as _

from inbox.models.contact import Contact
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class ContactNote(TenantModel):
    """What members should know about a contact. Visitors never see it."""

    MAX_LENGTH = 5000

    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    author = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="contact_notes"
    )
    body = models.TextField()

    class Meta:
        ordering = ("pk",)  # the order of their creation
        constraints = same_workspace_constraints("contactnote", "contact", "author")

    def __str__(self):
        return self.body[:40]

    @property
    def author_name(self):
        return self.author.name if self.author else _("Former member")


class FormerContact(TenantModel):
    """A contact that was merged into another one, which its links now lead to.

    Its id is that of the former contact.
    """

    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="former_contacts")

    class Meta:
        constraints = same_workspace_constraints("formercontact", "contact")
