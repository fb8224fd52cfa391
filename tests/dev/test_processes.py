"""Processes are started, watched and ended, and found again after their supervisor was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dev import process_table
from dev.errors import UserError
from dev.process import Process, end_all, end_orphans
from dev.supervisor import MOST_CRASHES, Supervisor
from tests.processes import PATIENCE, until

DEAF = "trap '' TERM INT; sleep 60 & wait; sleep 60"


@pytest.fixture
def sleeper(tmp_path):
    sleeper = Process("sleeper", ["sleep", "60"], tmp_path)
    yield sleeper
    sleeper.end()


@pytest.fixture
def supervisor(tmp_path):
    (tmp_path / "lock").touch()
    return Supervisor(tmp_path / "lock")


@pytest.fixture
def deaf(tmp_path):
    sleeper = Process("deaf", ["sh", "-c", DEAF], tmp_path)
    yield sleeper
    sleeper.end()


def test_a_part_ends_when_asked(sleeper):
    sleeper.start()
    assert sleeper.is_running
    end_all([sleeper], PATIENCE)
    assert sleeper.how_it_ended() == "was killed by signal 15"
    assert not sleeper.record.exists()


def test_a_part_that_does_not_listen_is_killed_with_its_children(deaf):
    deaf.start()
    group = deaf.popen.pid
    until(lambda: len(process_table.group_members(group)) == 2)
    end_all([deaf], 0.2)
    until(lambda: not process_table.group_members(group))


def test_orphans_end_at_the_next_start(sleeper, tmp_path):
    sleeper.start()
    end_orphans(tmp_path)
    assert sleeper.popen.wait(PATIENCE) == -signal.SIGKILL
    assert not sleeper.record.exists()


def test_children_of_a_killed_part_end_at_the_next_start(deaf, tmp_path):
    deaf.start()
    group = deaf.popen.pid
    until(lambda: len(process_table.group_members(group)) == 2)
    deaf.popen.kill()
    deaf.popen.wait()
    assert len(process_table.group_members(group)) == 1
    end_orphans(tmp_path)
    assert process_table.group_members(group) == []


def test_a_record_is_never_partly_written(sleeper, tmp_path, monkeypatch):
    """A kill that cuts the writing short leaves nothing that the next start can't read."""

    def write_in_part(path, text):
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", write_in_part)
    with pytest.raises(KeyboardInterrupt):
        sleeper.start()
    assert not sleeper.record.exists()
    end_orphans(tmp_path)


def test_a_stranger_with_an_orphans_number_lives(sleeper, tmp_path):
    sleeper.start()
    sleeper.record.write_text(f"{sleeper.popen.pid} 9 born-at-another-time")
    end_orphans(tmp_path)
    assert sleeper.is_running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_parts_end_with_a_killed_supervisor(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from dev.process import Process;"
        f"sleeper = Process('sleeper', ['sleep', '60'], Path({str(tmp_path)!r})); sleeper.start();"
        "print(sleeper.popen.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    pid = int(supervisor.stdout.readline())
    assert process_table.birth(pid)
    supervisor.kill()
    supervisor.wait()
    until(lambda: process_table.birth(pid) is None)


def test_a_database_that_crashes_is_restarted_with_a_message(supervisor, sleeper, capsys):
    sleeper.start()
    first = sleeper.popen.pid
    supervisor.watch(sleeper, restart=sleeper.start)
    os.kill(first, signal.SIGKILL)
    supervisor.stay_until(lambda: sleeper.is_running and sleeper.popen.pid != first)
    assert "sleeper was killed by signal 9: starting it again." in capsys.readouterr().out


def test_a_crash_of_our_own_code_stops_everything(supervisor, sleeper):
    sleeper.start()
    supervisor.watch(sleeper)
    os.kill(sleeper.popen.pid, signal.SIGKILL)
    with pytest.raises(UserError, match="sleeper was killed by signal 9: stopped"):
        supervisor.stay_until()


def test_a_database_that_keeps_crashing_is_given_up(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr("dev.supervisor.FIRST_WAIT", 0)
    process = Process("broken", ["false"], tmp_path)
    starts = []

    def start():
        starts.append(1)
        process.start()

    start()
    supervisor.watch(process, restart=start)
    with pytest.raises(UserError, match="broken keeps crashing"):
        supervisor.stay_until()
    assert len(starts) == MOST_CRASHES


def test_deleted_data_are_noticed(supervisor):
    supervisor.lock.unlink()
    with pytest.raises(UserError, match="was deleted: stopped"):
        supervisor.stay_until()
