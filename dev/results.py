"""Summarize the JUnit XML of the test lanes for the last lines of a run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SLOWEST = 10
MESSAGE_LENGTH = 200  # characters of the reason why a test failed


def failures(junit: Path | None) -> Iterator[str]:
    """Yield a line for each failed test: the end of a long log must be enough to know why."""
    for case in _cases(junit):
        for failure in (*case.iter("failure"), *case.iter("error")):
            message = " ".join(failure.get("message", "").split())
            yield f"{_name(case)}: {message[:MESSAGE_LENGTH]}"


def timings(junits: list[Path]) -> str:
    """Return the slowest tests and the time by folder, as lines."""
    cases = [case for junit in junits for case in _cases(junit)]
    seconds: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for case in cases:
        seconds[_folder(case)] += _time(case)
        numbers[_folder(case)] += 1
    lines = ["", f"The slowest {SLOWEST} of {len(cases)} tests (seconds)"]
    slowest = sorted(cases, key=_time, reverse=True)[:SLOWEST]
    lines += [f"{_time(case):8.1f}  {_name(case)}" for case in slowest]
    lines += ["", "Time by folder (seconds, tests)"]
    lines += [f"{time:8.1f}{numbers[name]:6}  {name}" for name, time in seconds.most_common()]
    return "\n".join(lines)


def _cases(junit: Path | None) -> list[ElementTree.Element]:
    try:
        return list(ElementTree.parse(junit).iter("testcase")) if junit else []
    except (OSError, ElementTree.ParseError):  # the lane was killed before it had written them
        return []


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}::{case.get('name')}"


def _folder(case: ElementTree.Element) -> str:
    """Return a test's folder: tests/routing for tests.routing.engine.test_leads.TestTurns."""
    return "/".join(case.get("classname", "").split(".")[:2])


def _time(case: ElementTree.Element) -> float:
    return float(case.get("time", 0))
