"""The servers that tests leave running are found again, and end when asked."""

import json

import pytest

from dev import instance, process_table, standing
from dev.errors import UserError


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    yield standing.directory()
    instance.stop(standing.directory())


def written(directory):
    return json.loads((directory / "run" / "addresses.json").read_text())


def test_the_second_call_finds_the_servers_of_the_first(directory):
    first = standing.addresses()
    keeper = written(directory)["keeper"]
    assert standing.addresses() == first
    assert written(directory)["keeper"] == keeper
    assert instance.stop(directory)
    assert not (directory / "run" / "addresses.json").exists()
    assert not process_table.working_in(directory / "postgres")


def test_addresses_of_a_keeper_that_was_killed_are_not_believed(directory):
    standing.addresses()
    keeper = written(directory)["keeper"]
    process_table.send([keeper], 9)
    assert process_table.wait_until(lambda: process_table.birth(keeper) is None, 20)
    standing.addresses()
    assert written(directory)["keeper"] != keeper


def test_the_reason_why_servers_do_not_start_is_printed(directory):
    directory.mkdir(parents=True)
    obstacle = directory / "run"
    obstacle.write_text("a file where a folder belongs")
    with pytest.raises(UserError, match=r"The servers for tests don't start: .*can't be written"):
        standing.addresses()
    obstacle.unlink()
