"""How a contact's message is stored. Called by inbox/contact_message.py, which explains it."""

from django.db import migrations

COUNT_ENTRY = """
CREATE FUNCTION inbox_rate_window(
    started_at timestamptz, start_seq integer, last_seq integer,
    now timestamptz, period interval, max_entries integer,
    OUT new_started_at timestamptz, OUT new_start_seq integer, OUT is_full boolean
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT
        CASE WHEN is_over THEN now ELSE started_at END,
        CASE WHEN is_over THEN last_seq ELSE start_seq END,
        NOT is_over AND last_seq - start_seq >= max_entries
    FROM (SELECT started_at IS NULL OR now - started_at > period AS is_over) AS rate_window
$$
"""

# An identity is looked for only if the visitor isn't verified, so that no message is too early or too
# late for it. Contacts can be merged, so a visitor may have several conversations. Labels and a team
# are looked up only for a conversation that has some.
STORE_MESSAGE = """
CREATE FUNCTION inbox_store_contact_message(
    in_inbox uuid, in_token_hash text,
    in_message uuid, in_client_id uuid, in_body text, in_preview text, in_page_url text,
    in_now timestamptz, in_period interval, in_max_entries integer,
    in_only_plain boolean, in_reachable uuid[], in_may_start_timer boolean, in_stays_queued uuid,
    OUT outcome text,
    OUT message_id uuid, OUT message_seq integer, OUT message_created_at timestamptz,
    OUT conversation_id uuid, OUT number integer, OUT waiting_since timestamptz,
    OUT priority smallint, OUT labels text, OUT team_id uuid, OUT team_name text,
    OUT response_timer_started_at timestamptz, OUT response_due_at timestamptz,
    OUT contact_id uuid, OUT contact_name text, OUT contact_email text,
    OUT contact_owner_id uuid, OUT contact_unsubscribed_at timestamptz,
    OUT assignee_id uuid, OUT assignee_colour smallint,
    OUT assignee_away_at timestamptz, OUT assignee_hours text, OUT assignee_time_zone text,
    OUT user_id uuid, OUT user_name text, OUT user_email text
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    visitor inbox_visitor;
    contact inbox_contact;
    conversation inbox_conversation;
    stored inbox_message;
    assignee teams_membership;
    person accounts_user;
    rate record;
BEGIN
    -- Locks in this order: visitor, conversation.
    SELECT * INTO visitor FROM inbox_visitor
        WHERE inbox_id = in_inbox AND token_hash = in_token_hash FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'new_visitor';
        RETURN;
    END IF;
    IF visitor.revoked_at IS NOT NULL THEN
        outcome := 'revoked';
        RETURN;
    END IF;

    IF visitor.verified_until IS NULL OR visitor.verified_until <= in_now THEN
        IF (SELECT requires_identity FROM inbox_inbox WHERE id = in_inbox) THEN
            outcome := 'unverified';
            RETURN;
        END IF;
    END IF;

    IF visitor.is_blocked THEN
        outcome := 'blocked';
        RETURN;
    END IF;

    SELECT * INTO conversation FROM inbox_conversation
        WHERE inbox_id = in_inbox AND contact_id = visitor.contact_id
        ORDER BY status = 'resolved', number DESC LIMIT 1 FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'no_conversation';
        RETURN;
    END IF;
    conversation_id := conversation.id;

    SELECT * INTO stored FROM inbox_message
        WHERE conversation_id = conversation.id AND client_id = in_client_id;
    IF FOUND THEN
        outcome := CASE WHEN stored.body = in_body THEN 'duplicate' ELSE 'client_id_reused' END;
        message_id := stored.id;
        RETURN;
    END IF;

    IF in_only_plain THEN
        SELECT * INTO contact FROM inbox_contact WHERE id = visitor.contact_id;
        contact_owner_id := contact.owner_id;
        IF conversation.status <> 'open' THEN
            outcome := 'not_plain';
        ELSIF conversation.assignee_id IS NULL THEN
            outcome := CASE
                WHEN conversation.waiting_since IS NULL THEN 'not_plain'
                WHEN conversation.released_by <> '{}' THEN 'not_plain'
                WHEN conversation.timed_out_for <> '{}' THEN 'not_plain'
                WHEN conversation.id IS DISTINCT FROM in_stays_queued THEN 'in_queue'
            END;
            waiting_since := conversation.waiting_since;
        ELSE
            SELECT * INTO assignee FROM teams_membership WHERE id = conversation.assignee_id
                AND removed_at IS NULL AND suspended_at IS NULL;
            SELECT * INTO person FROM accounts_user WHERE id = assignee.user_id;
            IF person.is_active IS NOT TRUE
                OR assignee.away_at IS NOT NULL AND assignee.reassign_replies
                OR in_may_start_timer AND conversation.is_routed
                    AND conversation.response_due_at IS NULL
            THEN
                outcome := 'not_plain';
            ELSIF assignee.email_mine
                AND NOT (assignee.away_at IS NULL AND assignee.id = ANY (in_reachable))
            THEN
                -- An email that still waits will tell them. Locked, it can't leave without this
                -- message.
                PERFORM 1 FROM outbox_delivery
                    WHERE about = conversation.id AND kind = 'unanswered'
                        AND recipient = person.email AND state = 'waiting'
                    FOR NO KEY UPDATE;
                IF NOT FOUND THEN
                    outcome := 'not_plain';
                END IF;
            END IF;
        END IF;
        IF outcome IS NOT NULL THEN
            RETURN;
        END IF;
        priority := conversation.priority;
        IF conversation.label_ids <> '{}' THEN
            labels := (
                SELECT json_agg(
                    json_build_object('id', id, 'name', name, 'colour', colour)
                    ORDER BY name
                ) FROM inbox_label WHERE id = ANY (conversation.label_ids)
            );
        END IF;
        IF conversation.team_id IS NOT NULL THEN
            team_id := conversation.team_id;
            team_name := (SELECT name FROM teams_team WHERE id = conversation.team_id);
        END IF;
        assignee_colour := assignee.colour;
        assignee_away_at := assignee.away_at;
        assignee_hours := assignee.hours::text;
        assignee_time_zone := assignee.time_zone;
        user_id := person.id;
        user_name := person.name;
        user_email := person.email;
        contact_name := contact.name;
        contact_email := contact.email;
        contact_unsubscribed_at := contact.unsubscribed_at;
    END IF;

    rate := inbox_rate_window(
        conversation.rate_window_started_at, conversation.rate_window_seq, conversation.last_seq,
        in_now, in_period, in_max_entries
    );
    IF rate.is_full THEN
        outcome := 'too_many';
        RETURN;
    END IF;

    outcome := 'stored';
    message_id := in_message;
    message_seq := conversation.last_seq + 1;
    -- The clock was read before the locks were waited for, perhaps on another server.
    message_created_at := greatest(in_now, conversation.last_activity_at);
    number := conversation.number;
    waiting_since := coalesce(conversation.waiting_since, message_created_at);
    response_timer_started_at := conversation.response_timer_started_at;
    response_due_at := conversation.response_due_at;
    contact_id := visitor.contact_id;
    assignee_id := conversation.assignee_id;

    INSERT INTO inbox_message (
        id, workspace_id, created_at, conversation_id, seq, kind, body, author_id, contact_id,
        client_id, activity, details
    ) VALUES (
        in_message, conversation.workspace_id, message_created_at, conversation.id, message_seq,
        'contact', in_body, NULL, visitor.contact_id, in_client_id, '', '{}'
    );
    UPDATE inbox_conversation SET
        last_seq = message_seq,
        preview = in_preview,
        preview_kind = 'contact',
        last_activity_at = message_created_at,
        waiting_since = inbox_store_contact_message.waiting_since,
        -- Agents who released it get another chance.
        released_by = '{}',
        page_url = CASE WHEN in_page_url = '' THEN conversation.page_url ELSE in_page_url END,
        rate_window_started_at = rate.new_started_at,
        rate_window_seq = rate.new_start_seq
    WHERE id = conversation.id;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_squashed")]

    operations = [
        migrations.RunSQL(COUNT_ENTRY, "DROP FUNCTION inbox_rate_window"),
        migrations.RunSQL(STORE_MESSAGE, "DROP FUNCTION inbox_store_contact_message"),
    ]
