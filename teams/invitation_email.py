"""The email of an invitation, which is cancelled once the invitation can't be accepted."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outbox.kinds import Postpone, email_renderer, register_kind, render_ready_made
from teams.models import Invitation

KIND = "invitation"
DELETED_PAUSE = timedelta(hours=1)  # a deleted workspace may be restored


@email_renderer(KIND)
def render_invitation(delivery):
    """Return None if the invitation was revoked, accepted or expired since it was queued."""
    invitation = Invitation.objects.filter(pk=delivery.about).select_related("workspace").first()
    if invitation is None or not invitation.is_pending:
        return None
    if invitation.workspace.deleted_at:
        return Postpone(timezone.now() + DELETED_PAUSE)
    return render_ready_made(delivery)


def is_obsolete(delivery):
    """Return whether this email invites someone who can no longer accept."""
    if delivery.kind != KIND:
        return False
    invitation = Invitation.objects.filter(pk=delivery.about).first()
    return invitation is None or not invitation.is_pending


register_kind(KIND, _("An invitation"))
