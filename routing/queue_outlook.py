"""Whether a conversation in the queue would stay there."""

from routing.snapshot import take_snapshot


class QueueOutlook:
    def __init__(self, inbox):
        self.snapshot = take_snapshot(inbox)

    def stays_queued(self, owner_id):
        return not self.snapshot.can_assign(owner_id, ())


def queue_outlook(inbox):
    return QueueOutlook(inbox)
