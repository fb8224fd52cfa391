from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from teams.models import Membership, Workspace
from teams.trust import YOUNG


def confirm(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def grow_old(workspace):
    workspace.created_at = timezone.now() - YOUNG - timedelta(hours=1)
    Workspace.objects.filter(pk=workspace.pk).update(created_at=workspace.created_at)


def make_trusted(workspace):
    confirm(Membership.objects.administrators().filter(workspace=workspace).first().user)
    grow_old(workspace)
