"""The list of contacts, a contact's page, and changes to a contact."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_block import block_contact, unblock_contact
from inbox.actions.contact_import import NEEDED
from inbox.actions.contact_label import label_contact
from inbox.actions.contact_note import add_contact_note
from inbox.actions.label import TooManyLabels, labels_to_add
from inbox.contact_list import ContactFilters
from inbox.forms import (
    ContactForm,
    ContactNameForm,
    ContactNoteForm,
    OwnerForm,
    possible_owners,
)
from inbox.forms.label import LabelsChangeForm
from inbox.member_choices import list_owners
from inbox.models import Contact, Conversation, Inbox
from inbox.views.conversation import join_errors, render_error
from messagehub.lib.text import parse_uuid
from teams.access import Permission, workspace_page

MAX_CONVERSATIONS = 50
MAX_NOTES = 50


def find_contact(request, contact):
    """Return a contact that the member may see, or raise Http404.

    The id of a contact that was merged finds the one that stayed.
    """
    contacts = Contact.objects.visible_to(request.membership).with_owner()
    found = contacts.filter(pk=contact).first() or contacts.filter(former_contacts=contact).first()
    if found is None:
        raise Http404
    return found


@require_GET
@workspace_page(Permission.ANSWER)
def contacts(request):
    filters = ContactFilters.from_query(request.GET)
    rows, next_before = filters.get_page(request.membership)
    context = {
        "filters": filters,
        "contacts": rows,
        "next_before": next_before,
        "owners": possible_owners(request.workspace),
        "labels": request.workspace.labels.all(),
        "may_import": all(map(request.membership.can, NEEDED)),
    }
    return render(request, "inbox/contacts.html", context)


@require_GET
@workspace_page(Permission.ANSWER)
def contact(request, contact):
    found = find_contact(request, contact)
    if found.pk != contact:
        return redirect("contact", request.workspace.slug, found.pk)
    return render_contact(request, found)


def render_contact(request, contact, form=None, note_form=None):
    """Show the contact's page, with a form if its data was invalid."""
    visible = Conversation.objects.visible_to(request.membership).with_related()
    context = {
        "contact": contact,
        "form": form or ContactForm(contact=contact),
        "owners": list_owners(contact, request.workspace),
        "labels": request.workspace.labels.exclude(pk__in=contact.label_ids),
        "notes": contact.notes.select_related("author__user").order_by("-pk")[:MAX_NOTES],
        "note_form": note_form or ContactNoteForm(),
        "identities": contact.identities.select_related("inbox").order_by("pk")[:MAX_NOTES],
        "verified_values": ", ".join(contact.list_values_from(Contact.Source.VERIFIED)),
        "claimed_values": ", ".join(contact.list_values_from(Contact.Source.CLAIMED)),
        "conversations": visible.filter(contact=contact).order_by("-number")[:MAX_CONVERSATIONS],
    }
    status = 400 if form or note_form else 200
    return render(request, "inbox/contact.html", context, status=status)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def details(request, contact):
    contact = find_contact(request, contact)
    if request.method == "GET":  # the browser stays on this URL after an invalid form
        return redirect("contact", request.workspace.slug, contact.pk)
    form = ContactForm(request.POST, contact=contact)
    if not form.is_valid():
        return render_contact(request, contact, form)
    edit_contact(contact, **form.values, by=request.membership)
    messages.success(request, _("Saved."))
    return redirect("contact", request.workspace.slug, contact.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def labels(request, contact):
    contact = find_contact(request, contact)
    form = LabelsChangeForm(request.POST, workspace=request.workspace)
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                add = labels_to_add(data["add"], data["name"], by=request.membership)
                label_contact(contact, add=add, remove=data["remove"])
            except TooManyLabels as error:
                messages.error(request, str(error))
        else:
            messages.error(request, join_errors(form))
    return redirect("contact", request.workspace.slug, contact.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def notes(request, contact):
    contact = find_contact(request, contact)
    if request.method == "GET":
        return redirect("contact", request.workspace.slug, contact.pk)
    form = ContactNoteForm(request.POST)
    if not form.is_valid():
        return render_contact(request, contact, note_form=form)
    add_contact_note(contact, body=form.cleaned_data["body"], by=request.membership)
    return redirect("contact", request.workspace.slug, contact.pk)


@require_POST
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def note_deletion(request, contact, note):
    contact = find_contact(request, contact)
    get_object_or_404(contact.notes, pk=note).delete()
    return redirect("contact", request.workspace.slug, contact.pk)


@require_POST
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def blocking(request, contact):
    return change_blocking(request, find_contact(request, contact), block_contact)


@require_POST
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def unblocking(request, contact):
    return change_blocking(request, find_contact(request, contact), unblock_contact)


def change_blocking(request, contact, action):
    action(contact, by=request.membership)
    if request.htmx:
        return HttpResponse(status=204)  # the page learns it by its live update
    return redirect("contact", request.workspace.slug, contact.pk)


@require_POST
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def name(request, contact):
    """Rename the contact in the header of a conversation and return the name as shown there."""
    contact = find_contact(request, contact)
    form = ContactNameForm(request.POST)
    if not form.is_valid():
        return render_error(request, " ".join(form.errors["name"]), status=400)
    edit_contact(contact, name=form.cleaned_data["name"], by=request.membership)
    if request.htmx:
        return render(request, "inbox/_contact_name.html", {"contact": contact})
    return redirect("contact", request.workspace.slug, contact.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def owner(request, contact):
    """Show the members to choose from, as the options of a select beside a conversation."""
    contact = find_contact(request, contact)
    if request.method == "GET":
        if not request.htmx:
            return redirect("contact", request.workspace.slug, contact.pk)
        inboxes = Inbox.objects.visible_to(request.membership)
        inbox = inboxes.filter(pk=parse_uuid(request.GET.get("inbox", ""))).first()
        context = {"contact": contact, "owners": list_owners(contact, request.workspace, inbox)}
        return render(request, "inbox/_contact_owner.html#options", context)
    form = OwnerForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_error(request, " ".join(form.errors["owner"]), status=400)
    set_owner(contact, owner=form.cleaned_data["owner"], by=request.membership)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("contact", request.workspace.slug, contact.pk)
