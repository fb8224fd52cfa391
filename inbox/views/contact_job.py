"""Changes many contacts of the list, exports them, and shows the progress."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.contact_job import (
    MAX_PER_REQUEST,
    cancel_contact_job,
    change_contacts,
    hash_access,
    start_contact_job,
)
from inbox.actions.label import TooManyLabels, find_label, find_or_create_label
from inbox.contact_export import unpack
from inbox.contact_list import ContactFilters
from inbox.forms.contact import ManyLabelsForm, OwnerForm
from inbox.models import Contact, ContactJob, Label
from inbox.views.conversation import join_errors
from messagehub.lib.text import parse_uuid
from teams.access import Permission, workspace_page
from teams.models import Membership

Kind = ContactJob.Kind


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def owners(request):
    """Set the owner of many contacts."""
    form = OwnerForm(request.POST, workspace=request.workspace)
    if request.method == "GET" or not form.is_valid():
        return redirect_to_list(request, form)
    owner = form.cleaned_data["owner"]
    if is_unconfirmed(request):
        return confirm(request, Kind.OWNER, owner.name if owner else "")
    return change_many(request, Kind.OWNER, owner and owner.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def label_addition(request):
    form = ManyLabelsForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return redirect_to_list(request, form)
    name = form.cleaned_data["name"]
    if is_unconfirmed(request):
        return confirm(request, Kind.ADD_LABEL, name)
    try:
        label = find_or_create_label(request.workspace, name=name, by=request.membership)
    except TooManyLabels as error:
        messages.error(request, str(error))
        return redirect_to_list(request)
    return change_many(request, Kind.ADD_LABEL, label.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.EDIT_CONTACTS)
def label_removal(request):
    form = ManyLabelsForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return redirect_to_list(request, form)
    label = find_label(request.workspace, form.cleaned_data["name"])
    if label is None:
        messages.error(request, _("There is no label with this name."))
        return redirect_to_list(request)
    if is_unconfirmed(request):
        return confirm(request, Kind.REMOVE_LABEL, label.name)
    return change_many(request, Kind.REMOVE_LABEL, label.pk)


def redirect_to_list(request, form=None):
    """Return to the page of the list, with the errors of the form."""
    if form is not None and form.is_bound and request.method == "POST":
        messages.error(request, join_errors(form))
    filters = ContactFilters.from_text(request.POST.get("filters", ""))
    url = reverse("contacts", args=[request.workspace.slug])
    return redirect(f"{url}?{filters.page_query}" if filters.page_query else url)


def is_unconfirmed(request):
    """Return whether to ask first, because all contacts of the list are to be changed."""
    return "all" in request.POST and "confirmed" not in request.POST


def change_many(request, kind, target):
    """Change the selected contacts, or all of the list in the background."""
    member = request.membership
    filters = ContactFilters.from_text(request.POST.get("filters", ""))
    if "all" in request.POST:
        job = start_contact_job(kind, filters=filters, target=target, by=member)
        return redirect("contact-job", request.workspace.slug, job.pk)
    sent = [parse_uuid(each) for each in request.POST.getlist("contact")[:MAX_PER_REQUEST]]
    found = Contact.objects.visible_to(member).filter(pk__in=filter(None, sent))
    contacts = list(found.values_list("pk", flat=True))
    if not contacts:
        messages.error(request, _("Select contacts first."))
        return redirect_to_list(request)
    changed, skipped = change_contacts(kind, contacts, target=target, by=member)
    messages.success(request, describe_result(changed, skipped))
    return redirect_to_list(request)


def describe_result(changed, skipped):
    if not changed and not skipped:
        return _("No changes were needed.")
    text = ngettext("%(count)d contact changed.", "%(count)d contacts changed.", changed)
    text %= {"count": changed}
    if not skipped:
        return text
    more = ngettext(
        "%(count)d has too many labels and stays as it is.",
        "%(count)d have too many labels and stay as they are.",
        skipped,
    )
    return f"{text} {more % {'count': skipped}}"


def confirm(request, kind, name):
    filters = ContactFilters.from_text(request.POST.get("filters", ""))
    everyone = ContactFilters.from_text(filters.query).get_contacts(request.membership)
    context = {
        "title": describe_change(kind, name, everyone.count()),
        "filters": filters,
        "fields": [(key, request.POST[key]) for key in ("owner", "name") if key in request.POST],
    }
    return render(request, "inbox/contacts_confirmation.html", context)


def describe_job(job):
    """Return the job as a title."""
    if job.is_export:
        return _("Export contacts")
    model = Membership if job.kind == Kind.OWNER else Label
    target = model.objects.filter(workspace=job.workspace_id, pk=job.target).first()
    missing = "" if job.target is None else _("(deleted)")
    return describe_change(Kind(job.kind), target.name if target else missing, job.total)


def describe_change(kind, name, count):
    """Return a title, such as "Add the label VIP to 300 contacts"."""
    if kind == Kind.OWNER and not name:
        text = ngettext(
            "Remove the owner of %(count)d contact",
            "Remove the owner of %(count)d contacts",
            count,
        )
    elif kind == Kind.OWNER:
        text = ngettext(
            "Make %(name)s the owner of %(count)d contact",
            "Make %(name)s the owner of %(count)d contacts",
            count,
        )
    elif kind == Kind.ADD_LABEL:
        text = ngettext(
            "Add the label “%(name)s” to %(count)d contact",
            "Add the label “%(name)s” to %(count)d contacts",
            count,
        )
    else:
        text = ngettext(
            "Remove the label “%(name)s” from %(count)d contact",
            "Remove the label “%(name)s” from %(count)d contacts",
            count,
        )
    return text % {"name": name, "count": count}


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.IMPORT_CONTACTS)
def export(request):
    if request.method == "GET":
        return redirect("contacts", request.workspace.slug)
    filters = ContactFilters.from_text(request.POST.get("filters", ""))
    job = start_contact_job(Kind.EXPORT, filters=filters, by=request.membership)
    return redirect("contact-job", request.workspace.slug, job.pk)


def find_job(request, job):
    """Return a job of the member, or raise Http404."""
    jobs = ContactJob.objects.filter(workspace=request.workspace, by=request.membership)
    return get_object_or_404(jobs.defer("content"), pk=job)


@require_GET
@workspace_page(Permission.ANSWER)
def job(request, job):
    """Show a job's progress, as a page or only that part."""
    found = find_job(request, job)
    context = {
        "job": found,
        "title": describe_job(found),
        "result": describe_result(found.changed, found.skipped),
    }
    template = "inbox/contact_job.html"
    return render(request, f"{template}#progress" if request.htmx else template, context)


@require_POST
@workspace_page(Permission.ANSWER)
def job_cancellation(request, job):
    found = find_job(request, job)
    cancel_contact_job(found)
    return redirect("contact-job", request.workspace.slug, found.pk)


@require_GET
@workspace_page(Permission.ANSWER, Permission.IMPORT_CONTACTS)
def job_file(request, job):
    """Download an export. It is gone once its owner may see less than it contains."""
    jobs = ContactJob.objects.filter(workspace=request.workspace, by=request.membership)
    jobs = jobs.filter(access=hash_access(request.membership), content__isnull=False)
    found = get_object_or_404(jobs, pk=job)
    name = f"{request.workspace.slug}-contacts-{localdate():%Y-%m-%d}.csv"
    response = StreamingHttpResponse(unpack(found.content), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
