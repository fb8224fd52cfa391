"""The steps of importing contacts from a file."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.import_columns import IDENTIFYING, list_choices
from inbox.models import ContactImport


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,  # which is said as for any other file without contacts
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_IMPORT_BYTES:
            raise ValidationError(_("The file is larger than 30 MB. Please split it."))
        return file


class ImportColumnsForm(forms.Form):
    """Says what each column is, and what happens to contacts that are known."""

    known = forms.ChoiceField(
        label=_("Existing contacts"),
        choices=ContactImport.Known,
        widget=forms.RadioSelect,
        help_text=_(
            "A contact is found by the ID of an export, or else by the email address. Empty cells "
            "change nothing, and labels are added."
        ),
    )

    def __init__(self, *args, contact_import, **kwargs):
        super().__init__(*args, **kwargs)
        self.contact_import = contact_import
        self.initial = {"known": contact_import.known}
        choices = list_choices(contact_import.workspace_id)
        known = {code for code, _label in choices}
        for index, name in enumerate(contact_import.header):
            code = (contact_import.columns[index : index + 1] or [""])[0]
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=name or _("Column %(number)d") % {"number": index + 1},
                choices=choices,
                required=False,
                initial=code if code in known else "",
            )

    @property
    def columns(self):
        return [self.cleaned_data[name] for name in self.fields if name != "known"]

    @property
    def rows(self):
        """Return (field, the first values) of each column."""
        samples = self.contact_import.samples
        return [
            (self[f"column-{index}"], [row[index] for row in samples if row[index : index + 1]])
            for index in range(len(self.contact_import.header))
        ]

    def clean(self):
        data = super().clean()
        chosen = {}
        for name, code in list(data.items()):
            if name != "known" and code:
                if code in chosen:
                    self.add_error(name, _("Another column is the same. Choose one of them."))
                chosen[code] = name
        if not self.errors and not IDENTIFYING & chosen.keys():
            raise ValidationError(_("Choose at least one column with names or email addresses."))
        return data
