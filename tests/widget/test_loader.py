"""The script of the embedded line, composed for an inbox."""

import gzip
import json
import re

import pytest
from django.test import Client

from inbox.models import Inbox
from teams.models import Logo
from widget.loader_text import loader_text

LIMIT = 4_000
EVERYTHING = {
    "accent": "#102a43",
    "accent_dark": "#ffd400",
    "launcher": "tab",
    "launcher_text": "Questions? Ask us!",
    "theme": "page",
    "side": "start",
    "side_offset": 33,
    "bottom_offset": 44,
}


def config(inbox):
    found = re.match(r"\{const CONFIG=(\{.*?\});\(\(\)=>", loader_text(inbox), re.DOTALL)
    return json.loads(found[1])


def weigh(inbox):
    return len(gzip.compress(loader_text(inbox).encode(), 9))


def test_it_is_small_even_with_everything_an_inbox_can_have():
    assert weigh(Inbox()) < weigh(Inbox(**EVERYTHING)) <= LIMIT


def test_it_is_one_line_without_comments():
    text = loader_text(Inbox(**EVERYTHING))
    assert "\n" not in text
    assert "@if" not in text


def test_an_inbox_without_a_feature_doesnt_carry_it():
    assert "theme" not in loader_text(Inbox())
    assert ".theme=" in loader_text(Inbox(theme="page"))


@pytest.mark.parametrize(
    ("theme", "scheme", "has_dark"),
    [("auto", "light dark", True), ("light", "light", False), ("dark", "dark", False)],
)
def test_a_theme_chooses_the_colours(theme, scheme, has_dark):
    css = config(Inbox(theme=theme, accent="#102a43", accent_dark="#ffd400"))["css"]
    assert f"color-scheme:{scheme}!important" in css
    assert ("prefers-color-scheme:dark" in css) == has_dark
    first = "#ffd400" if theme == "dark" else "#102a43"
    assert css.index(f"--accent:{first};") > 0


def test_the_pages_theme_needs_a_new_browser_only_for_dark_pages():
    css = config(Inbox(theme="page", accent="#102a43"))["css"]
    assert css.index("--accent:#102a43;") < css.index("@supports(color:light-dark(red,red))")


def test_the_launchers_text_is_in_its_name():
    assert config(Inbox(launcher_text="Ask us"))["labels"]["open"] == "Ask us. Open the chat"
    assert config(Inbox(launcher="tab"))["labels"]["launcher"] == "Chat"
    assert "launcher" not in config(Inbox())["labels"]


def test_texts_cannot_end_the_script_or_the_style():
    text = loader_text(Inbox(launcher_text="</script><style>`${alert(1)}"))
    assert "</script>" not in text


def test_the_frame_has_the_inboxs_colours_with_a_nonce(acme, client):
    Inbox.objects.filter(pk=acme.inbox.pk).update(accent="#102a43", theme="dark")
    response = client.get(f"/widget/{acme.inbox.key}/frame/")
    nonce = re.search(r'<style nonce="([^"]{10,})">:root\{--accent:#102a43', response.text)[1]
    assert f"style-src 'self' 'nonce-{nonce}'" in response["Content-Security-Policy"]
    assert 'data-theme="dark"' in response.text


def test_the_greeting_is_in_the_visitors_language(acme, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        greeting="Hello!", greeting_translations={"de": "Hallo <b>du</b>!"}
    )
    url = f"/widget/{acme.inbox.key}/frame/"
    for language, text in [("de-AT", "Hallo &lt;b&gt;du"), ("fr", "Hello!"), ("en", "Hello!")]:
        assert text in Client().get(url, headers={"Accept-Language": language}).text


def test_visitors_see_the_title_and_the_logo_instead_of_the_agents(acme, globex, vera, client):
    inbox = acme.inbox
    assert "Acme" in vera.call("messages/?after=0").json()["state_html"]
    Logo.objects.create(workspace=acme.workspace, png=b"a picture", digest="d1")
    url = f"/widget/{inbox.key}/logo/d1.png"
    assert client.get(url).status_code == 404  # the inbox shows its agents
    Inbox.objects.filter(pk=inbox.pk).update(title="Acme's help", avatar="logo")
    html = vera.call("messages/?after=0").json()["state_html"]
    assert "Acme&#x27;s help" in html
    assert f'src="{url}"' in html
    assert "Bob" not in html
    assert client.get(url).content == b"a picture"
    assert client.get(f"/widget/{inbox.key}/logo/d2.png").status_code == 404
    Inbox.objects.filter(pk=globex.inbox.pk).update(avatar="logo")
    assert client.get(f"/widget/{globex.inbox.key}/logo/d1.png").status_code == 404
