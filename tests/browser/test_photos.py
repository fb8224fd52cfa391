"""A member's photo: cut in the browser, then seen by colleagues and visitors."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

# Whether a picture is shown and not just its space, and the colour in its middle.
COLOUR = """async (image) => {
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(image.naturalWidth / 2, image.naturalHeight / 2, 1, 1);
  return data[0] > data[2] ? "red" : "blue";
}"""


def half_red():
    """Return a picture three times as wide as high: red on the right, the rest is blue."""
    image, output = Image.new("RGB", (1200, 400), "blue"), io.BytesIO()
    image.paste("red", (800, 0, 1200, 400))
    image.save(output, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": output.getvalue()}


def test_bob_cuts_his_photo_and_colleagues_and_visitors_see_it(
    stack, acme, sign_in, at_desk, on_website, console
):
    page = sign_in(acme.bob).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/profile/")
    file = page.get_by_label("Choose a photo")
    file.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"})
    expect(file).to_have_js_property("validity.customError", True)
    file.set_input_files(half_red())
    square = page.get_by_role("img", name="Part of the picture to use")
    expect(square).to_be_focused()
    for _ in range(25):
        square.press("ArrowRight")
    page.get_by_role("button", name="Save photo").click()
    shown = page.locator(".photo-setting .avatar img")
    assert shown.evaluate(COLOUR) == "red"

    alice = at_desk(acme.alice)
    face = alice.page.locator(".views .avatar", has_text="B").locator("img").first
    expect(face).to_have_attribute("src", re.compile(r"/photos/\w{40}\.webp$"))
    assert face.evaluate(COLOUR) == "red"
    at_desk(acme.bob)
    vera = on_website().open()
    face = vera.frame.locator("#state .face img").first
    assert face.evaluate(COLOUR) == "red"

    page.get_by_role("button", name="Remove photo").click()
    expect(page.get_by_text("Photo removed.")).to_be_visible()
    expect(page.locator(".avatar img")).to_have_count(0)
