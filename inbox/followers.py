"""Who follows a conversation."""


def list_followers(conversation):
    """Return the members who follow the conversation and may see it, the first one first."""
    following = conversation.followers.following().values("membership")
    return list(conversation.audience.filter(pk__in=following).order_by("user__name", "pk"))
