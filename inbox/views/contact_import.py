"""Imports contacts from a CSV file: upload, say what the columns are, check, import."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.contact_import import (
    NEEDED,
    ImportInProgress,
    cancel_import,
    check_contacts,
    import_contacts,
    upload_contacts,
)
from inbox.csv_file import UnreadableFile
from inbox.forms.contact_import import ImportColumnsForm, ImportFileForm
from inbox.import_progress import get_progress
from inbox.import_rows import MAX_ERRORS, REASONS
from inbox.models import ContactImport
from inbox.upload_limits import TooManyUploads, count_import
from messagehub.lib.csv import safe_cells
from teams.access import workspace_page

State = ContactImport.State
SHOWN_ERRORS = 50


@require_http_methods(["GET", "POST"])
@workspace_page(*NEEDED)
def upload(request):
    form = ImportFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = ImportFileForm(request.POST, request.FILES)
        if form.is_valid() and (stored := store_file(request, form)):
            return redirect("contact-import", request.workspace.slug, stored.pk)
    context = {"form": form, "unfinished": find_unfinished(request)}
    return render(request, "inbox/import_upload.html", context, status=400 if form.errors else 200)


def store_file(request, form):
    """Return the stored import, or None with an error in the form."""
    file, member = form.cleaned_data["file"], request.membership
    try:
        count_import(request.workspace, size=file.size, member=member)
        return upload_contacts(file.read(), file_name=file.name, by=member)
    except (TooManyUploads, UnreadableFile) as error:
        form.add_error("file", str(error))
    except ImportInProgress:
        form.add_error(None, _("Another import isn't finished. Wait for it, or cancel it."))
    return None


def find_unfinished(request):
    """Return an import that blocks a new one, or that the member may continue."""
    imports = ContactImport.objects.filter(workspace=request.workspace).defer("content")
    # The corrected file replaces one with errors.
    imports = imports.exclude(by=request.membership, state=State.CHECKED, error_count__gt=0)
    return imports.exclude(state__in=ContactImport.ENDED).select_related("by__user").first()


def find_import(request, contact_import):
    """Return an import of the member, or raise Http404: only they may see the file."""
    imports = ContactImport.objects.filter(workspace=request.workspace, by=request.membership)
    return get_object_or_404(imports.defer("content"), pk=contact_import)


@require_GET
@workspace_page(*NEEDED)
def contact_import(request, contact_import):
    """Show the step at which the import is: as a page, or only that part."""
    found = find_import(request, contact_import)
    if found.state == State.UPLOADED or (found.state == State.CHECKED and "columns" in request.GET):
        return render_columns(request, found, ImportColumnsForm(contact_import=found))
    context = {"contact_import": found, "errors": list_errors(found)[:SHOWN_ERRORS]}
    if found.is_running:
        done = get_progress(found.pk)
        context |= {"done": done or 0, "is_saving": done is not None and done >= found.row_count}
    template = "inbox/import.html"
    return render(request, f"{template}#step" if request.htmx else template, context)


def render_columns(request, found, form):
    context = {"contact_import": found, "form": form}
    status = 400 if form.errors else 200
    return render(request, "inbox/import_columns.html", context, status=status)


def list_errors(found):
    """Return (line, name of the column, value, reason) of each."""
    return [
        (
            line,
            found.header[index] if index is not None and index < len(found.header) else "",
            value,
            REASONS[reason],
        )
        for line, index, reason, value in found.errors
    ]


@require_http_methods(["GET", "POST"])
@workspace_page(*NEEDED)
def columns(request, contact_import):
    """Start the check of all rows with these columns."""
    found = find_import(request, contact_import)
    if request.method == "POST" and found.state in (State.UPLOADED, State.CHECKED):
        form = ImportColumnsForm(request.POST, contact_import=found)
        if not form.is_valid():
            return render_columns(request, found, form)
        check_contacts(found, columns=form.columns, known=form.cleaned_data["known"])
    return redirect("contact-import", request.workspace.slug, found.pk)


@require_POST
@workspace_page(*NEEDED)
def start(request, contact_import):
    found = find_import(request, contact_import)
    import_contacts(found)
    return redirect("contact-import", request.workspace.slug, found.pk)


@require_POST
@workspace_page(*NEEDED)
def cancellation(request, contact_import):
    """Cancel the member's own import, or a colleague's that blocks a new one."""
    imports = ContactImport.objects.filter(workspace=request.workspace).defer("content")
    if cancel_import(get_object_or_404(imports, pk=contact_import)):
        messages.success(request, _("The import is cancelled. Nothing was imported."))
    else:
        messages.error(request, _("The import has already ended."))
    return redirect("contacts-import", request.workspace.slug)


@require_GET
@workspace_page(*NEEDED)
def errors(request, contact_import):
    """Download the report of the rows that can't be imported."""
    found = find_import(request, contact_import)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-errors.csv"'
    writer = csv.writer(response)
    writer.writerow([_("Line"), _("Column"), _("Value"), _("Reason")])
    for row in list_errors(found)[:MAX_ERRORS]:
        writer.writerow(safe_cells(row))
    return response
