"""The routes in the URLconf, with a URL of Acme's for each."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from inbox.models import (
    Attachment,
    BulkRun,
    CannedReply,
    ContactAttribute,
    ContactImport,
    ContactJob,
    ContactNote,
    IdentitySecret,
    Label,
    PageGreeting,
    SavedView,
)
from outbox.actions import queue_email
from routing.models import Decision, Handover
from teams.actions.photo import set_photo
from teams.models import Invitation, Logo, Role, Team


def routes(patterns=None, prefix=""):
    for pattern in patterns or get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        else:
            yield path, pattern


WORKSPACE = "w/<slug:workspace>/"


class Route(NamedTuple):
    """path: what follows the workspace's address, with the arguments as in the URLconf."""

    name: str
    path: str
    callback: Callable

    @property
    def arguments(self) -> set[str]:
        return set(re.findall(r"<(?:\w+:)?(\w+)>", self.path))


def workspace_routes() -> list[Route]:
    return [
        Route(pattern.name, path.removeprefix(WORKSPACE), pattern.callback)
        for path, pattern in routes()
        if path.startswith(WORKSPACE)
    ]


def other_routes():
    return [(path, pattern) for path, pattern in routes() if not path.startswith(WORKSPACE)]


def addresses(acme, conversation):
    """Return [(route, its URL)] of every route under a workspace."""
    known = samples(acme, conversation)
    return [(route, address(route, known)) for route in workspace_routes()]


def address(route, known):
    wanted = names(route)
    assert wanted <= known.keys(), f"{route.name} has arguments this test does not know"
    return reverse(route.name, kwargs={name: known[name] for name in wanted})


def names(route):
    return {"workspace", *route.arguments}


def samples(acme, conversation):
    """Return a value of Acme's for every argument that a route can have."""
    agent = acme.workspace.roles.get(key="agent")
    role = Role.objects.create(workspace=acme.workspace, name="Guest", permissions=[])
    invitation = Invitation.objects.create(
        workspace=acme.workspace, email="noor@acme.example", name="Noor", role=agent
    )
    logo = Logo.objects.create(workspace=acme.workspace, png=b"png", digest="d" * 16)
    note = ContactNote.objects.create(
        workspace=acme.workspace, contact=conversation.contact, author=acme.bob, body="VIP"
    )
    attribute = ContactAttribute.objects.create(workspace=acme.workspace, name="Plan")
    return {
        "workspace": acme.workspace.slug,
        "number": conversation.number,
        "seq": 1,
        "contact": conversation.contact_id,
        "inbox": acme.inbox.pk,
        "note": note.pk,
        "secret": IdentitySecret.objects.create(
            workspace=acme.workspace, inbox=acme.inbox, encrypted="x"
        ).pk,
        "attribute": attribute.pk,
        "decision": Decision.objects.get(conversation=conversation).pk,
        "member": acme.bea.pk,
        "photo": photo_of(acme.bea),
        "team": Team.objects.create(workspace=acme.workspace, name="Sales").pk,
        "role": role.pk,
        "label": Label.objects.create(workspace=acme.workspace, name="Billing", colour=0).pk,
        "invitation": invitation.pk,
        "digest": logo.digest,
        "delivery": queue_email(
            to="noor@acme.example", subject="S", text="T", workspace=acme.workspace
        ).pk,
        "file": sent_file(conversation, acme.bob).pk,
        "canned_reply": CannedReply.objects.create(
            workspace=acme.workspace, shortcut="hi", name="Greeting", body="Hello!"
        ).pk,
        "greeting": PageGreeting.objects.create(
            workspace=acme.workspace, inbox=acme.inbox, text="Hello"
        ).pk,
        "saved_view": SavedView.objects.create(
            workspace=acme.workspace, member=acme.bob, name="Mine", query="view=mine"
        ).pk,
        "contact_import": ContactImport.objects.create(
            workspace=acme.workspace, by=acme.bob, file_name="a.csv", header=["Name"]
        ).pk,
        "job": ContactJob.objects.create(
            workspace=acme.workspace, by=acme.bob, kind="export", worked_at=timezone.now()
        ).pk,
        "run": BulkRun.objects.create(
            workspace=acme.workspace,
            by=acme.bob,
            operation="resolve",
            state="finished",
            finished_at=timezone.now(),
        ).pk,
        "handover": Handover.objects.create(workspace=acme.workspace, membership=acme.bob).pk,
    }


def photo_of(member):
    set_photo(member, large=b"large", small=b"small")
    member.refresh_from_db(fields=["photo"])
    return member.photo


def sent_file(conversation, member):
    """Return a picture that the member sent in the conversation."""
    key = default_storage.save(f"{conversation.workspace_id}/{uuid4()}", ContentFile(b"picture"))
    default_storage.save(f"{key}-preview", ContentFile(b"preview"))
    return Attachment.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        seq=1,
        member=member,
        name="photo.png",
        size=7,
        kind=Attachment.Kind.IMAGE,
        content_type="image/png",
        width=1,
        height=1,
        storage_key=key,
    )
