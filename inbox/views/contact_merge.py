"""Merges two contacts: choose the other one, look at what would happen, confirm."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbox.actions.contact_merge import PreviewOutdated, merge_contacts
from inbox.contact_list import ContactFilters
from inbox.contact_merge import preview_merge
from inbox.models import Contact, Conversation
from inbox.views.contact import find_contact
from messagehub.lib.text import parse_uuid
from teams.access import Permission, workspace_page

MAX_CANDIDATES = 10


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def merge(request, contact):
    contact = find_contact(request, contact)
    data = request.POST or request.GET
    other = find_other(request, contact, parse_uuid(data.get("with", "")))
    if other is None:
        return render_choice(request, contact)
    keeps_other = data.get("keep", "") == str(other.pk)
    stays, leaves = (other, contact) if keeps_other else (contact, other)
    if request.method == "GET":
        return render_preview(request, contact, stays, leaves)
    try:
        stays = merge_contacts(
            stays, leaves, by=request.membership, version=data.get("version", "")
        )
    except PreviewOutdated:
        stays, leaves = find_contact(request, stays.pk), find_contact(request, leaves.pk)
        return render_preview(request, contact, stays, leaves, status=409)
    except Contact.DoesNotExist:
        messages.error(request, _("Someone else has just merged one of these contacts."))
    else:
        messages.success(request, _("The contacts are merged."))
    return redirect("contact", request.workspace.slug, stays.pk)


def find_other(request, contact, pk):
    contacts = Contact.objects.visible_to(request.membership).with_owner().exclude(pk=contact.pk)
    return contacts.filter(pk=pk).first() if pk else None


def render_choice(request, contact):
    """Offer the contacts that match the search, or at first those with the same email address."""
    filters = ContactFilters.from_query(request.GET)
    candidates = Contact.objects.visible_to(request.membership).exclude(pk=contact.pk)
    if filters.search:
        candidates = candidates.matching(filters.search)
    elif contact.email:
        candidates = candidates.filter(email=contact.email)
    else:
        candidates = candidates.none()
    context = {
        "contact": contact,
        "search": filters.search,
        "candidates": candidates.order_by("-pk")[:MAX_CANDIDATES],
    }
    return render(request, "inbox/contact_merge.html", context)


def render_preview(request, contact, stays, leaves, *, status=200):
    visible = Conversation.objects.visible_to(request.membership)
    context = {
        "contact": contact,
        "other": leaves if stays == contact else stays,
        "preview": preview_merge(stays, leaves),
        "conversation_count": visible.filter(contact__in=[stays, leaves]).count(),
        "is_outdated": status == 409,
    }
    return render(request, "inbox/contact_merge_preview.html", context, status=status)
