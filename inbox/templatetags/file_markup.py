"""The markup of a message's files on the desk. A picture opens in the lightbox, or in a new tab."""

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.safestring import SafeString

from messagehub.lib.markup import format_html, format_html_join
from messagehub.lib.templatetags.ui import icon

FILES = '<div class="files">{}</div>'
PICTURE = """\
<a class="picture" href="{url}" target="_blank" data-name="{name}">\
<img src="{preview}" alt="{name}" width="{width}" height="{height}" loading="lazy"></a>"""
CARD = """\
<a class="file" href="{url}" download="{name}">{icon}\
<span><b dir="auto">{name}</b><small>{size}</small></span></a>"""
SHOWN_SIDE = 320  # CSS pixels, half of a preview's


def files_html(message) -> SafeString:
    slug = message.conversation.workspace.slug
    return format_html(
        FILES, format_html_join("", "{}", ([file_html(slug, each)] for each in message.files))
    )


def file_html(slug, file) -> SafeString:
    url = reverse("file", args=[slug, file["id"]])
    if file["kind"] != "image":
        size = filesizeformat(file["size"])
        return format_html(CARD, url=url, name=file["name"], icon=icon("file"), size=size)
    width, height = shown_size(file)
    preview = reverse("file-preview", args=[slug, file["id"]])
    return format_html(
        PICTURE, url=url, preview=preview, name=file["name"], width=width, height=height
    )


def shown_size(file) -> tuple[int, int]:
    """Return how large a picture is shown, so that nothing moves while it loads."""
    scale = min(1, SHOWN_SIDE / max(file["width"], file["height"]))
    return max(1, round(file["width"] * scale)), max(1, round(file["height"] * scale))
