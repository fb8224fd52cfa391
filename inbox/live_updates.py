"""Publishes committed changes to agents' open pages. Each update is rendered once for everyone."""

from functools import wraps

from django.template.loader import render_to_string

from inbox.followers import list_followers
from inbox.models import Draft, Message
from inbox.receipt import get_receipt, receipt_for_entries
from inbox.templatetags.entry_markup import entry_html
from inbox.templatetags.row_markup import row_html
from messagehub.lib.live.publish import close_streams, publish, publish_to

# Activities after which a part of Conversation Actions is replaced.
SORTED = {
    Message.Activity.LABELS_ADDED: "labels",
    Message.Activity.LABELS_REMOVED: "labels",
    Message.Activity.PRIORITY_SET: "priority",
    Message.Activity.TEAM_SET: "team",
}
MAX_CONVERSATIONS = 10  # of one contact that are updated when the contact changes


def restricted_channel(membership_id):
    """Return the channel of a member who sees only their own and unassigned conversations."""
    return f"restricted:{membership_id}"


def in_workspace_language(publish_something):
    """Render in the language of the first argument's workspace.

    The active language may be a visitor's, or that of a background task.
    """

    @wraps(publish_something)
    def publish_translated(subject, *args, **kwargs):
        with subject.workspace.in_language():
            return publish_something(subject, *args, **kwargs)

    return publish_translated


@in_workspace_language
def publish_change(change):
    conversation = change.conversation
    previous = change.previous_list_key
    if previous and previous["assignee"] != conversation.list_key["assignee"]:
        # Before publishing anything, close the streams of members who could see the conversation
        # only while it was theirs or unassigned.
        close_streams(conversation.restricted_subject)
    if not change.is_new:  # no page can show a conversation before it is committed
        publish_timeline(change)
    has_contact_written = any(entry.kind == Message.Kind.CONTACT for entry in change.entries)
    is_quiet = change.bulk_run is not None
    publish_row(conversation, previous, has_contact_written=has_contact_written, is_quiet=is_quiet)


def publish_timeline(change):
    """Publish what changed to the pages that show the conversation."""
    conversation = change.conversation
    for message in change.entries + change.revised:
        data = {
            "into": f"timeline-{conversation.number}",
            "id": f"entry-{conversation.number}-{message.seq}",
            "html": entry_html(message),
        }
        publish(conversation.live_channel, "append", data)
    receipt = receipt_for_entries(conversation, change.entries)
    if receipt is not None:
        send_receipt(conversation, receipt)
    for part in dict.fromkeys(SORTED.get(message.activity) for message in change.entries):
        if part:
            publish_part(conversation, part)


@in_workspace_language
def publish_part(conversation, part):
    """Publish the labels, priority or team to the pages that show the conversation."""
    html = render_to_string(f"inbox/_sorting.html#{part}", {"conversation": conversation})
    data = {"id": f"{part}-{conversation.number}", "html": html}
    publish(conversation.live_channel, "replace", data)


@in_workspace_language
def publish_row(conversation, previous, *, has_contact_written=False, is_quiet=False):
    """Publish the list row to everyone who may see the conversation; `previous`: its list_key.

    is_quiet: pages don't alert their member, who is notified of many conversations at once.

    Members who see every conversation of the inbox always get it, other members only while it is
    theirs or unassigned.
    """
    snoozed_until = conversation.snoozed_until
    row = {
        "id": f"row-{conversation.number}",
        "number": conversation.number,
        "inbox": str(conversation.inbox_id),
        "previous": previous,
        "until": snoozed_until.isoformat() if snoozed_until else "",
        "response_interval": conversation.response_interval,
        "contact_wrote": has_contact_written,
        "quiet": is_quiet,
        "html": row_html(conversation),
        **conversation.list_key,
        **conversation.filter_values,
    }
    queue_channel = conversation.inbox.queue_channel
    old = previous["assignee"] if previous else ""
    new = row["assignee"]
    restricted = restricted_channel(new) if new else queue_channel
    publish_to((conversation.inbox.live_channel, restricted), "row", row)
    if new and old != new:
        # Remove the row from the lists of members who may no longer see it, without its text.
        removed = row | {"html": "", "assignee": new}
        publish(restricted_channel(old) if old else queue_channel, "row", removed)


def publish_drafts(conversation, *, member, kind):
    """Tell the member's and colleagues' pages that the member has a draft, or no longer has one."""
    drafts = Draft.objects.filter(conversation=conversation, membership=member)
    data = {"number": conversation.number, "exists": drafts.exists()}
    publish(member.live_channel, "draft", data)
    if kind == Message.Kind.REPLY:
        data = {"number": conversation.number, "members": members_drafting(conversation)}
        publish(conversation.live_channel, "drafting", data)


def members_drafting(conversation) -> list:
    """Return who has started a reply, without its text."""
    drafts = Draft.objects.started_replies(conversation)
    return [{"member": draft.membership_id, "name": draft.membership.name} for draft in drafts]


def publish_receipt(conversation):
    """Publish whether the contact has seen the replies or got them by email."""
    receipt = get_receipt(conversation)
    if receipt.seq:  # also without a state, which replaces one that is no longer true
        send_receipt(conversation, receipt)


@in_workspace_language
def send_receipt(conversation, receipt):
    context = {"conversation": conversation, "receipt": receipt}
    html = render_to_string("inbox/_receipt.html", context)
    data = {"id": f"receipt-{conversation.number}", "html": html}
    publish(conversation.live_channel, "replace", data)


@in_workspace_language
def publish_followers(conversation):
    """Publish who follows the conversation."""
    context = {"conversation": conversation, "followers": list_followers(conversation)}
    html = render_to_string("inbox/_followers.html", context)
    data = {"id": f"followers-{conversation.number}", "html": html}
    publish(conversation.live_channel, "replace", data)


@in_workspace_language
def publish_contact(contact):
    """Publish the contact's name, details and owner to pages that show a recent conversation."""
    details = {"id": f"contact-{contact.pk}", "html": details_html(contact)}
    name = {"id": f"contact-name-{contact.pk}", "html": name_html(contact)}
    owner = {
        "contact": str(contact.pk),
        "owner": str(contact.owner_id or ""),
        "name": contact.owner_label,
    }
    for conversation in contact.conversations.order_by("-number")[:MAX_CONVERSATIONS]:
        publish(conversation.live_channel, "replace", details)
        publish(conversation.live_channel, "replace", name)
        publish(conversation.live_channel, "owner", owner)


@in_workspace_language
def publish_merged_contact(contact, former, conversations):
    """Show the contact that stayed on pages that show the former one (its id)."""
    details = {"id": f"contact-{former}", "html": details_html(contact)}
    name = {"id": f"contact-name-{former}", "html": name_html(contact)}
    for conversation in conversations:
        publish(conversation.live_channel, "replace", details)
        publish(conversation.live_channel, "replace", name)


def details_html(contact):
    return render_to_string("inbox/_contact_person.html", {"contact": contact})


def name_html(contact):
    return render_to_string("inbox/_contact_name.html", {"contact": contact})
