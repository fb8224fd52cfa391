"""Conversations for tests of lists, which need a hundred. Actions would take seconds for that."""

from inbox.models import Contact, Conversation


def new_conversation(inbox, status, assignee=None, owner=None, **fields):
    """Return a conversation with a contact of its own, neither of them stored yet."""
    workspace = inbox.workspace
    return Conversation(
        workspace=workspace,
        inbox=inbox,
        contact=Contact(workspace=workspace, owner=owner),
        number=workspace.next_number(),
        status=status,
        assignee=assignee,
        **fields,
    )


def store(*conversations):
    """Store these conversations and their contacts."""
    Contact.objects.bulk_create([each.contact for each in conversations])
    return Conversation.objects.bulk_create(conversations)
