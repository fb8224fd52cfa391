"""The script of the embedded line, composed for an inbox."""

import json
import re

import pytest
from django.test import Client

from inbox.models import Inbox, PageGreeting
from teams.models import Logo, Workspace
from widget.loader_text import LIMIT, chat_text, loader_text, loader_weight

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
RULES = {"shown_on": ["/pricing", "/help/*", "/docs/*"], "hidden_on": ["*checkout*", "/docs/old*"]}
GREETINGS = [
    {
        "text": "Do you need help to find the right lamp? We know them.",
        "pages": ["/lamps/*"],
    },
    {"text": "Questions about our prices?", "trigger": "scroll", "percent": 60},
    {"text": "Are you looking for something you can't find? Ask us.", "pages": ["/search?q=*"]},
]


def make(**fields):
    return Inbox(workspace=Workspace(name="Acme Lamps"), **fields)


def greet(*greetings):
    return [PageGreeting(**fields) for fields in greetings]


def config(inbox, greetings=(), **options):
    text = loader_text(inbox, list(greetings), **options)
    found = re.match(r"\{const CONFIG=(\{.*?\});\(\(\)=>", text, re.DOTALL)
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("fields", "greetings"),
    [({}, []), (EVERYTHING, []), (EVERYTHING | RULES, []), (EVERYTHING | RULES, GREETINGS)],
    ids=["plain", "looks", "rules", "everything"],
)
def test_it_is_small_in_every_language(fields, greetings):
    assert 1_500 < loader_weight(make(**fields), greet(*greetings)) <= LIMIT


def test_it_is_one_line_without_comments():
    inbox = make(**EVERYTHING, **RULES)
    for text in (loader_text(inbox, greet(*GREETINGS)), loader_text(make(), []), chat_text(inbox)):
        assert "\n" not in text
        assert "@if" not in text
        assert "@use" not in text


def test_an_inbox_without_a_feature_doesnt_carry_it():
    assert "theme" not in loader_text(make(), [])
    assert ".theme=" in loader_text(make(theme="page"), [])
    assert "setInterval" not in loader_text(make(), [])


def test_a_launcher_carries_nothing_of_the_open_chat():
    text = loader_text(make(**RULES), [])
    assert "iframe" not in text
    assert "/chat.js?" in text
    assert "iframe" in chat_text(make(**RULES))


@pytest.mark.parametrize(
    ("theme", "scheme", "has_dark"),
    [("auto", "light dark", True), ("light", "light", False), ("dark", "dark", False)],
)
def test_a_theme_chooses_the_colours(theme, scheme, has_dark):
    css = config(make(theme=theme, accent="#102a43", accent_dark="#ffd400"))["css"]
    assert f"color-scheme:{scheme}!important" in css
    assert ("prefers-color-scheme:dark" in css) == has_dark
    first = "#ffd400" if theme == "dark" else "#102a43"
    assert css.index(f"--accent:{first};") > 0


def test_the_pages_theme_needs_a_new_browser_only_for_dark_pages():
    css = config(make(theme="page", accent="#102a43"))["css"]
    assert css.index("--accent:#102a43;") < css.index("@supports(color:light-dark(red,red))")


def test_the_launchers_text_is_in_its_name():
    assert config(make(launcher_text="Ask us"))["labels"]["open"] == "Ask us. Open the chat"
    assert config(make(launcher="tab"))["labels"]["launcher"] == "Chat"
    assert "launcher" not in config(make())["labels"]


def test_texts_cannot_end_the_script_or_the_style():
    text = loader_text(make(launcher_text="</script><style>`${alert(1)}"), [])
    assert "</script>" not in text


def test_the_frame_has_the_inboxs_colours_with_a_nonce(acme, client):
    Inbox.objects.filter(pk=acme.inbox.pk).update(accent="#102a43", theme="dark")
    response = client.get(f"/widget/{acme.inbox.key}/frame/")
    style = r'<style nonce="([^"]{10,})">:root\{--accent:var\(--light,#102a43\)'
    nonce = re.search(style, response.text)[1]
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
