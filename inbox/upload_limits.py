"""Limit what people upload in a day, in megabytes: each file counts as one at least.

Threats: a stranger fills the disk, or uses up what a workspace's agents need. So visitors have
limits of their own, and the narrowest comes first.
"""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.limits import Limit, current_network, first_exceeded
from inbox.models import Attachment

DAY = timedelta(days=1)
BY_VISITOR = Limit("uploads by visitor", 200, DAY)
BY_ADDRESS = Limit("uploads of visitors by address", 1000, DAY)
OF_VISITORS = Limit("uploads of a workspace's visitors", 5000, DAY)
BY_MEMBER = Limit("uploads by member", 2000, DAY)
OF_WORKSPACE = Limit("uploads of a workspace", 20_000, DAY)
MAX_PENDING = 30  # uploaded by one person and not sent


class TooManyUploads(Exception):
    """A limit refuses the upload; the message says which."""


def count_upload(workspace, *, size, member=None, token_hash=""):
    """Count an upload of a member or a visitor. Raises TooManyUploads."""
    person = {"member": member} if member else {"member": None, "token_hash": token_hash}
    if Attachment.objects.pending().filter(**person).count() >= MAX_PENDING:
        raise TooManyUploads(_("Too many files are waiting to be sent. Send or remove some first."))
    megabytes = -(-size // 2**20)
    if member:
        limits = [(BY_MEMBER, member.pk)]
    else:
        visitors = [(BY_ADDRESS, current_network()), (OF_VISITORS, workspace.pk)]
        limits = [(BY_VISITOR, token_hash), *visitors]
    limits += [(OF_WORKSPACE, workspace.pk), (all_uploads_limit(), "")]
    uses = [limit.of(subject, amount=megabytes) for limit, subject in limits]
    if first_exceeded(*uses):
        raise TooManyUploads(_("Too many files were uploaded today. Try again tomorrow."))


def count_import(workspace, *, size, member):
    """Count a file of contacts. Raises TooManyUploads."""
    megabytes = -(-size // 2**20)
    limits = [(BY_MEMBER, member.pk), (OF_WORKSPACE, workspace.pk), (all_uploads_limit(), "")]
    if first_exceeded(*(limit.of(subject, amount=megabytes) for limit, subject in limits)):
        raise TooManyUploads(_("Too many files were uploaded today. Try again tomorrow."))


def all_uploads_limit():
    return Limit("uploads", settings.UPLOADS_GB_A_DAY * 1024, DAY)
