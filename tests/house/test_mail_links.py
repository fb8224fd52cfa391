"""A mailto: link contains an address and no other instructions for the email program.

Threat: `?`, `&`, `=` and `%` are valid before an @, and an email program reads what follows them as
more recipients, a subject or a text (RFC 6068), so an agent would write to a hidden recipient.
"""

import re

import pytest
from django.conf import settings

from tests.routing.chat import MINUTE
from tests.routing.mails import mailed, pass_time

ADDRESS = "vera?bcc=eve%40evil.example&subject=x@example.com"
LINK = "mailto:vera%3Fbcc%3Deve%2540evil.example%26subject%3Dx@example.com"
QUOTED = re.compile(r'mailto:\{\{ [\w.]+\|urlencode:"@" \}\}')
TEMPLATES = [
    template
    for template in (settings.BASE_DIR / "templates").rglob("*")
    if template.is_file() and "mailto:" in template.read_text()
]


def test_templates_contain_mailto_links():
    assert len(TEMPLATES) > 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_templates_url_encode_every_address(template):
    text = template.read_text()
    assert text.count("mailto:") == len(QUOTED.findall(text))


def test_no_script_builds_a_mailto_link():
    scripts = (settings.BASE_DIR / "static").rglob("*.js")
    assert [script.name for script in scripts if "mailto:" in script.read_text()] == []


def test_a_visitors_address_is_one_recipient_and_nothing_else(acme, vera, sign_in):
    vera.posts("Hi")
    assert vera.call("email/", {"email": ADDRESS}).status_code == 200
    pass_time(MINUTE)
    page = sign_in(acme.alice).get("/w/acme/conversations/1/").text
    for html in (page, mailed("bob")[0].alternatives[0].content):
        assert f'href="{LINK}"' in html
        assert "mailto:vera?" not in html
