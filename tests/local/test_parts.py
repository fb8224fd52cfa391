"""Processes: started, looked after, ended, and found again when nobody looked after them."""

import os
import signal
import subprocess
import sys

import pytest

from messagehub.local import processes
from messagehub.local.part import Part, end_all, end_orphans
from messagehub.local.supervisor import MOST_DEATHS, Supervisor
from messagehub.local.trouble import Trouble
from tests.processes import PATIENCE, until

DEAF = "trap '' TERM INT; sleep 60 & wait; sleep 60"


@pytest.fixture
def part(tmp_path):
    part = Part("sleeper", ["sleep", "60"], tmp_path)
    yield part
    part.end()


@pytest.fixture
def supervisor(tmp_path):
    (tmp_path / "lock").touch()
    return Supervisor(tmp_path / "lock")


@pytest.fixture
def deaf(tmp_path):
    part = Part("deaf", ["sh", "-c", DEAF], tmp_path)
    yield part
    part.end()


def test_a_part_ends_when_asked(part):
    part.start()
    assert part.is_running
    end_all([part], PATIENCE)
    assert part.how_it_ended() == "was killed by signal 15"
    assert not part.record.exists()


def test_a_part_that_does_not_listen_is_killed_with_its_children(deaf):
    deaf.start()
    group = deaf.process.pid
    until(lambda: len(processes.group_members(group)) == 2)
    end_all([deaf], 0.2)
    until(lambda: not processes.group_members(group))


def test_orphans_end_at_the_next_start(part, tmp_path):
    part.start()
    end_orphans(tmp_path)
    assert part.process.wait(PATIENCE) == -signal.SIGKILL
    assert not part.record.exists()


def test_children_of_a_killed_part_end_at_the_next_start(deaf, tmp_path):
    deaf.start()
    group = deaf.process.pid
    until(lambda: len(processes.group_members(group)) == 2)
    deaf.process.kill()
    deaf.process.wait()
    assert len(processes.group_members(group)) == 1
    end_orphans(tmp_path)
    assert processes.group_members(group) == []


def test_a_stranger_with_an_orphans_number_lives(part, tmp_path):
    part.start()
    part.record.write_text(f"{part.process.pid} 9 born-at-another-time")
    end_orphans(tmp_path)
    assert part.is_running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_parts_end_with_a_killed_supervisor(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from local.part import Part;"
        f"part = Part('sleeper', ['sleep', '60'], Path({str(tmp_path)!r})); part.start();"
        "print(part.process.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program], cwd="messagehub", stdout=subprocess.PIPE, text=True
    )
    pid = int(supervisor.stdout.readline())
    assert processes.birth(pid)
    supervisor.kill()
    supervisor.wait()
    until(lambda: processes.birth(pid) is None)


def test_what_dies_is_started_again(supervisor, part, capsys):
    part.start()
    first = part.process.pid
    supervisor.watch(part, part.start)
    os.kill(first, signal.SIGKILL)
    supervisor.stay_until(lambda: part.is_running and part.process.pid != first)
    assert "sleeper was killed by signal 9: starting it again." in capsys.readouterr().out


def test_what_does_not_stay_up_is_given_up(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr("messagehub.local.supervisor.FIRST_WAIT", 0)
    part = Part("broken", ["false"], tmp_path)
    starts = []

    def start():
        starts.append(1)
        part.start()

    start()
    supervisor.watch(part, start)
    with pytest.raises(Trouble, match="broken does not stay up"):
        supervisor.stay_until()
    assert len(starts) == MOST_DEATHS


def test_deleted_data_are_noticed(supervisor):
    supervisor.lock.unlink()
    with pytest.raises(Trouble, match="was deleted: stopped"):
        supervisor.stay_until()


def test_files_that_a_kill_may_break_do_not_last(tmp_path):
    (tmp_path / "schedule.dat").write_text("broken")
    part = Part("beat", ["true"], tmp_path, scratch="schedule*")
    part.start()
    part.end(5)
    assert list(tmp_path.iterdir()) == []
