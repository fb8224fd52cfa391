from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.contact_attribute import ATTRIBUTES

OWN_LABELS = {"name": _("Name"), "email": _("Email"), "phone": _("Phone")}  # of a contact's fields


class PreChat(models.Model):
    """What an inbox asks visitors before their first message."""

    # {one of OWN_LABELS, or the key of a ContactAttribute: whether an answer is required}
    prechat_fields = models.JSONField(default=dict, blank=True)
    # What visitors have to agree to, or empty, and a page that says more.
    consent_text = models.CharField(_("consent"), max_length=300, blank=True, default="")
    consent_link_text = models.CharField(_("link's text"), max_length=60, blank=True, default="")
    consent_url = models.URLField(_("link"), max_length=500, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def prechat_labels(self):
        """Return {key: label} of everything that the form can ask."""
        attributes = ATTRIBUTES.all(workspace=self.workspace_id)
        return OWN_LABELS | {attribute.key: attribute.name for attribute in attributes}

    @property
    def has_prechat_form(self):
        return bool(self.prechat_fields or self.consent_text)
