"""Shows who else is in a conversation: who has it open, and who is typing.

Nothing of it is stored in PostgreSQL, and nothing carries text. Who has it open is in Redis until
their page has been silent for a while; who is typing is only published. Without Redis no one is
shown.
"""

import json
import time

from django.utils.translation import gettext as _

from inbox.models import Message
from messagehub.lib import redis
from messagehub.lib.live.publish import publish

VIEWING_SECONDS = 45  # after the last report of a page, which comes every 20 seconds
TYPING_MS = 2_500  # between two notices of one person in one conversation


def record_viewing(conversation, *, member, leaves=False) -> list:
    """Record that a member has the conversation open, or leaves. Return all who have it open.

    Publishes it to colleagues, whose pages forget it unless it is repeated.
    """
    key, field = f"viewing:{conversation.pk}", str(member.pk)
    viewer = {"member": field, "name": member.name, "until": time.time() + VIEWING_SECONDS}
    try:
        pipeline = redis.client().pipeline(transaction=False)
        if leaves:
            pipeline.hdel(key, field)
        else:
            pipeline.hset(key, field, json.dumps(viewer))
            pipeline.expire(key, VIEWING_SECONDS)
        pipeline.hvals(key)
        viewers = [json.loads(value) for value in pipeline.execute()[-1]]
    except redis.FAILURES:
        return []
    seconds = 0 if leaves else VIEWING_SECONDS
    publish_together(conversation, "viewing", member=field, name=member.name, seconds=seconds)
    now = time.time()
    for viewer in viewers:
        viewer["left"] = round(viewer.pop("until") - now, 1)
    return [viewer for viewer in viewers if viewer["left"] > 0]


def publish_typing(conversation, *, member, kind):
    """Publish that a member is typing. The visitor sees it only while they get a reply."""
    if not is_due(f"{conversation.pk}:{member.pk}:{kind}"):
        return
    publish_together(conversation, "typing", member=str(member.pk), name=member.name, kind=kind)
    if kind == Message.Kind.REPLY and not conversation.is_resolved:
        with conversation.contact.in_language():
            text = _("%(name)s is typing…") % {"name": member.name}
        publish(conversation.contact_channel, "typing", {"text": text})


def publish_contact_typing(conversation):
    name, kind = conversation.contact.display_name, Message.Kind.CONTACT
    publish_together(conversation, "typing", member="", name=name, kind=kind)


def publish_together(conversation, event, **data):
    """Publish to agents who have the conversation open. The data names it: tabs share a stream."""
    publish(conversation.live_channel, event, {"number": conversation.number, **data})


def is_due(who) -> bool:
    """Return whether the last notice is long enough ago, and count this one."""
    try:
        return bool(redis.client().set(f"typing:{who}", 1, nx=True, px=TYPING_MS))
    except redis.FAILURES:
        return False
