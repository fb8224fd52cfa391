"""Every package that we depend on has a licence under which it can be part of an AGPL program."""

import re
from importlib.metadata import distributions, metadata

import pytest

from dev.checkout import REQUIREMENTS, ROOT

ALLOWED = re.compile(
    r"\b(MIT|MIT-CMU|BSD|Apache|PSF|Python Software Foundation|ISC|LGPL|MPL|Mozilla|HPND|Zlib)\b"
)


def licences_of(package):
    about = metadata(package)
    known = [about.get("License-Expression"), (about.get("License") or "")[:200]]
    known += [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
    return " ".join(each for each in known if each)


def installed(name):
    """Return the pinned packages that are here; some are only for other systems or Pythons."""
    pinned = re.findall(
        r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==", (REQUIREMENTS / name).read_text(), re.M
    )
    here = {normalised(each.metadata["Name"]) for each in distributions()}
    return sorted(package for package in pinned if normalised(package) in here)


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("package", installed("base.txt"))
def test_its_licence_is_compatible(package):
    assert ALLOWED.search(licences_of(package)), licences_of(package)


def test_there_are_packages_to_check():
    assert len(installed("base.txt")) > 20


def test_the_licence_is_named_where_people_and_tools_look():
    assert (ROOT / "LICENSE").read_text().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert 'license = "AGPL-3.0-or-later"' in (ROOT / "pyproject.toml").read_text()
    assert "AGPL" in (ROOT / "README.md").read_text()
