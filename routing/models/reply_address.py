from django.core.signing import BadSignature, Signer
from django.db import models

from teams.models.workspace import TenantModel

signer = Signer(sep=".", salt="routing.reply_address")


class ReplyAddress(TenantModel):
    """An email address to which a workspace sends replies; created with the first one.

    An unsubscription belongs to the address and not to a contact, because a contact's address can
    change, and anyone can enter someone else's.
    """

    email = models.CharField(max_length=254)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "email"], name="one_reply_address")
        ]

    def __str__(self):
        return self.email

    @property
    def token(self):
        """The key in the emails' links. It never expires and opens only the page to unsubscribe."""
        return signer.sign(str(self.pk))

    @classmethod
    def find(cls, token):
        """Return the address that got the email with this link, or None."""
        try:
            pk = signer.unsign(token)
        except BadSignature:
            return None
        found = cls.objects.filter(pk=pk, workspace__deleted_at=None)
        return found.select_related("workspace").first()
