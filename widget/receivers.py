from django.dispatch import receiver

from inbox.signals import conversation_changed
from messagehub.lib.live.publish import publish
from widget.rendering import entry_html, state_html
from widget.state import state_for


@receiver(conversation_changed)
def tell_visitor(sender, change, **kwargs):
    """The contact's open windows: what they may see of it, and who is there for them now."""
    conversation = change.conversation
    channel = conversation.contact.live_channel
    for message in change.entries:
        if message.is_visible_to_contact:
            data = {"into": "timeline", "id": f"entry-{message.seq}", "html": entry_html(message)}
            publish(channel, "append", data)
    if change.is_new or change.was != conversation.place:
        state = state_for(conversation.inbox, conversation)
        publish(channel, "replace", {"id": "state", "html": state_html(state)})
