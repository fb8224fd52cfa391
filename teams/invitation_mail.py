"""The mail of an invitation: whether it still offers anything, and who may know of it."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outbox.kinds import Postpone, register_kind, render_ready_made, email_renderer
from teams.models import Invitation
from teams.emails import register_subjects

KIND = "invitation"
DELETED_PAUSE = timedelta(hours=1)  # a deleted workspace may be brought back


@email_renderer(KIND)
def invitation_letter(delivery):
    """None when it was revoked, accepted or ran out since it was queued."""
    invitation = Invitation.objects.filter(pk=delivery.about).select_related("workspace").first()
    if invitation is None or not invitation.is_pending:
        return None
    if invitation.workspace.deleted_at:
        return Postpone(timezone.now() + DELETED_PAUSE)
    return render_ready_made(delivery)


def is_over(delivery):
    """An invitation that nobody can accept any more."""
    if delivery.kind != KIND:
        return False
    invitation = Invitation.objects.filter(pk=delivery.about).first()
    return invitation is None or not invitation.is_pending


def may_see(membership):
    """Whoever sees the page sees the invitations of their workspace."""
    invitations = Invitation.objects.filter(workspace=membership.workspace_id)
    return Q(Exists(invitations.filter(pk=OuterRef("about"))))


register_kind(KIND, _("An invitation"))
register_subjects(may_see=may_see, links=lambda abouts: {})
