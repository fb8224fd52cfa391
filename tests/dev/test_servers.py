"""The embedded PostgreSQL and Redis, the real ones."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from dev import process_table
from dev.errors import UserError
from dev.services import Services
from dev.sockets import LONGEST, NAME, socket_directory
from tests.processes import PATIENCE


@pytest.fixture
def services(tmp_path):
    (tmp_path / "run").mkdir()
    services = Services(tmp_path, tmp_path / "run", throw_away=True)
    yield services
    services.stop()


def test_they_answer_and_leave_nothing_behind(services):
    services.start()
    assert services.postgres.ask("SELECT lower('ÄÉ')") == "äé"
    assert services.redis.ask("PING") == "+PONG"
    groups = [service.process.popen.pid for service in services.own]
    services.stop()
    assert [process_table.group_members(group) for group in groups] == [[], []]
    assert not process_table.working_in(services.postgres.directory)


def test_postgres_comes_back_after_kill_9_with_its_data(services):
    services.start()
    services.postgres.ask("CREATE TABLE kept AS SELECT 7 AS number")
    services.postgres.ask("CHECKPOINT")
    os.kill(services.postgres.process.popen.pid, signal.SIGKILL)
    services.postgres.process.end()
    services.start()
    assert services.postgres.ask("SELECT number FROM kept") == "7"


def test_postgres_takes_over_from_a_server_without_a_supervisor(services, tmp_path):
    services.start()
    orphan = services.postgres.process.popen
    successor = Services(tmp_path, tmp_path / "run", throw_away=True)
    try:
        successor.start()
        assert orphan.wait(PATIENCE) == 0
        assert successor.postgres.ask("SELECT 1") == "1"
    finally:
        successor.stop()


def test_a_stranger_with_the_number_in_the_lock_file_is_no_obstacle(services):
    services.start()
    services.postgres.process.ask_to_stop()
    services.postgres.process.end(5)
    (services.postgres.directory / "postmaster.pid").write_text(f"{os.getpid()}\n")
    services.start()
    assert services.postgres.ask("SELECT 1") == "1"


def test_a_broken_database_is_reported_in_one_line(services):
    services.start()
    services.postgres.process.ask_to_stop()
    services.postgres.process.end(5)
    (services.postgres.directory / "global" / "pg_control").write_text("nonsense")
    with pytest.raises(
        UserError, match=r"PostgreSQL doesn't start: .*pg_control.*make reset"
    ) as refused:
        services.start()
    assert "\n" not in str(refused.value)


def test_only_we_can_enter_the_sockets(services):
    services.start()
    assert services.sockets.stat().st_mode & 0o077 == 0
    ports = subprocess.run(
        [services.postgres.programs / "psql", "-h", "127.0.0.1", "-p", "5432", "-l"],
        capture_output=True,
        check=False,
    )
    assert services.postgres.url.startswith("postgresql://postgres@/postgres?host=/")
    assert ports.returncode or b"kept" not in ports.stdout


@pytest.mark.parametrize("name", ["long" * 30, "a blank", "ünï"])
def test_sockets_of_awkward_checkouts_live_in_tmp(tmp_path, name):
    run_directory = tmp_path / name
    run_directory.mkdir()
    sockets = socket_directory(run_directory)
    try:
        assert sockets.parent == Path("/tmp")
        assert len(str(sockets) + NAME) <= LONGEST
    finally:
        sockets.rmdir()
