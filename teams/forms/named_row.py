from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Value
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from messagehub.lib.name_comparison import folded_name
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField


class NamedRowForm(SharedForm):
    """A row whose name is unique in its workspace, ignoring case.

    Not a ModelForm, so that the row keeps its stored values until the action has audited them.
    """

    model: type
    name = LineField(label=_("Name"), max_length=40)

    def __init__(self, *args, by, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.workspace, self.instance = by, by.workspace, instance

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = self.model.objects.alias(compared=folded_name("name"))
        others = others.filter(workspace=self.workspace, compared=folded_name(Value(name)))
        if others.exclude(pk=self.instance and self.instance.pk).exists():
            raise ValidationError(name_taken())
        return name

    def save(self, action, **instance) -> bool:
        """Save the row with the action. Raises Http404 if it was deleted in the meantime.

        Returns False, with an error at the name, if it was taken at the same moment, such as by a
        double click.
        """
        try:
            action(self.workspace, **instance, **self.cleaned_data, by=self.by)
        except ObjectDoesNotExist:
            raise Http404 from None
        except IntegrityError:
            self.add_error("name", name_taken())
            return False
        return True


def name_taken():
    return _("This name is already in use.")
