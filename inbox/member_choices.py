"""The members that an open conversation names or offers: as its assignee, or the contact's owner.

There can be a thousand to choose from, and few of these lists are looked at, so a page loads a list
when it is about to be opened.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef

from inbox.forms import possible_assignees, possible_owners
from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery
from teams.availability import in_workspace, with_availability
from teams.models import Membership
from teams.permissions import Permission

# Three ids instead of a list: PostgreSQL would plan it for every list, which takes longer than
# running it, because it expects a list of unknown length to be long.
PEOPLE = PreparedQuery(
    lambda member, assignee, owner, inbox, workspace: (
        Membership.objects.filter(pk__in=[member, assignee, owner])
        .select_related("user", "role")
        .annotate(
            is_assignable=Exists(
                Inbox(pk=inbox, workspace_id=workspace).possible_assignees.filter(pk=OuterRef("pk"))
            )
        )
    ),
    member=UUID,
    assignee=UUID,
    owner=UUID,
    inbox=UUID,
    workspace=UUID,
)


def attach_people(conversation, membership) -> dict:
    """Set the assignee's availability and the contact's owner.

    Returns these two and the member who looks at it, by their ids, with `is_assignable`.
    """
    contact = conversation.contact
    people = PEOPLE.all(
        member=membership.pk,
        assignee=conversation.assignee_id or membership.pk,
        owner=contact.owner_id or membership.pk,
        inbox=conversation.inbox_id,
        workspace=conversation.workspace_id,
    )
    by_pk = {each.pk: each for each in in_workspace(people, conversation.workspace)}
    if assignee := by_pk.get(conversation.assignee_id):
        [conversation.assignee] = with_availability([assignee])
    if owner := by_pk.get(contact.owner_id):
        contact.owner = owner
        owner.is_outsider = owner.can(Permission.ANSWER) and not owner.is_assignable
    return by_pk


def list_agents(conversation) -> list:
    """Return the members who can be assigned the conversation, with their availability."""
    members = possible_assignees(conversation).select_related(None).select_related("user")
    return with_availability(in_workspace(members, conversation.workspace))


def list_owners(contact, workspace, inbox=None) -> list:
    """Return the possible owners, by name. A present owner who isn't among them stays the owner.

    Those who can't be assigned conversations of the inbox are outsiders.
    """
    members = possible_owners(workspace).select_related(None).select_related("user")
    owners = in_workspace(members, workspace)
    by_pk = {owner.pk: owner for owner in owners}
    contact.owner = by_pk.get(contact.owner_id) or contact.owner
    if inbox is not None:
        assignable = set(inbox.possible_assignees.values_list("pk", flat=True))
        for owner in owners:
            owner.is_outsider = owner.pk not in assignable
    return owners
