"""From a committed change to the agents' open screens: rendered once, whoever looks."""

from django.template.loader import render_to_string

from inbox.models import Message
from inbox.receipt import receipt_after, receipt_of
from messagehub.lib.live.publish import close_streams, publish

MOST_CONVERSATIONS = 10


def broadcast(change):
    conversation = change.conversation
    if change.previous_list_key and change.previous_list_key["assignee"] != conversation.list_key["assignee"]:
        # Before anything is said: whoever heard it only while it was nobody's hears no more.
        close_streams(conversation.restricted_subject)
    for message in change.entries:
        publish(
            conversation.live_channel,
            "append",
            {
                "into": f"timeline-{conversation.number}",
                "id": f"entry-{conversation.number}-{message.seq}",
                "html": entry_html(message),
            },
        )
    receipt = receipt_after(change.entries)
    if receipt is not None:
        publish_receipt(conversation, receipt)
    tell_lists(change)


def tell_lists(change):
    """The row, to those who see every conversation; to the others only while it is theirs."""
    conversation = change.conversation
    row = {
        "id": f"row-{conversation.number}",
        "number": conversation.number,
        "inbox": str(conversation.inbox_id),
        "previous": change.previous_list_key,
        "until": conversation.snoozed_until.isoformat() if conversation.snoozed_until else "",
        "response_interval": conversation.response_interval,
        "contact_wrote": any(each.kind == Message.Kind.CONTACT for each in change.entries),
        "html": row_html(conversation),
        **conversation.list_key,
    }
    publish(conversation.inbox.live_channel, "row", row)
    had = change.previous_list_key["assignee"] if change.previous_list_key else ""
    has = row["assignee"]
    if not has:
        publish(conversation.inbox.queue_channel, "row", row)
    elif had != has:
        publish(f"restricted:{has}", "row", row)
        # Gone from the lists of whoever may no longer see it: its words do not go along.
        gone = row | {"html": "", "assignee": has}
        publish(f"restricted:{had}" if had else conversation.inbox.queue_channel, "row", gone)
    else:
        publish(f"restricted:{has}", "row", row)


def tell_receipt(conversation):
    """It was seen, or emailed, or that email came back."""
    receipt = receipt_of(conversation)
    if receipt.state:
        publish_receipt(conversation, receipt)


def publish_receipt(conversation, receipt):
    context = {"conversation": conversation, "receipt": receipt}
    html = render_to_string("inbox/_receipt.html", context)
    place = {"id": f"receipt-{conversation.number}", "html": html}
    publish(conversation.live_channel, "replace", place)


def tell_contact(contact):
    """The contact's name and panel, wherever one of their latest conversations is open."""
    person = {"id": f"contact-{contact.pk}", "html": person_html(contact)}
    name = {"id": f"contact-name-{contact.pk}", "html": name_html(contact)}
    owner = {
        "contact": str(contact.pk),
        "owner": str(contact.owner_id or ""),
        "name": contact.owner_label,
    }
    for conversation in contact.conversations.order_by("-number")[:MOST_CONVERSATIONS]:
        publish(conversation.live_channel, "replace", person)
        publish(conversation.live_channel, "replace", name)
        publish(conversation.live_channel, "owner", owner)


def entry_html(message):
    context = {"message": message, "workspace": message.conversation.workspace}
    return render_to_string("inbox/_entry.html", context)


def person_html(contact):
    return render_to_string("inbox/_contact_person.html", {"contact": contact})


def name_html(contact):
    return render_to_string("inbox/_contact_name.html", {"contact": contact})


def row_html(conversation):
    context = {"conversation": conversation, "workspace": conversation.workspace}
    return render_to_string("inbox/_row.html", context)
