"""Every module of the product can be imported by the Python that runs the tests."""

import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

from dev.checkout import ROOT

PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
NOT_IMPORTED = {"bench", "tests"}  # tools that need the whole environment of a developer
STARTS = ".__main__"  # a module that runs a command when it is imported


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in NOT_IMPORTED])
def test_every_module_can_be_imported(package):
    found = [each.name for each in walk_packages([str(ROOT / package)], f"{package}.")]
    assert found
    for name in found:
        if not name.endswith(STARTS):
            assert import_module(name) is sys.modules[name]
