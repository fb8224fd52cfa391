"""What the person at the terminal sees while `make run` works, and once it is ready."""

import pytest

from dev import management, preparation, run
from dev.errors import UserError


def test_lines_are_lines_while_the_command_still_runs(tmp_path):
    lines = []
    go = tmp_path / "go"
    script = f"import pathlib, time; print('first', flush=True); p = pathlib.Path({str(go)!r})\n"
    script += "while not p.exists(): time.sleep(0.01)\nprint('second')"

    def on_line(line):
        lines.append(line.strip())
        go.touch()  # it ends only if its first line is lines before its end

    management.run(["-c", script], environment={}, log=tmp_path / "log", on_line=on_line)
    assert lines == ["first", "second"]


def test_a_failed_command_still_tells_all(tmp_path):
    script = "import sys; print('output'); sys.exit('X: it broke')"
    with pytest.raises(UserError, match="it broke"):
        management.run(["-c", script], environment={}, log=tmp_path / "log")
    assert (tmp_path / "log").read_text() == "output\nX: it broke\n"


class Service:
    postgres = redis = None
    own = (1, 2)


@pytest.mark.parametrize("demo", ["0", "1"])
def test_preparing_the_database_shows_each_step(tmp_path, monkeypatch, demo):
    shown = []
    monkeypatch.setattr(preparation, "show_progress", shown.append)
    monkeypatch.setattr(
        management,
        "run",
        lambda command, on_line, **_: on_line(f"  Applying {command[1]}.0001... OK\n"),
    )
    preparation.prepare({"DEMO": demo}, tmp_path, Service())
    assert shown[:2] == ["  Applying migrate.0001... OK", ""]
    assert ("  Applying demo.0001... OK" in shown) is (demo == "1")
    assert shown[-1] == ""


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"DEMO": "0"}, True),
        ({"DEMO": "1"}, True),
        ({"DEMO": "1", "EMAIL_URL": "smtp://localhost"}, True),
        ({"DEMO": "0", "EMAIL_URL": "smtp://localhost"}, False),
    ],
)
def test_the_mailbox_is_named_where_there_is_one(capsys, settings, named):
    run._introduce(8001, {"SITE_URL": "https://tunnel.example"} | settings, 1)
    assert ("http://localhost:8001/mailbox/" in capsys.readouterr().out) is named
