"""Errors before anything runs, and their messages."""

import json
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from dev import address, browser, environment, instance, management, run, steps
from dev.checkout import ROOT, VENV
from dev.errors import UserError


def test_a_taken_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"Port {port} is taken .* make run PORT=\d+"):
            address.refuse_taken(port)
    address.refuse_taken(port)


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.5", "８０００"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(UserError, match="isn't a port"):
        address.chosen_port()


def test_one_messagehub_per_data_directory(tmp_path):
    with (
        instance.claimed(tmp_path),
        pytest.raises(UserError, match="already runs"),
        instance.claimed(tmp_path, patience=0),
    ):
        pytest.fail("two at once")
    with instance.claimed(tmp_path, patience=0):
        pass


def test_reset_leaves_nothing(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "secret-key").write_text("x")
    instance.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_compiled_modules_are_kept_even_if_the_user_forbids_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    services = SimpleNamespace(addresses={"DATABASE_URL": "postgresql://", "REDIS_URL": "redis://"})
    environment = run._settings(8000, tmp_path, services)
    show = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    shown = subprocess.check_output([sys.executable, "-c", show], env=environment, text=True)
    assert shown.split() == ["False", str(VENV / "bytecode")]


def test_the_worker_starts_once_a_page_answers(monkeypatch):
    happened = []
    answers = iter([False, False, True])

    def is_healthy(port):
        happened.append("asked")
        return next(answers)

    def stay_until(done, look_every):
        while not done():
            pass

    def app(name):
        return SimpleNamespace(name=name, start=lambda: happened.append(f"{name} started"))

    monkeypatch.setattr(address, "is_healthy", is_healthy)
    supervisor = SimpleNamespace(watch=lambda app: None, stay_until=stay_until)
    services = SimpleNamespace(redis=SimpleNamespace(has_worker=True))
    run._start_apps([app("web"), app("worker")], supervisor, services, 8000)
    assert happened == ["web started", "asked", "asked", "asked", "worker started"]


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """An environment that was made and filled."""
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "installed.json")
    (tmp_path / "module.py").touch()
    stamp = {"python": environment._python_version(), "at": str(tmp_path), "base": "digest"}
    environment.STAMP.write_text(json.dumps({**stamp, "files": ["module.py"]}))
    assert environment._usable_stamp()
    return tmp_path


def test_a_missing_module_is_noticed(venv, capsys):
    (venv / "module.py").unlink()
    assert environment._usable_stamp() is None
    assert ".venv/module.py is missing" in capsys.readouterr().out


def test_a_half_made_environment_is_noticed(venv):
    environment.STAMP.write_text('{"python": ')
    assert environment._usable_stamp() is None


def test_a_moved_environment_is_noticed(venv):
    stamp = json.loads(environment.STAMP.read_text())
    environment.STAMP.write_text(json.dumps({**stamp, "at": "/elsewhere"}))
    assert environment._usable_stamp() is None


@pytest.mark.parametrize(
    ("output", "explanation"),
    [
        ("ModuleNotFoundError: No module named 'x'", "No module named 'x': delete .venv"),
        ("django.core.exceptions.ImproperlyConfigured: PORT is odd.", "PORT is odd."),
        (
            "psycopg: FATAL:  no such role\ndjango.db.utils.OperationalError: connection failed",
            "The database doesn't work: no such role",
        ),
        ("ERRORS:\n?: (lib.E001) It is too old: make reset", "It is too old: make reset"),
        ("psycopg_pool.PoolTimeout: no connection", "The database doesn't work: no connection"),
        ("", "it ended without output"),
    ],
)
def test_a_message_of_django_becomes_one_line(output, explanation):
    explained = management._explained(f"Traceback ...\n{output}\n" if output else "")
    assert explained.startswith(explanation)
    assert "\n" not in explained


def test_a_browser_that_does_not_start_is_refused(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/bin/false")
    with pytest.raises(UserError, match="doesn't start"):
        browser.chromium()


def test_no_browser_is_never_silent(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    for find in ("_on_this_machine", "_of_playwright", "_downloaded", "_from_debian"):
        monkeypatch.setattr(browser, find, lambda: None)
    with pytest.raises(UserError, match="need Chromium"):
        browser.chromium()


def test_root_on_debian_gets_a_browser_from_apt(monkeypatch, tmp_path):
    asked = tmp_path / "asked"
    apt = tmp_path / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$*" >> {asked}\n'
        f'if [ "$1" = install ]; then /bin/ln -s /bin/true {tmp_path}/chromium; fi\n'
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(browser, "APPLICATIONS", ())
    monkeypatch.setattr(browser, "_of_playwright", lambda: None)
    monkeypatch.setattr(browser, "_downloaded", lambda: None)
    assert browser.chromium() == str(tmp_path / "chromium")
    assert [line.split()[0] for line in asked.read_text().splitlines()] == ["update", "install"]


def test_the_quick_browser_is_fetched_too_and_the_other_does_where_there_is_none(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert browser.headless_shell("/bin/chromium") == "/bin/chromium"
    shell = tmp_path / "chromium-headless-shell"
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\nif [ "$1" = install ]; then /bin/ln -s /bin/true {shell}; fi\n')
    apt.chmod(0o755)
    assert browser.headless_shell("/bin/chromium") == str(shell)
    monkeypatch.setenv("CHROMIUM", "/bin/chromium")
    assert browser.headless_shell("/bin/chromium") == "/bin/chromium"


def test_no_setting_of_a_person_reaches_the_tests():
    settings = (ROOT / "messagehub" / "settings.py").read_text()
    read = {
        line.split('"')[1]
        for line in settings.replace("env.", "\nenv.").splitlines()
        if line.startswith("env.")
    }
    assert "DATABASE_URL" in read
    assert read - set(steps.OURS) == set()


def test_requirements_name_no_index_and_no_path():
    files = list((ROOT / "requirements").glob("*.txt"))
    assert "base.txt" in {file.name for file in files}
    for file in files:
        text = file.read_text()
        assert "://" not in text
        assert all("==" in line for line in text.splitlines() if not line.startswith((" ", "#")))
