from django.core.signing import BadSignature, Signer
from django.db import models

from teams.models.workspace import TenantModel

signer = Signer(sep=".", salt="routing.reply_address")


class ReplyAddress(TenantModel):
    """An address outside to which a workspace mails replies; made with the first mail.

    What its owner wants holds for the address, whichever contacts claim it: a contact can be
    given another address, and anybody can type somebody else's.
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
        """Stands in the mails' links for ever: it opens the page to unsubscribe, nothing else."""
        return signer.sign(str(self.pk))

    @classmethod
    def find(cls, token):
        """The address that got the mail with this link, or None."""
        try:
            pk = signer.unsign(token)
        except BadSignature:
            return None
        found = cls.objects.filter(pk=pk, workspace__deleted_at=None)
        return found.select_related("workspace").first()
