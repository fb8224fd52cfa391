from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messagehub.lib.shared_form import SharedForm


class IdentityForm(SharedForm):
    """Who may use an inbox's chat, and what is recorded about them."""

    requires_identity = forms.BooleanField(label=_("Require a verified identity"), required=False)
    records_pages = forms.BooleanField(
        label=_("Record the page a visitor writes from"), required=False
    )

    def __init__(self, *args, inbox, **kwargs):
        self.inbox = inbox
        stored = {name: getattr(inbox, name) for name in self.base_fields}
        super().__init__(*args, initial=stored, **kwargs)

    def clean_requires_identity(self):
        is_required = self.cleaned_data["requires_identity"]
        if is_required and not self.inbox.identity_secrets.exists():
            raise ValidationError(
                _("Create a secret first. Without one, no visitor could use the chat.")
            )
        return is_required
