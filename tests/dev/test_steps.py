"""`make test` runs every step, says how each ended, and runs some side by side."""

import sys

import pytest

from dev import steps as module
from dev.checkout import ROOT
from dev.errors import UserError
from dev.steps import Step, Steps
from dev.suite import BROWSERS, NO_PROCESSES, PROCESS_TESTS, _lanes, _left_out, _pytest


@pytest.fixture
def steps(monkeypatch):
    monkeypatch.setattr(module, "VENV_PYTHON", sys.executable)
    return Steps()


def step(name, code, settings=None):
    return Step(name, ("-c", code), settings)


def test_a_step_that_fails_does_not_keep_the_next_from_being_taken(steps, capfd):
    steps.take("first", "-c", "raise SystemExit(3)")
    steps.take("second", "-c", "print('second was here')")
    said = capfd.readouterr().out
    assert "== first: FAILED" in said
    assert "second was here" in said
    assert "== second: ok" in said
    with pytest.raises(UserError, match="FAILED: first"):
        steps.conclude()


def test_every_test_is_in_one_lane():
    unit, processes, browsers = _lanes({"RESULTS": "/tmp"})
    assert NO_PROCESSES in unit.command
    assert f"--ignore={BROWSERS}" in unit.command
    assert set(PROCESS_TESTS) <= set(processes.command)
    assert all((ROOT / path).exists() for path in PROCESS_TESTS)
    assert BROWSERS in browsers.command
    assert not any(argument.startswith("-m") for argument in browsers.command[2:])
    assert (ROOT / BROWSERS).is_dir()


@pytest.mark.parametrize("chosen", ["tests/routing", "tests -k reply", "-x", "."])
def test_quick_leaves_processes_out_of_folders(chosen):
    assert NO_PROCESSES in _left_out(chosen.split())


@pytest.mark.parametrize(
    "chosen",
    ["tests/routing/engine/test_races.py", "-x tests/dev/test_run.py::test_a", "tests/faults/"],
)
def test_quick_runs_processes_that_are_named(chosen):
    assert NO_PROCESSES not in _left_out(chosen.split())


def test_the_last_lines_name_each_test_that_failed_and_why(steps, tmp_path):
    tests = tmp_path / "test_it.py"
    tests.write_text(
        "import pytest\n"
        "@pytest.fixture\n"
        "def broken(): raise OSError('no such thing')\n"
        "def test_well(): pass\n"
        "def test_wrong(): assert 1 == 2, 'they differ'\n"
        "def test_never_begun(broken): pass\n"
    )
    arguments = [str(tests), "-p", "no:django", f"--rootdir={tmp_path}", "-c", "/dev/null"]
    steps.take_one(_pytest("tests", arguments, {"RESULTS": str(tmp_path)}))
    with pytest.raises(UserError) as error:
        steps.conclude()
    first, wrong, never_begun = str(error.value).strip().splitlines()
    assert first == "FAILED: tests"
    assert wrong.startswith("  test_it::test_wrong: AssertionError: they differ")
    assert never_begun.startswith("  test_it::test_never_begun: ")
    assert "no such thing" in never_begun


def test_results_that_were_cut_off_hide_no_failure(steps, tmp_path):
    torn = tmp_path / "torn.xml"
    write = f"open({str(torn)!r}, 'w').write('<testsuites><testca'); raise SystemExit(2)"
    steps.take_one(Step("tests", ("-c", write), None, torn))
    steps.take_one(
        Step("more", ("-c", "raise SystemExit(2)"), None, tmp_path / "never-written.xml")
    )
    with pytest.raises(UserError) as error:
        steps.conclude()
    assert str(error.value).strip().splitlines() == ["FAILED: tests", "FAILED: more"]


def test_they_run_side_by_side_and_are_reported_one_after_another(steps, capfd, tmp_path):
    sign = tmp_path / "sign"
    waits = "import os, time\nwhile not os.path.exists({!r}): time.sleep(0.05)\nprint('long ends')"
    signs = "open({!r}, 'w').close(); print('short ends'); raise SystemExit(1)"
    steps.take_together(
        step("long", waits.format(str(sign))),
        step("short", signs.format(str(sign))),
    )
    expected = ["\nlong ends\n", "\n== long: ok", "\nshort ends\n", "\n== short: FAILED"]
    said = capfd.readouterr().out
    positions = [said.index(words) for words in expected]
    assert positions == sorted(positions)
    with pytest.raises(UserError, match="FAILED: short"):
        steps.conclude()


def test_a_step_has_its_settings_and_none_of_the_developers_own(steps, capfd, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    code = "import os; print(os.environ.get('DATABASE_URL'), os.environ.get('REDIS_URL'))"
    steps.take("look", "-c", code)
    steps.take("look again", "-c", code, settings={"DATABASE_URL": "a", "REDIS_URL": "b"})
    lines = capfd.readouterr().out.splitlines()
    assert "None None" in lines
    assert "a b" in lines


def test_an_interrupted_pair_leaves_no_process(steps, monkeypatch):
    first, second = (step(name, "import time; time.sleep(60)") for name in ("one", "two"))

    def interrupted(step):
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "end", interrupted)
    with pytest.raises(KeyboardInterrupt):
        steps.take_together(first, second)
    assert None not in (first.process.poll(), second.process.poll())
