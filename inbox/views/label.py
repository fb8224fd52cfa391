"""Workspace Settings > Labels."""

from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Func, OuterRef, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.label import delete_label, save_label
from inbox.forms.label import LabelForm
from inbox.models import Contact
from teams.access import Permission, workspace_page
from teams.forms import form_data


@require_GET
@workspace_page(Permission.CHANGE_SETTINGS)
def labels(request):
    return render(request, "inbox/labels.html", {"labels": counted_labels(request.workspace)})


def counted_labels(workspace):
    """Return the labels, each with its number of conversations and contacts, seen or not."""
    contacts = Contact.objects.filter(
        workspace=workspace, label_ids__contains=Array(OuterRef("pk"))
    )
    count = contacts.order_by().values("workspace").annotate(count=Count("pk")).values("count")
    return workspace.labels.annotate(
        conversation_count=Count("conversation_labels"),
        contact_count=Coalesce(Subquery(count), 0),
    )


class Array(Func):
    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(UUIDField())


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.CHANGE_SETTINGS)
def label(request, label=None):
    instance = label and get_object_or_404(counted_labels(request.workspace), pk=label)
    form = LabelForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid() and form.save(save_label, label=instance):
        messages.success(request, _("Saved."))
        return redirect("labels", request.workspace.slug)
    context = {"form": form, "label": instance}
    return render(request, "inbox/label_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def label_deletion(request, label):
    delete_label(get_object_or_404(request.workspace.labels, pk=label), by=request.membership)
    return redirect("labels", request.workspace.slug)
