"""The visitor's side of a conversation. Everything here starts at visible_to_contact()."""

from django.template.loader import render_to_string


def entry_html(message) -> str:
    if not message.is_visible_to_contact:
        raise ValueError("not for the contact's eyes")
    return render_to_string("widget/_entry.html", {"message": message})


def entries_html(conversation, *, after) -> str:
    messages = conversation.messages.visible_to_contact().with_people().after(after)
    return "".join(entry_html(message) for message in messages)


def state_html(state) -> str:
    return render_to_string("widget/_state.html", {"state": state})


def last_visible_seq(conversation) -> int:
    visible = conversation.messages.visible_to_contact().order_by("-seq")
    return visible.values_list("seq", flat=True).first() or 0
