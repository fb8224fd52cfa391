"""What proves who a visitor is: the secrets of an inbox, and the persons they have proven."""

from django.db import models
from django.utils.functional import cached_property

from inbox.models.contact import Contact
from inbox.models.inbox import Inbox
from messagehub.lib.encryption import decrypt, encrypt
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.tokens import new_public_key
from teams.models.workspace import TenantModel


class IdentitySecret(TenantModel):
    """A secret with which a website signs who its visitors are.

    It's encrypted and not hashed, because checking an HMAC needs the secret itself.
    """

    MAX_COUNT = 2  # per inbox: the one in use, and the one that replaces it
    PURPOSE = "identity secret"

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,  # `secret_of_workspace` starts with it
    )
    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="identity_secrets")
    kid = models.CharField(max_length=16, unique=True, default=new_public_key, editable=False)
    encrypted = models.TextField(editable=False)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            *same_workspace_constraints("identitysecret", "inbox"),
            models.UniqueConstraint(fields=["workspace", "id"], name="secret_of_workspace"),
        ]

    def __str__(self):
        return self.kid

    @cached_property
    def value(self):
        """Raises CannotDecrypt if SECRET_KEY has changed."""
        return decrypt(self.encrypted, purpose=self.PURPOSE)

    def set_value(self, value):
        self.encrypted = encrypt(value, purpose=self.PURPOSE)

    @property
    def live_subject(self):
        """Return the subject of the streams of all visitors whom it has verified."""
        return f"identity-secret:{self.pk}"


class ContactIdentity(TenantModel):
    """A website's user, proven by a signed token to be this contact.

    Each inbox has its own, because two websites may use the same ids. A contact has
    several after it was merged.
    """

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,  # `identity_of_workspace` starts with it
    )
    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="identities",
        db_index=False,  # `one_identity_per_subject` starts with it
    )
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)  # `sub` of the token
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            *same_workspace_constraints("contactidentity", "inbox", "contact"),
            models.UniqueConstraint(fields=["inbox", "subject"], name="one_identity_per_subject"),
            models.UniqueConstraint(fields=["workspace", "id"], name="identity_of_workspace"),
        ]

    def __str__(self):
        return self.subject
