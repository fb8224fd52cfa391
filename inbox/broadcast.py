"""From a committed change to the agents' open screens: rendered once, whoever looks."""

from django.template.loader import render_to_string

from messagehub.lib.live.publish import publish


def broadcast(change):
    conversation = change.conversation
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
    publish(
        conversation.inbox.live_channel,
        "row",
        {
            "id": f"row-{conversation.number}",
            "number": conversation.number,
            "inbox": str(conversation.inbox_id),
            "was": change.was,
            "html": row_html(conversation),
            **conversation.place,
        },
    )


def entry_html(message):
    context = {"message": message, "workspace": message.conversation.workspace}
    return render_to_string("inbox/_entry.html", context)


def row_html(conversation):
    context = {"conversation": conversation, "workspace": conversation.workspace}
    return render_to_string("inbox/_row.html", context)
