"""What Acme's agents have on the desk, from desk.json: labels, teams, canned replies and more.

Also what its visitors see before they write.
"""

import json
from pathlib import Path

from inbox.actions.canned_reply import save_canned_reply
from inbox.actions.contact import edit_contact
from inbox.actions.contact_attribute import save_attribute
from inbox.actions.contact_note import add_contact_note
from inbox.actions.inbox import update_inbox
from inbox.actions.label import change_labels, save_label
from inbox.actions.page_greeting import save_page_greeting
from inbox.actions.saved_view import save_view
from inbox.actions.sorting import set_priority, set_team
from inbox.models import Contact, Conversation, ConversationLabel
from teams.actions.team import save_team

DESK = json.loads((Path(__file__).parent / "desk.json").read_text())


def prepare_desk(workspace, *, by):
    """Create what agents sort and answer conversations with. by: the administrator."""
    for label in DESK["labels"]:
        save_label(workspace, by=by, **label)
    members = {each.name: each for each in workspace.memberships.select_related("user")}
    for name, names in DESK["teams"].items():
        save_team(workspace, name=name, members=[members[each] for each in names], by=by)
    for reply in DESK["canned_replies"]:
        save_canned_reply(workspace, is_for_all_inboxes=True, inboxes=[], by=by, **reply)
    for attribute in DESK["attributes"]:
        save_attribute(workspace, by=by, **attribute)
    for member in members.values():
        for view in DESK["views"]:
            if not view["is_shared"] or member == by:
                save_view(member, **view)


def prepare_chat(inbox, *, by):
    """Have the inbox greet visitors and ask who they are. by: the administrator."""
    update_inbox(inbox, prechat_fields=DESK["prechat_fields"], by=by)
    greeting = dict(DESK["greeting"])
    sender = inbox.workspace.memberships.get(user__name=greeting.pop("sender"))
    save_page_greeting(inbox, sender=sender, **greeting, by=by)


def sort_conversation(conversation, *, labels=(), priority=None, team=None, by):
    """Sort a conversation as the cast says. Labels and teams are given by name."""
    if labels:
        found = [each for each in conversation.workspace.labels.all() if each.name in labels]
        change_labels(conversation, add=found, by=by)
    if priority:
        set_priority(conversation, priority=Conversation.Priority[priority.upper()], by=by)
    if team:
        set_team(conversation, team=conversation.workspace.teams.get(name=team), by=by)


def label_past(workspace):
    """Label the conversations of the past by the page on which they began."""
    labels = {each.name: each for each in workspace.labels.all()}
    rows, conversations = [], []
    for conversation in Conversation.objects.filter(workspace=workspace, label_ids=[]):
        if label := label_of(conversation.page_url, labels):
            conversation.label_ids = [label.pk]
            conversations.append(conversation)
            rows.append(
                ConversationLabel(workspace=workspace, conversation=conversation, label=label)
            )
    Conversation.objects.bulk_update(conversations, ["label_ids"])
    ConversationLabel.objects.bulk_create(rows)


def label_of(page_url, labels):
    for page, name in DESK["pages"].items():
        if page in page_url:
            return labels[name]
    return None


def describe_contacts(workspace, *, by):
    """Fill in the details of the cast's contacts."""
    keys = {each.name: str(each.pk) for each in workspace.contact_attributes.all()}
    for name, details in DESK["contacts"].items():
        details = dict(details)
        note = details.pop("note", "")
        attributes = {keys[each]: value for each, value in details.pop("attributes").items()}
        contact = Contact.objects.get(workspace=workspace, name=name)
        edit_contact(contact, by=by, attributes=attributes, **details)
        if note:
            add_contact_note(contact, body=note, by=by)
