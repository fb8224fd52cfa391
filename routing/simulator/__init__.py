"""What would have happened with other settings: the past of an inbox, replayed.

The policy that decides live decides here, too (routing.policy). The replay itself is pure: no
database, no clock; moments are seconds since 1970. It knows when contacts wrote (a new
conversation, one that they reopened, or more while it was assigned), who was online when, opening
hours, who owns a contact and who has Reassign replies on today, and how long each conversation took
from its assignment until it was resolved or snoozed. It assumes:

- A conversation takes as long with anyone else, from the moment they have it. What was closed
  straight from the queue is closed when it really was; what is reassigned after an answer, when it
  would have been.
- An answer comes as late as it really came, if the same member has the conversation. Others answer
  as fast as they usually do. Both count from the moment they are available.
- What people did by hand (assign, unassign, hand over) isn't repeated. What came back from a snooze
  stays with its real assignee.
- Everyone starts without a position in the rotation, and with the conversations they really had.
"""

from routing.simulator.history import Arrival, History, Member, Outcome, Rules
from routing.simulator.run import simulate

__all__ = ["Arrival", "History", "Member", "Outcome", "Rules", "simulate"]
