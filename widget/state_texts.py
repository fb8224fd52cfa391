"""Words what a visitor reads about agents who are offline or busy."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from teams.time_format import format_time


def offline_assignee_text(agent) -> str:
    if agent.away_at and agent.reassign_replies:
        text = _("Away right now. %(name)s or a colleague will reply.")
        return text % {"name": agent.name}
    return offline_owner_text(agent)


def offline_owner_text(agent) -> str:
    text = _("Away right now.")  # not in the f-string, where the catalogues' tool doesn't look
    return f"{text} {delivery_text(agent)}"


def unknown_agent_text(agent) -> str:
    """Promise nothing while presence is unknown: the agent may be online."""
    return _("Your message will go to %(name)s.") % {"name": agent.name}


def delivery_text(agent) -> str:
    """Say how a message reaches an agent who is offline and may have turned emails off."""
    if agent.email_mine:
        return _("Your message will be emailed to %(name)s.") % {"name": agent.name}
    return _("%(name)s will see your message later.") % {"name": agent.name}


def reply_time_text(inbox) -> str:
    """Say how soon visitors usually get a reply, or "" if that is unknown or too long to say."""
    seconds = inbox.usual_reply_seconds
    if seconds is None:
        return ""
    texts = {
        60: _("We usually reply within a minute."),
        5 * 60: _("We usually reply within 5 minutes."),
        15 * 60: _("We usually reply within 15 minutes."),
        60 * 60: _("We usually reply within an hour."),
        4 * 60 * 60: _("We usually reply within a few hours."),
    }
    return next((text for limit, text in texts.items() if seconds <= limit), "")


def busy_owner_text(agent) -> str:
    text = _("Busy with other conversations. Your message will still go to %(name)s.")
    return text % {"name": agent.name}


def busy_inbox_text(*, is_waiting) -> str:
    if is_waiting:
        return _("All our agents are busy. You're in the queue.")
    return _("All our agents are busy. Send a message to join the queue.")


def offline_inbox_text(*, has_written) -> str:
    if has_written:
        return _("We're away right now. We've received your message and will reply.")
    return _("We're away right now. Leave a message and we'll get back to you.")


def unknown_inbox_text(*, has_written) -> str:
    """Promise nothing while presence is unknown: agents may be online."""
    if has_written:
        return _("We've received your message and will reply.")
    return _("Leave a message and we'll get back to you.")


def closed_inbox_text(*, is_waiting) -> str:
    return _("We've received your message.") if is_waiting else _("Leave a message any time.")


def reopening_text(closed, now) -> str:
    """Say when the inbox reopens: "We're back Mon 09:00 (Berlin time)."."""
    if closed.until is None:
        return _("We're closed right now.")
    zone = closed.hours.zone
    params = {
        "time": format_time(closed.until, zone, now),
        "zone": time_zone_text(zone, closed.until),
    }
    if localtime(closed.until, zone).date() == localtime(now, zone).date():
        return _("We're back at %(time)s (%(zone)s).") % params
    return _("We're back %(time)s (%(zone)s).") % params


def time_zone_text(zone, at) -> str:
    """Name the time zone for visitors from anywhere: "Berlin time", "UTC"."""
    area, _slash, city = zone.key.partition("/")
    if not city or area == "Etc":
        return localtime(at, zone).tzname()
    return _("%(city)s time") % {"city": city.rpartition("/")[2].replace("_", " ")}
