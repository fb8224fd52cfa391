"""Creates and revokes the secrets with which a website proves who its visitors are."""

from django.db import transaction
from django.utils import timezone

from inbox.actions.inbox import lock_inbox
from inbox.models import IdentitySecret, Visitor
from messagehub.lib.live.publish import close_streams
from messagehub.lib.tokens import new_token
from teams import audit


class TooManySecrets(Exception):
    """The inbox has as many secrets as it may have. One has to be revoked first."""


class LastSecret(Exception):
    """The inbox requires a verified identity, so without this secret no one could use its chat."""


def create_identity_secret(inbox, *, by):
    """Return (the new secret's row, its value). Raises TooManySecrets.

    The value is shown once: it can be read again only to check tokens.
    """
    with transaction.atomic():
        inbox = lock_inbox(inbox)
        if inbox.identity_secrets.count() >= IdentitySecret.MAX_COUNT:
            raise TooManySecrets
        secret = IdentitySecret(workspace_id=inbox.workspace_id, inbox=inbox)
        value = new_token()
        secret.set_value(value)
        secret.save(force_insert=True)
        record(inbox, "inbox.secret_created", secret, by)
    return secret, value


def revoke_identity_secret(secret, *, by):
    """Delete the secret, and end the sessions of all visitors whom it has verified.

    It may have been stolen, and then nothing tells the thief's sessions from the others. Persons
    find their conversations again when the website identifies them with the other secret.
    Repeating has no effect. Raises LastSecret.
    """
    with transaction.atomic():
        inbox = lock_inbox(secret.inbox)
        # The lock waits for sign-ins with it (inbox.actions.identification), to find them below.
        if not inbox.identity_secrets.select_for_update().filter(pk=secret.pk).exists():
            return
        if inbox.requires_identity and inbox.identity_secrets.count() == 1:
            raise LastSecret
        verified = Visitor.objects.filter(verified_with=secret.pk, revoked_at=None)
        verified.update(revoked_at=timezone.now(), verified_until=None)
        close_streams(secret.live_subject)
        record(inbox, "inbox.secret_revoked", secret, by)
        secret.delete()


def record(inbox, action, secret, by):
    audit.record(inbox.workspace, action, by=by, target=inbox.name, after={"kid": secret.kid})
