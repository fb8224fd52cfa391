"""The search page, and the parts of it that change while someone types."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, transaction
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from inbox.models import Conversation
from messagehub.lib.ids import time_of_id
from messagehub.lib.markdown import markdown_preview
from messagehub.lib.text import parse_uuid
from search.commands import list_commands
from search.contacts import find_contacts
from search.highlighting import highlight
from search.messages import PAGE_SIZE, find_page, limit_time
from search.query import SearchText
from teams.access import ANY_MEMBER, Permission, workspace_page


@dataclass
class Results:
    """What the page shows. `next_before` is where the next page starts, or None.

    searched_to: when the oldest message was created that was searched, if older ones were not.
    """

    messages: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    conversations: list = field(default_factory=list)
    next_before: UUID | None = None
    searched_to: datetime | None = None
    is_slow: bool = False

    def __bool__(self):
        return bool(self.messages or self.contacts or self.conversations)


@require_GET
@workspace_page(Permission.ANSWER)
@vary_on_headers("HX-Request", "HX-Target")
def search(request):
    text = SearchText.parse(request.GET.get("q", ""))
    before = parse_uuid(request.GET.get("before", ""))
    results = find_safely(request.membership, text, before)
    context = {"text": text, "results": results, "before": before}
    is_part = request.htmx.target == "div#results"
    return render(request, f"search/search.html{'#results' if is_part else ''}", context)


@require_GET
@workspace_page(ANY_MEMBER)
def commands(request):
    """Return the command bar, which pages load when it is first opened."""
    return render(request, "search/command_bar.html", {"groups": list_commands(request.membership)})


FOUND_MESSAGES = 5  # in the command bar


@require_GET
@workspace_page(Permission.ANSWER)
def command_results(request):
    """Return the conversations, contacts and messages that the command bar finds."""
    text = SearchText.parse(request.GET.get("q", ""))
    results = find_safely(request.membership, text)
    results.messages = results.messages[:FOUND_MESSAGES]
    return render(request, "search/_command_results.html", {"text": text, "results": results})


def find_safely(membership, text, before=None):
    """Return the results, or that finding them took too long."""
    try:
        with transaction.atomic():
            return find(membership, text, before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != QUERY_CANCELED:
            raise
        return Results(is_slow=True)


QUERY_CANCELED = "57014"


def find(membership, text, before):
    results = Results()
    visible = Conversation.objects.visible_to(membership).with_related()
    if text.number is not None and not before:
        results.conversations += visible.filter(number=text.number)
    if text.is_too_short:
        return results
    limit_time()
    if not before:
        results.contacts = find_contacts(membership, text.text)
        known = {each.pk for each in results.conversations}
        latest = find_latest(visible, results.contacts)
        results.conversations += [each for each in latest if each.pk not in known]
    language = membership.workspace.language
    queries = text.compile(language)
    messages, results.next_before = find_page(membership, queries, before)
    if results.next_before and len(messages) < PAGE_SIZE:
        results.searched_to = time_of_id(results.next_before)
    excerpts = highlight(map(text_of, messages), queries.any_word, language)
    for message, excerpt in zip(messages, excerpts, strict=True):
        message.excerpt = excerpt
        message.url = entry_url(message, membership.workspace)
    results.messages = messages
    return results


def entry_url(message, workspace):
    """Return the link that opens the conversation at this entry, beside a list that has it."""
    conversation = message.conversation
    url = reverse("conversation", args=[workspace.slug, conversation.number])
    query = f"view=all&status={conversation.status}&entry={message.seq}"
    return f"{url}?{query}#entry-{conversation.number}-{message.seq}"


def text_of(message):
    """Return what a message says, and the names of its files."""
    body = markdown_preview(message.markdown) if message.is_formatted else message.body
    return "\n".join([body, *(file["name"] for file in message.files)]).strip()


def find_latest(conversations, contacts):
    """Return the latest conversation of each contact, so that agents can answer them."""
    by_contact = conversations.filter(contact__in=[contact.pk for contact in contacts])
    return list(by_contact.order_by("contact", "-number").distinct("contact"))
