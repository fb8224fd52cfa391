"""Who the visitor is: what the website's script claims, what its token proves, and signing out."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inbox.actions.identification import (
    InvalidIdentityToken,
    OtherPerson,
    TokenTaken,
    describe_contact,
    identify_visitor,
)
from inbox.actions.visitor import find_visitor, revoke_visitor
from inbox.forms.identification import read_description
from inbox.identity_limits import TooManyIdentifications, count_claims, count_invalid_token
from inbox.models import Contact, Visitor
from messagehub.lib.tokens import hash_token, is_token
from widget.access import accepts_unverified, error_response, json_body, visitor_api

MAX_BYTES = 32_000


@visitor_api
@accepts_unverified
@require_POST
def identify(request, inbox, token):
    """Store what the page says about its visitor.

    Takes the `values` that it claims, and the `token` that its server has signed, together with the
    `next_token` that the browser has from then on. Responds whether it was `renewed`, whether the
    values are `known`, and what was `ignored`: {name: why}. A visitor who hasn't written yet has no
    contact, so the chat says the values once more with the first message.
    """
    if len(request.body) > MAX_BYTES:
        return error_response("That is too much at once.", 413)
    data = json_body(request)
    is_renewed, ignored = False, {}
    try:
        if (proof := data.get("token")) is not None:
            next_token = read_next_token(data, token)
            is_renewed, ignored = verify(inbox, token, next_token, proof)
            token = next_token if is_renewed else token
        is_known, more = claim(inbox, token, read_values(data))
    except InvalidIdentityToken as error:
        return error_response(str(error), 400, reason="invalid_token")
    except TokenTaken as error:
        raise BadRequest(_("Your message couldn't be read. Try again.")) from error
    except OtherPerson:
        return error_response("You're signed in as someone else.", 409, reason="other_person")
    except TooManyIdentifications:
        return error_response("Too many requests. Try again in a few minutes.", 429)
    return JsonResponse({"renewed": is_renewed, "known": is_known, "ignored": ignored | more})


def read_next_token(data, token):
    next_token = data.get("next_token")
    if not isinstance(next_token, str) or not is_token(next_token) or next_token == token:
        raise BadRequest(_("Your message couldn't be read. Try again."))
    return next_token


def read_values(data):
    values = data.get("values", {})
    if not isinstance(values, dict):
        raise BadRequest(_("Your message couldn't be read. Try again."))
    return values


def verify(inbox, token, next_token, proof):
    """Verify the visitor. Return (whether they have the next token, {name: why it was ignored})."""
    from inbox.identity_tokens import read_identity_token  # takes memory that few need

    try:
        claims = read_identity_token(inbox, proof)
    except InvalidIdentityToken:
        count_invalid_token(inbox)
        raise
    visitor, is_renewed = identify_visitor(inbox, token=token, next_token=next_token, claims=claims)
    return is_renewed, describe(visitor, claims.values, Contact.Source.VERIFIED)


def claim(inbox, token, given):
    """Store what the page claims. Return (whether there is a contact, what wasn't stored)."""
    visitor = find_visitor(inbox, token=token) if given else None
    if visitor is None:
        return not given, {}
    count_claims(inbox, hash_token(token))
    return True, describe(visitor, given, Contact.Source.CLAIMED)


def describe(visitor, given, source):
    if visitor.is_blocked:
        return {}  # as if it were stored
    values, ignored = read_description(visitor.workspace_id, given)
    if contact := Contact.objects.filter(pk=visitor.contact_id).first():
        describe_contact(contact, values, source=source)
    return ignored


@visitor_api
@accepts_unverified
@require_POST
def logout(request, inbox, token):
    """Revoke the browser's token, so that a copy of it is worth nothing."""
    visitor = Visitor.objects.filter(inbox=inbox, token_hash=hash_token(token)).first()
    if visitor is not None:
        revoke_visitor(visitor, at=timezone.now())
    return HttpResponse(status=204)
