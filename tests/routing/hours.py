"""Office and opening hours of tests."""

ALWAYS_CLOSED = {"off": [{"first": "2000-01-01", "last": "2999-12-31"}]}


def every_day(begin, end):
    return {"week": [{"day": day, "from": begin, "to": end} for day in range(7)]}


NINE_TO_FIVE = every_day("09:00", "17:00")
