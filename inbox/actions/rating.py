"""Records how a contact rates a resolved conversation: once for each time it was resolved."""

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions.rate_limits import limit_messages
from inbox.actions.visitor import lock_visitor_and_conversation
from inbox.change import changing
from inbox.models import Conversation, Message


class CannotRate(Exception):
    """Its message explains to the visitor why."""


def rate_conversation(inbox, *, token, rating, comment=""):
    """Rate the visitor's latest conversation, from 1 to 5.

    Returns the conversation, or None if they have none. Raises CannotRate and TooManyMessages.
    """
    with transaction.atomic():
        visitor, conversation = lock_visitor_and_conversation(inbox, token=token)
        if conversation is None:
            return None
        if visitor.is_blocked:
            return pretend_to_rate(inbox, conversation, rating, comment)
        with changing(conversation) as change:
            if check_rating(inbox, change.conversation, rating, comment):
                limit_messages(change.conversation)
                record_rating(change, rating, comment)
    return conversation


def pretend_to_rate(inbox, conversation, rating, comment):
    """Return a blocked visitor's conversation as if they had rated it, so that they notice nothing.

    If it's open, they are the one who seemed to end it (inbox.actions.ending).
    """
    conversation.status = Conversation.Status.RESOLVED
    check_rating(inbox, conversation, rating, comment)
    conversation.rating = rating
    return conversation


def check_rating(inbox, conversation, rating, comment) -> bool:
    """Return whether it has to be stored: False for a retry of the same. Raises CannotRate."""
    if not inbox.asks_rating:
        raise CannotRate(_("This chat doesn't ask for ratings any more."))
    if not conversation.is_resolved:
        raise CannotRate(_("This conversation is open again. You can rate it when it's closed."))
    if conversation.rating is None:
        return True
    ratings = conversation.messages.filter(activity=Message.Activity.RATED)
    details = ratings.latest("seq").details
    if (details["rating"], details["comment"]) != (rating, comment):
        raise CannotRate(_("You already rated this conversation."))
    return False


def record_rating(change, rating, comment):
    conversation = change.conversation
    conversation.rating = rating
    agent = conversation.assignee or find_resolver(conversation)
    change.add_activity(
        Message.Activity.RATED,
        contact=conversation.contact.display_name,
        rating=rating,
        comment=comment,
        agent=agent.name if agent else "",
        agent_id=str(agent.pk) if agent else "",
    )


def find_resolver(conversation):
    """Return the member who resolved it, which they can do without taking it, or None."""
    resolved = conversation.messages.filter(activity=Message.Activity.RESOLVED)
    return resolved.select_related("author__user").latest("seq").author
