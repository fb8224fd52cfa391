"""Who wrote to the shop in the past weeks, when, and what they said: past.json, shuffled."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from random import Random

PAST = json.loads((Path(__file__).parent / "past.json").read_text())
DAYS = 21
SATURDAY = 5
ON_A_WORKDAY = (6, 6, 7, 7, 8)
# Later than anyone is online: a conversation of these hours waits for the next morning.
EVENING, WEEKEND = ("18", "19", "20", "21"), ("10", "13", "16", "19")
# Hours in which a contact who returns usually finds the same agents.
QUIET = ("10", "11", "14", "15")


@dataclass(eq=False)
class Visit:
    """A contact writes.

    at: seconds since 1970; turns: [(author, text)] as in cast.json, the first of them the
    contact's. after: the earlier visit of the same contact, who has returned.
    """

    at: float
    turns: list[tuple[str, str]]
    page: str = ""
    name: str = ""
    email: str = ""
    after: "Visit | None" = None


@dataclass
class Deck:
    """Cards in random order; all are drawn before one is repeated."""

    cards: list
    random: Random
    left: list = field(default_factory=list)

    def draw(self):
        if not self.left:
            self.left = self.random.sample(self.cards, len(self.cards))
        return self.left.pop()


def dates_until(today):
    return [today - timedelta(days=number) for number in reversed(range(DAYS))]


def is_workday(date):
    return date.weekday() < SATURDAY


def list_visits(dates, zone) -> list[Visit]:
    """Return the visits in the order of their times, always the same for the same dates."""
    mixed = Mix(Random("visits"), zone)
    visits = [mixed.visit(date, hour) for date in dates for hour in mixed.hours(date)]
    visits += mixed.visits_of_returning_contacts(visits, dates)
    return sorted(visits, key=attrgetter("at"))


class Mix:
    def __init__(self, random, zone):
        self.random, self.zone = random, zone
        self.topics = Deck(PAST["topics"], random)
        self.returns = Deck(PAST["returns"], random)
        self.contacts = list(PAST["contacts"])
        # When a topic is repeated, its next question and answer are used.
        self.uses = {}

    def hours(self, date):
        if not is_workday(date):
            return self.random.sample(WEEKEND, self.random.choice((0, 1, 1)))
        hours, weights = zip(*PAST["hours"].items(), strict=True)
        found = self.random.choices(hours, weights, k=self.random.choice(ON_A_WORKDAY))
        return found + self.random.sample(EVENING, self.random.choice((0, 0, 1)))

    def visit(self, date, hour):
        topic = self.topics.draw()
        who = self.contacts.pop(0) if self.contacts and self.random.random() < 0.27 else {}
        return Visit(self.moment(date, hour), self.turns(topic), topic["page"], **who)

    def moment(self, date, hour):
        # The shop's customers are still asleep in its first half hour.
        minute = self.random.randrange(30 if hour == "8" else 0, 60)
        at = time(int(hour), minute, self.random.randrange(60), self.random.randrange(10**6))
        return datetime.combine(date, at, self.zone).timestamp()

    def turns(self, topic):
        use = self.uses[topic["asks"][0]] = self.uses.get(topic["asks"][0], -1) + 1
        ask, answer = (texts[use % len(texts)] for texts in (topic["asks"], topic["answers"]))
        hello = self.random.choice(PAST["hellos"]) if self.random.random() < 0.35 else ""
        turns = [("contact", hello + ask)]
        if "note" in topic:
            turns.append(("note", topic["note"]))
        turns.append(("agent", answer))
        turns += [(each["who"], each["words"]) for each in topic.get("then", ())]
        return turns + self.goodbye()

    def goodbye(self):
        if self.random.random() < 0.4:
            return []
        thanks = ("contact", self.random.choice(PAST["thanks"]))
        if self.random.random() < 0.6:
            return [thanks]
        return [thanks, ("agent", self.random.choice(PAST["closings"]))]

    def visits_of_returning_contacts(self, visits, dates):
        """Yield visits of contacts who return. Each reopens the contact's conversation."""
        earlier = self.random.sample(visits, len(PAST["returns"]))
        for visit in earlier:
            first = datetime.fromtimestamp(visit.at, self.zone).date()
            later = [each for each in dates if each > first + timedelta(days=3)]
            later = [each for each in later if is_workday(each)]
            if later:
                topic = self.returns.draw()
                at = self.moment(self.random.choice(later), self.random.choice(QUIET))
                turns = [("contact", topic["asks"][0]), ("agent", topic["answers"][0])]
                yield Visit(at, turns + self.goodbye(), after=visit)
