"""Documents name only files that exist, and SECURITY.md every file that names a threat."""

import re

import pytest

from dev.checkout import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])
FOLDERS = "|".join(
    sorted(each.name for each in ROOT.iterdir() if each.is_dir() and each.name.isalpha())
)
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
THREAT = re.compile(r"^ *Threats?:", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_paths_and_links_exist(document):
    text = document.read_text()
    missing = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    missing += [path for path in LINK.findall(text) if not (document.parent / path).exists()]
    assert missing == []


def test_there_are_documents_to_check():
    assert len(DOCUMENTS) > 6


def test_every_threat_is_in_the_security_document():
    folders = [ROOT / name for name in FOLDERS.split("|") if name not in ("bench", "tests")]
    modules = [path for folder in folders for path in folder.rglob("*.py")]
    guarded = [path for path in modules if THREAT.search(path.read_text())]
    assert len(guarded) > 40
    named = [ROOT / path for path in PATH.findall((ROOT / "SECURITY.md").read_text())]
    missing = [path for path in guarded if not {path, *path.parents} & {*named}]
    assert [str(path.relative_to(ROOT)) for path in missing] == []
