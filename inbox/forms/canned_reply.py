import re

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Value
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from inbox.actions.canned_reply import save_canned_reply
from inbox.forms.message import MAX_MESSAGE_LENGTH
from inbox.models import CannedReply, Inbox
from inbox.reply_variables import VALUES, find_unknown, in_braces
from messagehub.lib.name_comparison import folded_name
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField, PlainTextField

SHORTCUT = re.compile(r"[\w.-]+")
ALL, CHOSEN = "all", "chosen"


class CannedReplyForm(SharedForm):
    """Offers the inboxes that the member may see. The reply's other inboxes stay."""

    shortcut = LineField(
        label=_("Shortcut"),
        max_length=31,  # with a slash
        help_text=_("Agents type a slash and the shortcut: /refund."),
    )
    name = LineField(
        label=_("Name"), max_length=60, help_text=_("Agents find it by its name, too.")
    )
    body = PlainTextField(
        label=_("Text"),
        max_length=MAX_MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("You can write **bold**, _italic_, lists, > quotes and [links](https://…)."),
    )
    offered = forms.ChoiceField(
        label=_("Offered in"),
        choices=[(ALL, _("All inboxes")), (CHOSEN, _("Only these inboxes"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    inboxes = forms.ModelMultipleChoiceField(
        Inbox.objects.none(),
        label=_("Inboxes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, by, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.workspace, self.instance = by, by.workspace, instance
        visible = Inbox.objects.visible_to(by).order_by("name", "pk")
        self.fields["inboxes"].queryset = visible
        if instance:
            self.initial |= {
                "shortcut": instance.shortcut,
                "name": instance.name,
                "body": instance.body,
                "offered": ALL if instance.is_for_all_inboxes else CHOSEN,
                "inboxes": instance.inboxes.filter(pk__in=visible),
            }

    def clean_shortcut(self):
        shortcut = self.cleaned_data["shortcut"].removeprefix("/")
        if len(shortcut) > 30:
            raise ValidationError(_("Use at most 30 characters."))
        if not SHORTCUT.fullmatch(shortcut):
            raise ValidationError(_("Use only letters, digits, hyphens, dots and underscores."))
        others = CannedReply.objects.alias(folded=folded_name("shortcut"))
        others = others.filter(workspace=self.workspace, folded=folded_name(Value(shortcut)))
        if others.exclude(pk=self.instance and self.instance.pk).exists():
            raise ValidationError(shortcut_taken())
        return shortcut

    def clean_body(self):
        body = self.cleaned_data["body"]
        if unknown := find_unknown(body):
            raise ValidationError(
                _(
                    "There is no variable %(unknown)s. These exist: %(known)s. "
                    "To show the braces themselves, write a backslash before them."
                ),
                params={"unknown": ", ".join(map(in_braces, unknown)), "known": known_variables()},
            )
        return body

    def clean(self):
        data = super().clean()
        is_for_none = data.get("offered") == CHOSEN and not data.get("inboxes")
        if is_for_none and not self.hidden_inboxes and "inboxes" not in self.errors:
            self.add_error("inboxes", _("Choose at least one inbox."))
        return data

    @property
    def hidden_inboxes(self):
        """Return the inboxes of the reply that this member may not see."""
        if self.instance is None or self.instance.is_for_all_inboxes:
            return Inbox.objects.none()
        return self.instance.inboxes.exclude(pk__in=self.fields["inboxes"].queryset)

    def save(self) -> bool:
        """Save the reply. Return False, with an error, if its shortcut was just taken."""
        data = self.cleaned_data
        is_for_all_inboxes = data["offered"] == ALL
        try:
            save_canned_reply(
                self.workspace,
                canned_reply=self.instance,
                **{name: data[name] for name in ("shortcut", "name", "body")},
                is_for_all_inboxes=is_for_all_inboxes,
                inboxes=[] if is_for_all_inboxes else [*data["inboxes"], *self.hidden_inboxes],
                by=self.by,
            )
        except ObjectDoesNotExist:
            raise Http404 from None
        except IntegrityError:
            self.add_error("shortcut", shortcut_taken())
            return False
        return True


def shortcut_taken():
    return _("This shortcut is already in use.")


def known_variables():
    return ", ".join(map(in_braces, VALUES))
