"""Renders a conversation for its visitor. Everything here starts at visible_to_contact()."""

from django.template.loader import render_to_string


def entry_html(message) -> str:
    if not message.is_visible_to_contact:
        raise ValueError("the contact must not see this message")
    return render_to_string("widget/_entry.html", {"message": message})


def entries_after(conversation, seq) -> tuple[str, int]:
    """Return the messages after `seq` that the visitor may see, and the seq of the last one.

    Both come from one query. A reply stored between two queries would be counted but never shown.
    """
    messages = list(conversation.messages.visible_to_contact().with_related().after(seq))
    html = "".join(entry_html(message) for message in messages)
    return html, messages[-1].seq if messages else seq


def state_html(state) -> str:
    return render_to_string("widget/_state.html", {"state": state})
