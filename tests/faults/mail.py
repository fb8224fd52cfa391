"""Emails under faults: a real worker, a mail server, and checks of the result.

The mail server accepts each email once, whatever happened on the way.
"""

from collections import Counter
from itertools import count

from outbox.actions import queue_email
from outbox.models import Delivery
from tests.processes import worker

_numbers = count()


def mailing(host, **environment):
    """Run a worker that sends to this mail server."""
    return worker(EMAIL_URL=f"smtp://127.0.0.1:{host.port}", **environment)


def queue(number):
    """Queue emails and return their Message-IDs."""
    letter = {"subject": "Hello", "text": "Text"}
    to = [f"p{next(_numbers)}@acme.example" for _ in range(number)]
    return {queue_email(to=each, **letter).message_id for each in to}


def message_ids(state):
    return {each.message_id for each in Delivery.objects.filter(state=state)}


def all_sent():
    return not Delivery.objects.exclude(state=Delivery.State.SENT).exists()


def arrived(host, message_ids):
    """Count how often each was accepted: {times: number of emails}."""
    times = Counter(host.message_ids())
    return Counter(times[each] for each in message_ids)


def log(capfd):
    """Return the workers' output since the last call."""
    return capfd.readouterr().err
