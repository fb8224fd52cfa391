"""Files in conversations: agents and visitors send pictures and documents to each other."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from inbox.models import Attachment, Message

PASTE = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], name, { type }));
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
  );
}"""


def picture(colour="teal", size=(1200, 800)):
    output = io.BytesIO()
    Image.new("RGB", size, colour).save(output, "PNG")
    return output.getvalue()


def as_file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def conversation(acme, agents_away, new_conversation):
    return new_conversation("Where is my invoice?", assignee=acme.bob)


def test_an_agent_answers_with_a_pasted_picture_and_a_pdf(acme, conversation, at_desk, console):
    console.expect("Failed to load resource")  # the empty file
    bob = at_desk(acme.bob, conversation)
    attached = bob.page.locator(".attached li")
    send = bob.page.get_by_role("button", name="Send", exact=True)
    bob.field.focus()
    content = base64.b64encode(picture()).decode()
    bob.page.evaluate(PASTE, ["screenshot.png", "image/png", content])
    expect(attached.locator(".thumb img")).to_be_visible()
    with bob.page.expect_file_chooser() as chooser:
        bob.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(
        [as_file("invoice.pdf", b"%PDF-1.7"), as_file("empty.txt", b""), as_file("a.txt", b"a")]
    )
    expect(attached).to_have_count(4)
    expect(attached.nth(2)).to_contain_text("This file is empty.")
    bob.field.fill("Here you are.")
    send.click()
    expect(bob.page.get_by_text("Remove the files that could not be uploaded")).to_be_visible()
    expect(bob.field).to_have_value("Here you are.")
    for number in (3, 2):
        attached.nth(number).get_by_role("button", name="Remove").click()
    send.click()
    entry = bob.entries.filter(has_text="Here you are.")
    expect(entry.locator(".file")).to_contain_text("invoice.pdf")
    expect(attached).to_have_count(0)
    expect(bob.field).to_have_value("")
    message = Message.objects.get(conversation=conversation, kind="reply")
    assert [file["name"] for file in message.files] == ["screenshot.png", "invoice.pdf"]

    entry.get_by_role("link", name="screenshot.png").click()
    lightbox = bob.page.get_by_role("dialog", name="Picture")
    expect(lightbox).to_contain_text("screenshot.png")
    bob.page.keyboard.press("Escape")
    expect(lightbox).to_be_hidden()
    with bob.page.expect_download() as download:
        entry.locator(".file").click()
    assert download.value.suggested_filename == "invoice.pdf"

    # A picture needs no text, and the list says what it is.
    bob.page.get_by_role("tab", name="Note").click()
    bob.page.evaluate(PASTE, ["second.png", "image/png", content])
    expect(attached.locator(".thumb img")).to_be_visible()
    bob.page.reload()
    expect(attached.locator(".thumb img")).to_be_visible()
    bob.page.get_by_role("button", name="Add note").click()
    expect(bob.rows).to_contain_text("Photo")
    bob.page.get_by_role("link", name="second.png").click()
    expect(lightbox).to_contain_text("2 / 2")
    bob.page.keyboard.press("ArrowLeft")
    expect(lightbox).to_contain_text("1 / 2")


def test_a_visitor_sends_a_photo_and_gets_a_file(acme, agents_away, at_desk, on_website):
    vera = on_website().open()
    vera.frame.locator("input[type=file]").set_input_files(
        [as_file("beach.png", picture("orange"))]
    )
    expect(vera.frame.locator(".attached li")).to_contain_text("beach.png")
    vera.frame.get_by_role("button", name="Send").click()
    shown = vera.entries.get_by_role("button", name="beach.png").locator("img")
    expect(shown).to_be_visible()
    vera.frame.locator("#timeline img[src^='blob:']").wait_for()
    assert Attachment.objects.filter(workspace=acme.workspace, seq=1).count() == 1
    vera.reload()
    vera.frame.locator("#timeline img[src^='blob:']").wait_for()

    conversation = Message.objects.get(workspace=acme.workspace, kind="contact").conversation
    bob = at_desk(acme.bob, conversation, view="all")
    expect(bob.rows).to_contain_text("Photo")
    expect(bob.entries.get_by_role("link", name="beach.png")).to_be_visible()
    bob.page.locator("#panel-reply input[type=file]").set_input_files(
        [as_file("manual.txt", b"Turn it off and on.")]
    )
    expect(bob.page.locator(".attached li")).to_contain_text("manual.txt")
    bob.page.get_by_role("button", name="Send", exact=True).click()
    answer = vera.entries.get_by_role("button", name="manual.txt")
    expect(answer).to_be_visible()
    with vera.page.expect_download() as download:
        answer.click()
    assert download.value.suggested_filename == "manual.txt"
    vera.entries.get_by_role("button", name="beach.png").click()
    dialog = vera.frame.get_by_role("dialog")
    expect(dialog).to_be_visible()
    vera.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(vera.field).to_be_visible()
