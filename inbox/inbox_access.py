from django.utils.translation import gettext_lazy as _

from inbox.actions.inbox import add_inbox_member
from inbox.models import Inbox, InboxMember
from teams.parts import register


class InboxAccess:
    """The inboxes a member answers: given with an invitation and in the member's settings."""

    name = "inboxes"
    label = _("Inboxes")

    def choices(self, workspace):
        inboxes = workspace.inboxes.order_by("created_at")
        return [(str(inbox.pk), inbox.name) for inbox in inboxes]

    def chosen(self, membership):
        mine = InboxMember.objects.filter(membership=membership).values_list("inbox", flat=True)
        return sorted(map(str, mine))

    def give(self, membership, ids):
        known = {key for key, _name in self.choices(membership.workspace)} & set(ids)
        InboxMember.objects.filter(membership=membership).exclude(inbox__in=known).delete()
        for inbox in Inbox.objects.filter(workspace=membership.workspace_id, pk__in=known):
            add_inbox_member(inbox, membership=membership)


register(InboxAccess())
