from django.dispatch import receiver
from django.utils.translation import gettext as _

from inbox.actions.inbox import create_inbox
from inbox.broadcast import broadcast
from inbox.signals import conversation_changed
from teams.signals import workspace_created


@receiver(workspace_created)
def make_first_inbox(sender, workspace, by, **kwargs):
    """A new workspace can be tried at once: it has one inbox, answered by its founder."""
    create_inbox(workspace, name=_("Website chat"), members=[by])


@receiver(conversation_changed)
def tell_agents(sender, change, **kwargs):
    broadcast(change)
