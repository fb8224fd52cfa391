"""What the audit log calls what only routing does."""

from django.utils.translation import gettext_lazy

from teams import audit

audit.ACTIONS |= {
    "member.handed_over": gettext_lazy("handed over conversations of %(target)s"),
    "member.hand_over_undone": gettext_lazy("took back handing over conversations of %(target)s"),
}
