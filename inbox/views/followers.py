"""A member follows a conversation, or leaves it."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from inbox.actions.follower import set_following
from inbox.followers import list_followers
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


@require_POST
@workspace_page(Permission.ANSWER)
def follow(request, number):
    return change_following(request, number, True)


@require_POST
@workspace_page(Permission.ANSWER)
def unfollow(request, number):
    return change_following(request, number, False)


def change_following(request, number, is_following):
    conversation = find_conversation(request, number)
    set_following(conversation, membership=request.membership, is_following=is_following)
    if not request.htmx:
        return redirect("conversation", request.workspace.slug, number)
    context = {"conversation": conversation, "followers": list_followers(conversation)}
    return render(request, "inbox/_followers.html", context)
