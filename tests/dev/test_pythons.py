"""Which Python makes .venv, and which others run a part of the tests."""

import os
import subprocess
import sys

import pytest

from dev import other_pythons
from dev.checkout import ROOT


def make_python(directory, name, *, version="(3, 12)", can_make_environments=True):
    """Write a program that runs code as this Python would, with another version."""
    path = directory / name
    missing = "" if can_make_environments else "sys.modules['ensurepip'] = None; "
    path.write_text(
        f"#!{sys.executable}\n"
        f"import sys; {missing}sys.version_info = (*{version}, 0, 'final', 0)\n"
        "exec(sys.argv[2])\n"
    )
    path.chmod(0o755)
    return str(path)


def chosen_by_make(tmp_path, *system_pythons, **environment):
    """Return the Python that `make` takes if the first on the PATH is `tmp_path`/python3."""
    make_python(tmp_path, "python3")
    return subprocess.check_output(
        ["make", "--no-print-directory", f"SYSTEM_PYTHONS={' '.join(system_pythons)}"]
        + ["--eval=show: ; @echo $(PYTHON)", "show"],
        cwd=ROOT,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **environment},
        text=True,
    ).strip()


def test_make_prefers_the_python_of_the_distribution(tmp_path):
    newer = make_python(tmp_path, "newer", version="(3, 13)")
    assert chosen_by_make(tmp_path, "/usr/bin/python3.not-here", newer) == newer


@pytest.mark.parametrize(
    "unusable",
    [{"can_make_environments": False}, {"version": "(3, 10)"}, {"version": "(3, 15)"}],
    ids=["no ensurepip", "too old", "too new"],
)
def test_make_skips_a_python_that_it_cannot_use(tmp_path, unusable):
    first = make_python(tmp_path, "first", **unusable)
    second = make_python(tmp_path, "second")
    assert chosen_by_make(tmp_path, first, second) == second
    assert chosen_by_make(tmp_path, first) == "python3"


def test_a_python_that_is_named_is_taken(tmp_path):
    usable = make_python(tmp_path, "usable")
    assert chosen_by_make(tmp_path, usable, PYTHON="python3.9") == "python3.9"


def found(monkeypatch, ours, *candidates):
    monkeypatch.setattr(sys, "version_info", (*ours, 0, "final", 0))
    monkeypatch.setattr(other_pythons, "_candidates", lambda: candidates)
    return [path for path, _version in other_pythons.find()]


def test_the_oldest_and_the_newest_run_a_part_of_the_tests(monkeypatch, tmp_path):
    paths = [
        make_python(tmp_path, f"python{minor}", version=f"(3, {minor})") for minor in range(10, 16)
    ]
    _too_old, oldest, _middle, _ours, newest, _too_new = paths
    assert found(monkeypatch, (3, 13), *paths) == [oldest, newest]
    assert found(monkeypatch, (3, 11), *paths) == [newest]
    assert found(monkeypatch, (3, 14), *paths) == [oldest]


def test_of_the_same_version_the_first_runs_them(monkeypatch, tmp_path):
    broken = make_python(tmp_path, "broken", version="(3, 13)", can_make_environments=False)
    first = make_python(tmp_path, "first", version="(3, 13)")
    second = make_python(tmp_path, "second", version="(3, 13)")
    assert found(monkeypatch, (3, 11), broken, first, second) == [first]
    assert found(monkeypatch, (3, 13), broken, first, second) == []


def test_only_compiled_packages_are_installed_again():
    wanted = other_pythons._compiled_requirements()
    names = {line.partition("==")[0] for line in wanted.splitlines() if "==" in line}
    assert {"psycopg-binary", "cryptography", "pillow", "uvloop", "hypothesis"} <= names
    assert not names & {"django", "celery", "pytest", "botocore", "playwright", "ruff"}
    assert wanted.count("--hash=sha256:") > len(names)


def test_what_our_python_needs_does_not_matter_to_another(monkeypatch, tmp_path):
    line = "no-such-package==1.0 ; python_full_version < '3.11.3' \\\n    --hash=sha256:00\n"
    (tmp_path / "dev.txt").write_text(line)
    monkeypatch.setattr(other_pythons, "REQUIREMENTS", tmp_path)
    assert other_pythons._compiled_requirements() == (
        "no-such-package==1.0 \\\n    --hash=sha256:00\n"
    )
