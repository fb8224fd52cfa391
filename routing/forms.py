"""Forms of an inbox's routing settings. They offer only rows of its workspace."""

from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from messagehub.lib.shared_form import SharedForm
from routing.models import Routing, Target
from teams.models import Membership
from teams.permissions import Permission


class MinutesField(forms.IntegerField):
    """Whole minutes, up to a day. Blank turns the rule off."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=1,
            max_value=24 * 60,
            widget=forms.TextInput(attrs={"placeholder": _("Off"), "inputmode": "numeric"}),
            error_messages={
                "invalid": _("Enter whole minutes, or leave blank to turn off."),
                "min_value": _("Enter at least 1 minute, or leave blank to turn off."),
                "max_value": _("Enter at most 1440 minutes (one day)."),
            },
            **kwargs,
        )


class TargetsField(forms.MultipleChoiceField):
    """Users ("user-<id>") and teams ("team-<id>"), cleaned to unsaved Targets."""

    inbox = None

    def clean(self, value):
        return [self.target(each) for each in dict.fromkeys(super().clean(value))]

    def target(self, value):
        kind, _dash, pk = value.partition("-")
        column = "team_id" if kind == "team" else "membership_id"
        return Target(workspace_id=self.inbox.workspace_id, inbox=self.inbox, **{column: UUID(pk)})


def target_value(target) -> str:
    if target.team_id:
        return f"team-{target.team_id}"
    return f"user-{target.membership_id}"


class RoutingForm(SharedForm):
    targets = TargetsField(label=_("Users and teams"), required=False)
    fewest_open_first = forms.BooleanField(
        label=_("Fewest open conversations first"), required=False
    )
    to_owner = forms.BooleanField(
        label=_("If a visitor is owned, route their incoming chats to the contact owner"),
        required=False,
    )
    owner_minutes = MinutesField(label=_("Minutes the owner has to answer"))
    leads = forms.ChoiceField(
        label=_("Email leads"), choices=Routing.Leads, widget=forms.RadioSelect
    )
    answer_minutes = MinutesField(label=_("Minutes to answer"))
    keep_reopened = forms.BooleanField(
        label=_("Reopened conversations go back to the previous agent, even if offline"),
        required=False,
    )

    def __init__(self, *args, inbox, routing, **kwargs):
        self.inbox = inbox
        self.stored = [target_value(each) for each in inbox.targets.current()]
        names = [name for name in self.base_fields if name != "targets"]
        initial = {name: getattr(routing, name) for name in names} | {"targets": self.stored}
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["targets"]
        field.inbox = inbox
        field.choices = [(value, name) for value, name, _row in self.teams + self.users]

    @cached_property
    def users(self):
        """[(value, name, membership)] of those who can answer or are already targets."""
        can_answer = Q(role__in=self.inbox.workspace.roles.with_permission(Permission.ANSWER))
        is_target = Q(targets__inbox=self.inbox)
        members = Membership.objects.current().filter(workspace=self.inbox.workspace_id)
        members = members.filter(can_answer | is_target).with_related().distinct()
        rows = sorted(members, key=lambda each: (each.name.lower(), each.pk))
        return [(f"user-{row.pk}", row.name, row) for row in rows]

    @cached_property
    def teams(self):
        rows = self.inbox.workspace.teams.order_by("name")
        return [(f"team-{row.pk}", row.name, row) for row in rows]

    @property
    def selected(self):
        return [str(value) for value in self["targets"].value() or ()]

    def clean(self):
        """Keep the stored minutes if routing to the owner is off, because the field is hidden."""
        data = self.cleaned_data
        if not data.get("to_owner") and "owner_minutes" in self.errors:
            del self.errors["owner_minutes"]
            data["owner_minutes"] = self.initial["owner_minutes"]
        return super().clean()

    @property
    def active_targets(self):
        """The selected targets without suspended members, who get nothing (routing.targets)."""
        inactive = {value for value, _name, member in self.users if not member.is_active}
        return [each for each in self.cleaned_data["targets"] if target_value(each) not in inactive]

    @property
    def routing(self):
        """The settings of the form as an unsaved Routing."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "targets"}
        return Routing(workspace_id=self.inbox.workspace_id, inbox=self.inbox, **values)


class ReplyForm(SharedForm):
    """When a contact who has left the chat gets the reply by email."""

    version_field = "reply-shown"  # it shares the page's form with the opening hours

    reply_minutes = MinutesField(label=_("Email unread replies after"))

    def __init__(self, *args, routing, **kwargs):
        super().__init__(*args, initial={"reply_minutes": routing.reply_minutes}, **kwargs)
