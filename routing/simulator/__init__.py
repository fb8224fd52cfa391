"""What would have happened with other rules: the past of an inbox, played again. Pure: no
database, no clock. Moments are seconds since 1970.

The very code that decides live decides here (routing.policy). What is known: when contacts wrote
(a new conversation, one that they reopened, or further while somebody had it), who was there
when, opening hours, who owns a contact and who has «Reassign replies» on now, and how long each
conversation took from being given to somebody until it was resolved or snoozed. What is assumed:

- It takes as long with somebody else, from the moment they have it. What was closed straight from
  the queue is closed when it really was; what moves on after an answer, when it would have been.
- An answer comes as late as it really came, when the same person has it. Somebody else answers
  as fast as they usually do. Both count from the moment they are there.
- What people did by hand (assigned, put back, handed over) is not repeated. What came after a
  snooze stays with whoever really had it.
- Everybody begins without a turn, and with the conversations they really had at that moment.
"""

from routing.simulator.history import Arrival, History, Outcome, Person, Rules
from routing.simulator.run import simulate

__all__ = ["Arrival", "History", "Outcome", "Person", "Rules", "simulate"]
