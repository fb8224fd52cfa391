"""Tests are compiled before the lanes start, unless almost all of them are already."""

import os

import pytest

from dev import suite


@pytest.fixture
def compiled(monkeypatch, tmp_path):
    """Return the compiled files of more test modules than the lanes compile by themselves."""
    root, bytecode = tmp_path / "checkout", tmp_path / "bytecode"
    monkeypatch.setattr(suite, "ROOT", root)
    monkeypatch.setattr(suite, "BYTECODE", {"PYTHONPYCACHEPREFIX": str(bytecode)})
    files = []
    for number in range(suite.FEW_MODULES + 1):
        module = root / "tests" / "inbox" / f"test_{number}.py"
        name = f"{module.stem}.{suite.CACHE_TAG}-pytest-9.0.pyc"
        files.append(bytecode.joinpath(*module.parts[1:]).with_name(name))
        for file in (module, files[-1]):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os.utime(file, (1000, 1000))
    return files


def test_nothing_is_collected_when_all_tests_are_compiled(compiled):
    assert list(suite._collect({})) == []


def test_a_changed_module_is_compiled_by_the_lanes(compiled):
    os.utime(compiled[3], (999, 999))
    assert [each.name for each in suite._uncompiled_tests()] == ["test_3.py"]
    assert list(suite._collect({})) == []


def test_a_new_checkout_is_compiled_first(compiled):
    for file in compiled:
        file.unlink()
    [step] = suite._collect({})
    assert step.name == "collect"
