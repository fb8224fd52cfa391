from django.db import models

from inbox.models.inbox import Inbox
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.workspace import TenantModel


class Embedding(TenantModel):
    """A website that asked for the chat's script, as its browsers say in the Referer header.

    Anyone can send such a header, so it only tells administrators where the script was seen.
    """

    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="embeddings",
        db_index=False,  # `one_embedding_per_site` starts with it
    )
    site = models.CharField(max_length=255)  # its origin
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            *same_workspace_constraints("embedding", "inbox"),
            models.UniqueConstraint(fields=["inbox", "site"], name="one_embedding_per_site"),
        ]

    @property
    def is_allowed(self):
        allowed = self.inbox.allowed_sites
        return not allowed or any(covers(each, self.site) for each in allowed)


def covers(allowed, site):
    """Return whether an allowed website covers an origin; "*." stands for subdomains."""
    if "://*." not in allowed:
        return allowed == site
    scheme, domain = allowed.split("*.", 1)
    return site.startswith(scheme) and site.endswith(f".{domain}")
