"""The visitor's side of a conversation. Everything here starts at visible_to_contact()."""

from django.template.loader import render_to_string


def entry_html(message) -> str:
    if not message.is_visible_to_contact:
        raise ValueError("not for the contact's eyes")
    return render_to_string("widget/_entry.html", {"message": message})


def entries_after(conversation, seq) -> tuple[str, int]:
    """What the visitor may see after this number, and the number of the last of it.

    Both from one query: a reply that is stored in between would be counted and never shown.
    """
    messages = list(conversation.messages.visible_to_contact().with_related().after(seq))
    html = "".join(entry_html(message) for message in messages)
    return html, messages[-1].seq if messages else seq


def state_html(state) -> str:
    return render_to_string("widget/_state.html", {"state": state})
