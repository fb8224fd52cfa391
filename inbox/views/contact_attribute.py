"""Workspace Settings > Contact attributes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.contact_attribute import delete_attribute, save_attribute
from inbox.forms.contact_attribute import ContactAttributeForm
from inbox.models import Contact
from teams.access import Permission, workspace_page
from teams.forms import form_data


@require_GET
@workspace_page(Permission.CHANGE_SETTINGS)
def attributes(request):
    context = {"attributes": request.workspace.contact_attributes.order_by("pk")}
    return render(request, "inbox/contact_attributes.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.CHANGE_SETTINGS)
def attribute(request, attribute=None):
    instance = attribute and get_object_or_404(request.workspace.contact_attributes, pk=attribute)
    form = ContactAttributeForm(form_data(request), by=request.membership, instance=instance)
    is_post = request.method == "POST"
    if is_post and form.is_valid() and form.save(save_attribute, attribute=instance):
        messages.success(request, _("Saved."))
        return redirect("contact-attributes", request.workspace.slug)
    context = {"form": form, "attribute": instance}
    if instance:
        contacts = Contact.objects.filter(workspace=request.workspace)
        context["use_count"] = contacts.filter(attributes__has_key=instance.key).count()
    template = "inbox/contact_attribute.html"
    return render(request, template, context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.CHANGE_SETTINGS)
def attribute_deletion(request, attribute):
    attributes = request.workspace.contact_attributes
    delete_attribute(get_object_or_404(attributes, pk=attribute), by=request.membership)
    messages.success(request, _("Deleted."))
    return redirect("contact-attributes", request.workspace.slug)
