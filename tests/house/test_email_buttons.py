"""Every button in an email has a label, which the including template sets."""

import re

import pytest
from django.conf import settings

INCLUDES = re.compile(r'\{% translate "[^"]+" as label %\}\s*\{% include "email/_button\.html"')
TEMPLATES = [
    template
    for template in (settings.BASE_DIR / "templates").rglob("*.html")
    if '"email/_button.html"' in template.read_text()
]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_button_has_a_label(template):
    text = template.read_text()
    assert len(INCLUDES.findall(text)) == text.count('"email/_button.html"')


def test_there_are_such_buttons():
    assert len(TEMPLATES) > 7
