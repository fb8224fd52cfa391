"""Shows photos of agents to visitors.

The address is random and known only to those who were shown the agent or are colleagues. It needs
no token, so that browsers can cache it, and it doesn't work for members whom visitors never see.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from inbox.models import Inbox, Message
from teams.models import Membership
from teams.permissions import Permission
from teams.views.profile import photo_response


@require_GET
def photo(request, photo):
    # Without the empty ones, which its index leaves out.
    members = Membership.objects.current().exclude(photo="").with_related()
    member = get_object_or_404(members, photo=photo, workspace__deleted_at=None)
    if not is_shown_to_visitors(member):
        raise Http404
    _large, small = member.photo_keys
    return photo_response(small, cache="public")


def is_shown_to_visitors(member):
    """Return whether the member answers an inbox or has replied to someone."""
    answers = member.can(Permission.ANSWER) and Inbox.objects.visible_to(member).exists()
    return answers or Message.objects.visible_to_contact().filter(author=member).exists()
