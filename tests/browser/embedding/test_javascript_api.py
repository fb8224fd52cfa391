"""The function with which a website controls the chat, as docs/widget.md describes it."""

import re
from pathlib import Path

from django.conf import settings
from playwright.sync_api import expect

from inbox.actions.inbox import create_inbox
from inbox.actions.message import post_reply
from inbox.models import Conversation
from messagehub.lib.ids import new_id

DOCS = (Path(settings.BASE_DIR) / "docs" / "widget.md").read_text()
EXAMPLES = re.findall(r"```js\n(.*?)```", DOCS, re.DOTALL)
COMMANDS = re.findall(r'^\| `MessageHub\("(\w+)"', DOCS, re.MULTILINE)
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
PAGE = HEAD + '<title>A shop</title><h1>A shop</h1><a id="help" href="#">Help</a>'
RECORD = """<script>
window.events = [];
window.MessageHub ??= (...call) => (MessageHub.q ??= []).push(call);
for (const name of ["open", "close", "unread"])
  MessageHub("on", name, (detail) => events.push(detail === undefined ? name : [name, detail]));
MessageHub("on", "open", () => { throw new Error("a listener of the website"); });
</script>"""


def call(vera, *arguments):
    vera.page.evaluate("(values) => MessageHub(...values)", list(arguments))


def events(vera):
    return vera.page.evaluate("events")


def test_commands_and_events(acme, agents_away, embeds, site, console):
    console.expect("a listener of the website")
    vera = site.visit(embeds(), PAGE + RECORD + site.line)
    expect(vera.launcher).to_have_accessible_name("Open the chat")
    call(vera, "open")
    expect(vera.launcher).to_have_accessible_name("Close the chat")
    call(vera, "toggle")
    expect(vera.launcher).to_have_accessible_name("Open the chat")
    call(vera, "toggle")
    vera.writes("Do you deliver?")
    call(vera, "hide")
    expect(vera.launcher).to_be_hidden()
    conversation = Conversation.objects.get(inbox=acme.inbox)
    post_reply(conversation, body="We do.", client_id=new_id(), by=acme.bob)
    vera.page.wait_for_function("events.some((each) => each[0] === 'unread')")
    call(vera, "show")
    expect(vera.launcher).to_have_accessible_name(re.compile("Open the chat.*1"))
    call(vera, "open")
    vera.sees("We do.")
    assert events(vera) == ["open", "close", "open", "close", ["unread", 1], "open"]


def test_each_example_of_the_documentation_runs(open_context, site):
    context = open_context()
    for example in EXAMPLES:
        vera = site.visit(context, PAGE + site.line)
        expect(vera.launcher).to_be_visible()
        vera.page.evaluate(f"() => {{ {example} }}")
        if "#help" in example:
            vera.page.get_by_role("link", name="Help").click()
            expect(vera.frame.locator("#composer")).to_be_visible()
        vera.page.close()


def test_the_documentation_has_every_command(open_context, site):
    vera = site.visit(open_context(), PAGE + site.line)
    expect(vera.launcher).to_be_visible()
    shown = " ".join(EXAMPLES)
    assert len(EXAMPLES) >= 4
    assert {"open", "hide", "show", "on"} <= {name for name in COMMANDS if f'"{name}"' in shown}
    warnings = []
    vera.page.on("console", lambda message: warnings.append(message.text))
    for name in COMMANDS:
        vera.page.evaluate("(name) => MessageHub(name, 'open', () => {})", name)
    assert warnings == []
    vera.page.evaluate("() => { MessageHub('constructor'); MessageHub('fly'); }")
    assert [text.partition(":")[2] for text in warnings] == [
        ' no command "constructor"',
        ' no command "fly"',
    ]


def test_calls_before_the_script_are_kept(open_context, site):
    early = f"<script>{EXAMPLES[1]}</script>"
    vera = site.visit(open_context(), PAGE + early + site.line)
    host = vera.page.locator("[data-messagehub]")
    expect(host).to_be_attached()
    expect(host).to_be_hidden()
    call(vera, "show")
    expect(vera.launcher).to_be_visible()


def test_it_leaves_one_global_and_the_second_inbox_is_named(acme, open_context, site):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    context, said = open_context(), []
    context.on("console", lambda message: said.append(message.text))
    before = "<script>window.before = new Set(Object.getOwnPropertyNames(window))</script>"
    lines = site.line + site.line + site.website.line(other).replace("async ", "")
    vera = site.visit(context, PAGE + before + lines.replace("async ", ""))
    expect(vera.launcher).to_have_count(1)
    added = "Object.getOwnPropertyNames(window).filter((name) => !before.has(name))"
    assert set(vera.page.evaluate(added)) == {"before", "MessageHub"}
    assert [text for text in said if "MessageHub" in text] == [
        f"MessageHub: {other.key} is ignored, the page has {acme.inbox.key}."
    ]
