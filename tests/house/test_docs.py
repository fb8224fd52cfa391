"""Documents name only files that exist."""

import re

import pytest

from dev.checkout import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])
FOLDERS = "|".join(
    sorted(each.name for each in ROOT.iterdir() if each.is_dir() and each.name.isalpha())
)
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_paths_and_links_exist(document):
    text = document.read_text()
    missing = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    missing += [path for path in LINK.findall(text) if not (document.parent / path).exists()]
    assert missing == []


def test_there_are_documents_to_check():
    assert len(DOCUMENTS) > 6
