"""What a visitor is told about people who are not there, or who are busy."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from teams.availability import moment


def absent_words(person) -> str:
    """Of somebody who has the visitor's open conversation and is not there."""
    if person.away_since and person.reassign_replies:
        words = _("Not here right now. %(name)s or a colleague will answer.")
        return words % {"name": person.name}
    return absent_owner_words(person)


def absent_owner_words(person) -> str:
    return _("Not here right now. %(goes)s") % {"goes": goes_words(person)}


def unseen_words(person) -> str:
    """Of somebody who may be there: nobody can say it for a moment."""
    return _("Your message goes to %(name)s.") % {"name": person.name}


def goes_words(person) -> str:
    """Where the message goes while they are not there: not everybody wants emails."""
    if person.email_mine:
        return _("Your message goes to %(name)s by email.") % {"name": person.name}
    return _("Your message waits for %(name)s.") % {"name": person.name}


def busy_words(person) -> str:
    words = _("Busy with other chats. Your message still goes to %(name)s.")
    return words % {"name": person.name}


def full_words(*, is_waiting) -> str:
    if is_waiting:
        return _("All our people are in a conversation. You are in the queue.")
    return _("All our people are in a conversation. Write, and you are in the queue.")


def nobody_words(*, has_written) -> str:
    if has_written:
        return _("Nobody is here right now. Your message is kept and will be answered.")
    return _("Nobody is here right now. Write to us: your message is kept.")


def unseen_people_words(*, has_written) -> str:
    """The same of whoever would be asked."""
    if has_written:
        return _("Your message is kept and will be answered.")
    return _("Write to us: your message is kept.")


def kept_words(*, is_waiting) -> str:
    return _("Your message is kept.") if is_waiting else _("Write to us any time.")


def reopening_text(closed, now) -> str:
    """«We are back Mon 09:00 (Berlin time).» closed: of the inbox's opening hours."""
    if closed.until is None:
        return _("We are closed right now.")
    zone = closed.hours.zone
    words = {"time": moment(closed.until, zone, now), "zone": zone_words(zone, closed.until)}
    if localtime(closed.until, zone).date() == localtime(now, zone).date():
        return _("We are back at %(time)s (%(zone)s).") % words
    return _("We are back %(time)s (%(zone)s).") % words


def zone_words(zone, at) -> str:
    """Whose clock it is: visitors are anywhere. «Berlin time», «UTC»."""
    area, _slash, city = zone.key.partition("/")
    if not city or area == "Etc":
        return localtime(at, zone).tzname()
    return _("%(city)s time") % {"city": city.rpartition("/")[2].replace("_", " ")}
