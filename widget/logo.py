"""The workspace's logo in the chat, for inboxes that show it instead of their agents."""

from typing import NamedTuple

from django.urls import reverse

from messagehub.lib.text import hue
from teams.models import Logo as StoredLogo


class Logo(NamedTuple):
    """What the chat shows as the logo: a picture, or a letter on a colour if there is none."""

    url: str
    letter: str
    hue: int


def inbox_logo(inbox) -> Logo | None:
    return workspace_logo(inbox) if inbox.avatar == inbox.Avatar.LOGO else None


def workspace_logo(inbox) -> Logo:
    digest = find_logos(inbox).values_list("digest", flat=True).first()
    url = reverse("widget-logo", args=[inbox.key, digest]) if digest else ""
    return Logo(url, inbox.workspace.name[:1].upper(), hue(inbox.workspace_id))


def find_logos(inbox):
    return StoredLogo.objects.filter(workspace=inbox.workspace_id)
