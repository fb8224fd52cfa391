"""The visitor's API: messages, email address and live ticket."""

from datetime import timedelta

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.attachment import FilesGone, describe_files
from inbox.actions.contact import leave_email, remember_language
from inbox.actions.message import ClientIdReused, post_contact_message
from inbox.actions.visitor import VisitorBlocked, find_visitor, latest_conversation
from inbox.captcha import CaptchaRequired, describe_challenge
from inbox.models import Attachment, Conversation, Message
from inbox.receipt import get_team_emailed_seq, get_team_seen_seq
from messagehub.lib import client_info
from messagehub.lib.live import tickets
from messagehub.lib.text import parse_number
from messagehub.lib.tokens import hash_token
from widget.access import error_response, json_body, visitor_api
from widget.forms import VisitorEmailForm, VisitorMessageForm, clean_data
from widget.inbox_availability import InboxAvailability
from widget.prechat import AnswersRefused, prechat_form, prechat_html, read_answers
from widget.privacy import page_to_record
from widget.rendering import entries_after, entry_html, state_html
from widget.state import state_for, state_of_visitor


@visitor_api
@require_GET
def check_access(request, inbox, token):
    """Refuse as every view does, or respond nothing. The page of forms asks before it's shown."""
    find_visitor(inbox, token=token)
    return HttpResponse(status=204)


@visitor_api
@require_http_methods(["GET", "POST"])
def messages(request, inbox, token):
    if request.method == "POST":
        return post_message(request, inbox, token)
    return list_messages(request, inbox, token)


def list_messages(request, inbox, token):
    after = parse_number(request.GET.get("after", "0"))
    revision = parse_number(request.GET.get("revision", "0"))
    if after is None or revision is None:
        raise Http404
    visitor = find_visitor(inbox, token=token)
    state, conversation = state_of_visitor(inbox, visitor)
    if conversation:
        remember_language(conversation.contact, get_language())
    known = (after, revision)
    html, last_seq, revision = entries_after(conversation, *known) if conversation else ("", 0, 0)
    return JsonResponse(
        {
            "html": html,
            "last_seq": last_seq,
            "revision": revision,
            "state_html": state_html(state),
            "live": conversation is not None,
            "read_seq": conversation.contact_read_seq if conversation else 0,
            "seen_seq": get_team_seen_seq(conversation) if conversation else 0,
            "emailed_seq": get_team_emailed_seq(conversation) if conversation else 0,
            "prechat_html": prechat_html(inbox, visitor, conversation),
            "conversation": conversation and conversation.pk,
        }
    )


def post_message(request, inbox, token):
    body = json_body(request)
    data = clean_data(VisitorMessageForm(body))
    try:
        answers = read_answers(inbox, token, data["prechat"])
        message, change = post_contact_message(
            inbox,
            token=token,
            client_id=data["client_id"],
            body=data["body"],
            page_url=page_to_record(request, data["page"]) if inbox.records_pages else "",
            files=data["files"],
            ip_address=client_info.current_client().network,
            starts_new=data["starts_new"],
            captcha=body.get("captcha"),
            answers=answers,
            greeting=find_greeting(inbox, data["greeting"]),
            language=get_language(),
        )
    except AnswersRefused as error:
        return error_response(str(error), 422)
    except CaptchaRequired:
        text = _("We couldn't check that you aren't a robot. Try again.")
        return error_response(text, 403, reason="captcha", captcha=describe_challenge())
    except ClientIdReused:
        return error_response(_("This message was already sent."), 409)
    except FilesGone as error:
        return error_response(str(error), 400)
    except VisitorBlocked:
        message, change = build_discarded_message(inbox, token, data), True
    conversation = message.conversation
    remember_language(conversation.contact, get_language())
    conversation.inbox = inbox
    availability = InboxAvailability(inbox, online=getattr(change, "online", None))
    response = {
        "html": entry_html(message),
        "seq": message.seq,
        "last_seq": message.seq,
        "state_html": state_html(state_for(inbox, conversation, availability=availability)),
        "live": True,
    }
    return JsonResponse(response, status=201 if change else 200)


def find_greeting(inbox, short_id):
    """Return the text of the greeting that made the visitor write, or ""."""
    greetings = inbox.page_greetings.all() if short_id else ()
    return next((each.text for each in greetings if each.short_id == short_id), "")


def build_discarded_message(inbox, token, data):
    """Return a blocked visitor's message as if it were stored, so that they notice nothing.

    Its `seq` is beyond the stored ones and grows, so that it replaces no other message.
    """
    visitor, now = find_visitor(inbox, token=token), timezone.now()
    conversation = latest_conversation(visitor) or Conversation(
        inbox=inbox, workspace=inbox.workspace, contact=visitor.contact, last_activity_at=now
    )
    elapsed = (now - conversation.last_activity_at) // timedelta(milliseconds=10)
    return Message(
        conversation=conversation,
        seq=conversation.last_seq + 1 + max(0, elapsed),
        kind=Message.Kind.CONTACT,
        body=data["body"],
        client_id=data["client_id"],
        created_at=now,
        details=describe_files(
            Attachment.objects.pending().filter(
                workspace=inbox.workspace_id, pk__in=data["files"], token_hash=hash_token(token)
            )
        ),
    )


@visitor_api
@require_POST
def prechat(request, inbox, token):
    """Check what a visitor entered before their first message, without storing it."""
    form = prechat_form(inbox, find_visitor(inbox, token=token), json_body(request))
    is_valid = form is None or form.is_valid()
    return JsonResponse({"errors": {} if is_valid else form.errors_by_field})


@visitor_api
@require_POST
def email(request, inbox, token):
    email = clean_data(VisitorEmailForm(json_body(request)))["email"]
    return state_response(inbox, leave_email(inbox, token=token, email=email))


def state_response(inbox, conversation):
    """Respond with the state after a change of the visitor's conversation, if they have one."""
    if conversation is None:
        raise Http404
    conversation.inbox = inbox
    return JsonResponse({"state_html": state_html(state_for(inbox, conversation))})


@visitor_api
@require_POST
def ticket(request, inbox, token):
    visitor = find_visitor(inbox, token=token)
    conversation = latest_conversation(visitor) if visitor else None
    if conversation is None:
        raise Http404
    visitor.inbox = inbox
    channels = [conversation.contact_channel]
    issued = tickets.issue(channels=channels, subjects=visitor.live_subjects)
    return JsonResponse({"ticket": issued})
