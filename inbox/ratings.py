"""What a contact can choose when their conversation is resolved: a face and its name."""

from django.utils.translation import gettext_lazy as _

RATINGS = {
    1: ("😠", _("Terrible")),
    2: ("😞", _("Bad")),
    3: ("😐", _("OK")),
    4: ("😊", _("Good")),
    5: ("😍", _("Great")),
}
