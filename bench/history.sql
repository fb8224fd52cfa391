-- Three years of conversations. bench/history.py runs this in one transaction, and fills in its
-- arguments. Chance is a hash of the row's number, so that every run makes the same rows.

CREATE OR REPLACE FUNCTION pg_temp.chance(n bigint, salt bigint) RETURNS float8 IMMUTABLE LANGUAGE sql AS
$$ SELECT (hashint8extended(n, salt) & 2147483647) / 2147483648.0::float8 $$;

-- An id that sorts by time, as those of the product do (UUIDv7).
CREATE OR REPLACE FUNCTION pg_temp.id_at(at timestamptz, hex text) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$ SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
           || '7' || left(hex, 3) || '8' || substr(hex, 4, 15))::uuid $$;

-- Conversations begin while people are awake, rarely at weekends, and more often from year to year.
CREATE TEMP TABLE bench_hour ON COMMIT DROP AS
SELECT at, upto, coalesce(lag(upto) OVER (ORDER BY at), 0) AS before
FROM (
    SELECT at, round(sum(weight) OVER (ORDER BY at) / sum(weight) OVER () * {conversations})::int AS upto
    FROM (
        SELECT at, (0.4 + 0.6 * extract(epoch FROM at - first) / extract(epoch FROM {until}::timestamptz - first))
            * CASE WHEN extract(isodow FROM at) > 5 THEN 0.3 ELSE 1 END
            * CASE WHEN extract(hour FROM at) BETWEEN 8 AND 17 THEN 1
                   WHEN extract(hour FROM at) BETWEEN 6 AND 22 THEN 0.4 ELSE 0.08 END AS weight
        FROM (SELECT {until}::timestamptz - interval '3 years' AS first) AS since,
            generate_series(first, {until}::timestamptz - interval '1 hour', interval '1 hour') AS at
    ) AS weighed
) AS summed;

-- One row for each conversation. Most returning contacts have written before not long ago.
CREATE TEMP TABLE bench_plan ON COMMIT DROP AS
WITH begun AS (
    SELECT n::bigint, at + interval '1 hour' * ((n - before)::float8 / (upto - before + 1)) AS created_at,
        1 + (n - 1)::bigint * {contacts} / {conversations} AS known,
        n = 1 OR (n - 1)::bigint * {contacts} / {conversations} > (n - 2)::bigint * {contacts} / {conversations} AS is_new
    FROM bench_hour, generate_series(before + 1, upto) AS n
), met AS (
    SELECT n, created_at,
        CASE WHEN is_new THEN known ELSE known - floor(known * pg_temp.chance(n, 1) ^ 3)::bigint END AS contact
    FROM begun
), sorted AS (
    SELECT n, created_at, contact,
        1 + floor({inboxes} * pg_temp.chance(contact, 2) ^ 1.8)::int AS inbox,
        n = max(n) OVER (PARTITION BY contact) AS is_latest,
        {conversations} - n AS age
    FROM met
), placed AS (
    SELECT n, created_at, contact, inbox,
        CASE
            -- A contact has at most one unresolved conversation in an inbox, the latest.
            WHEN NOT is_latest THEN 'resolved'
            WHEN age < greatest({conversations} / 150, 500) AND pg_temp.chance(n, 3) < 0.6 THEN 'open'
            WHEN age < greatest({conversations} / 50, 1500) AND pg_temp.chance(n, 3) > 0.97 THEN 'snoozed'
            WHEN pg_temp.chance(n, 4) < 0.001 THEN 'open'
            ELSE 'resolved'
        END AS status
    FROM sorted
), assigned AS (
    SELECT placed.*, agent.membership, agent.name,
        least(60 * exp(7 * pg_temp.chance(n, 7)), extract(epoch FROM {until}::timestamptz - created_at)) AS seconds,
        0.7 - ln(1 - pg_temp.chance(n, 6)) AS weight
    FROM placed LEFT JOIN bench_agent AS agent ON agent.inbox = placed.inbox
        AND agent.ordinal = floor(agent.size * pg_temp.chance(n, 5))
        AND (status = 'snoozed' OR pg_temp.chance(n, 8) > CASE status WHEN 'open' THEN 0.18 ELSE 0.02 END)
), long AS (
    SELECT n, ({long}::int[])[row_number() OVER (ORDER BY n DESC)] AS entries
    FROM (
        SELECT n FROM assigned WHERE status = 'open' AND membership IS NOT NULL
        ORDER BY n DESC LIMIT cardinality({long}::int[])
    ) AS latest
), weighed AS (
    SELECT assigned.*, long.entries AS long_entries, CASE WHEN long.n IS NULL THEN weight ELSE 0 END AS part
    FROM assigned LEFT JOIN long USING (n)
), summed AS (
    SELECT weighed.*,
        round(sum(part) OVER (ORDER BY n) / sum(part) OVER () * ({messages} - coalesce((SELECT sum(entries) FROM long), 0))) AS upto
    FROM weighed
), counted AS (
    SELECT summed.*, coalesce(long_entries, upto - coalesce(lag(upto) OVER (ORDER BY n), 0))::int AS entries
    FROM summed
)
SELECT n, created_at, contact, inbox, status, membership, name, seconds, entries,
    pg_temp.id_at(created_at, md5('conversation ' || n)) AS id,
    -- One in four rated what was resolved.
    CASE WHEN status = 'resolved' AND membership IS NOT NULL AND entries > 5 AND pg_temp.chance(n, 31) < 0.25
        THEN 1 + floor(5 * pg_temp.chance(n, 32) ^ 0.4)::int
    END AS rating,
    CASE WHEN pg_temp.chance(n, 40) < 0.5 THEN 1 + floor({teams} * pg_temp.chance(n, 41) ^ 1.5)::int END AS team,
    CASE WHEN pg_temp.chance(n, 42) < 0.8 THEN 0 ELSE 1 + floor(4 * pg_temp.chance(n, 43) ^ 1.5)::int END AS priority,
    array_remove(ARRAY[
        CASE WHEN pg_temp.chance(n, 44) < 0.5 THEN 1 + floor({labels} / 2 * pg_temp.chance(n, 45) ^ 2)::int END,
        CASE WHEN pg_temp.chance(n, 46) < 0.15 THEN 1 + {labels} / 2 + floor({labels} / 2 * pg_temp.chance(n, 47) ^ 2)::int END
    ], NULL) AS labels
FROM counted;

CREATE TEMP TABLE bench_contact ON COMMIT DROP AS
SELECT n, inbox, created_at, pg_temp.id_at(created_at, md5('contact ' || n)) AS id
FROM (SELECT contact AS n, inbox, min(created_at) AS created_at FROM bench_plan GROUP BY contact, inbox) AS first;
CREATE UNIQUE INDEX ON bench_contact (n);
ANALYZE bench_plan, bench_contact;

-- Every entry of every timeline. The first is a contact's message; then comes what routing did; the
-- last one of a conversation that isn't open says so, or what the contact thought of it.
CREATE TEMP VIEW bench_entry AS
SELECT plan.n, plan.id AS conversation, plan.inbox, plan.contact, plan.status, plan.membership, plan.name,
    plan.rating, plan.created_at, plan.entries, seq, kind, at, hex, spoken,
    CASE WHEN kind = 'activity' THEN '' ELSE
        line || CASE WHEN pg_temp.chance(key, 13) < 0.5 THEN ' ' || other ELSE '' END
            || CASE WHEN pg_temp.chance(key, 14) < 0.1 THEN ' (order ' || 100000 + key % 900000 || ')' ELSE '' END
    END AS body
FROM (
    SELECT *, entries - (status <> 'open')::int - (rating IS NOT NULL)::int AS spoken FROM bench_plan
) AS plan
CROSS JOIN LATERAL generate_series(1, entries) AS seq
CROSS JOIN LATERAL (
    SELECT n * 100000 + seq AS key, created_at + interval '1 second' * (seconds * ((seq - 1)::float8 / entries) ^ 1.5) AS at
) AS times
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN seq = 1 THEN 'contact'
        WHEN seq = 2 OR seq > spoken THEN 'activity'
        WHEN membership IS NULL THEN 'contact'
        WHEN seq < spoken AND pg_temp.chance(key, 10) < 0.03 THEN 'activity'
        WHEN pg_temp.chance(key, 11) < 0.06 THEN 'note'
        WHEN pg_temp.chance(key, 11) < 0.52 THEN 'contact'
        ELSE 'reply'
    END AS kind
) AS kinds
CROSS JOIN LATERAL (
    SELECT
        (CASE kind WHEN 'contact' THEN {questions}::text[] ELSE {answers}::text[] END)[1 + floor({count} * pg_temp.chance(key, 12))::int] AS line,
        (CASE kind WHEN 'contact' THEN {questions}::text[] ELSE {answers}::text[] END)[1 + floor({count} * pg_temp.chance(key, 15))::int] AS other,
        md5('entry ' || key) AS hex
    OFFSET 0
) AS texts;

INSERT INTO inbox_contact (id, workspace_id, created_at, name, email, phone, company, owner_id)
SELECT contact.id, {workspace}, contact.created_at, coalesce(first || ' ' || last, ''),
    coalesce(lower(first || '.' || last) || contact.n || '@firm' || contact.n % 997 || '.example', ''),
    CASE WHEN pg_temp.chance(contact.n, 25) < 0.4 THEN '+49 170 ' || lpad(contact.n::text, 7, '0') ELSE '' END,
    CASE WHEN first <> '' THEN 'Firm ' || contact.n % 997 || ', Sons & Co' ELSE '' END,
    CASE WHEN pg_temp.chance(contact.n, 23) < 0.1 THEN agent.membership END
FROM bench_contact AS contact
LEFT JOIN LATERAL (
    SELECT ({first_names}::text[])[1 + floor({first_count} * pg_temp.chance(contact.n, 20))::int] AS first,
        ({last_names}::text[])[1 + floor({last_count} * pg_temp.chance(contact.n, 21))::int] AS last
) AS names ON pg_temp.chance(contact.n, 22) < 0.6
LEFT JOIN bench_agent AS agent ON agent.inbox = contact.inbox
    AND agent.ordinal = floor(agent.size * pg_temp.chance(contact.n, 24));

INSERT INTO inbox_visitor (id, workspace_id, created_at, inbox_id, contact_id, token_hash)
SELECT pg_temp.id_at(contact.created_at, md5('visitor ' || n)), {workspace}, contact.created_at, inbox.id, contact.id,
    encode(sha256(('history' || lpad(n::text, 36, '0'))::bytea), 'hex')
FROM bench_contact AS contact JOIN bench_inbox AS inbox ON inbox.number = contact.inbox;

INSERT INTO inbox_conversation (id, workspace_id, created_at, inbox_id, contact_id, number, status,
    assignee_id, released_by, is_routed, timed_out_for, snoozed_until, contact_read_seq, last_seq, preview,
    preview_kind, last_activity_at, page_url, rate_window_seq, rating, priority, team_id, label_ids)
SELECT plan.id, {workspace}, plan.created_at, inbox.id, contact.id, plan.n, plan.status,
    plan.membership, '{{}}', plan.membership IS NOT NULL, '{{}}',
    CASE plan.status WHEN 'snoozed' THEN {until}::timestamptz + interval '1 day' * (1 + 14 * pg_temp.chance(plan.n, 9)) END,
    entry.spoken, plan.entries,
    CASE WHEN length(body) <= 120 THEN body ELSE rtrim(left(body, 119)) || '…' END, entry.kind, entry.at,
    'https://shop.example.com/shirts/' || plan.n % 500, 0, plan.rating, plan.priority, team.id,
    ARRAY(SELECT id FROM bench_label WHERE number = ANY(plan.labels) ORDER BY number)
FROM bench_plan AS plan
JOIN bench_entry AS entry ON entry.n = plan.n AND entry.seq = entry.spoken
JOIN bench_inbox AS inbox ON inbox.number = plan.inbox
JOIN bench_contact AS contact ON contact.n = plan.contact
LEFT JOIN bench_team AS team ON team.number = plan.team;

INSERT INTO inbox_conversationlabel (id, workspace_id, created_at, conversation_id, label_id)
SELECT pg_temp.id_at(plan.created_at, md5('label ' || n || ' ' || number)), {workspace}, plan.created_at, plan.id, label.id
FROM bench_plan AS plan JOIN bench_label AS label ON label.number = ANY(plan.labels);

INSERT INTO inbox_message (id, workspace_id, created_at, conversation_id, seq, kind, body, author_id, contact_id,
    client_id, activity, details)
SELECT pg_temp.id_at(at, hex), {workspace}, at, conversation, seq, kind, body,
    CASE WHEN kind IN ('reply', 'note') OR (kind = 'activity' AND seq > 2 AND seq <= spoken + 1) THEN membership END,
    CASE kind WHEN 'contact' THEN contact.id END,
    CASE WHEN kind <> 'activity' THEN hex::uuid END,
    CASE
        WHEN kind <> 'activity' THEN ''
        WHEN seq > spoken + 1 THEN 'rated'
        WHEN seq > spoken THEN status
        WHEN membership IS NULL THEN 'waiting'
        ELSE 'assigned'
    END,
    CASE
        WHEN kind <> 'activity' THEN '{{}}'
        WHEN seq > spoken + 1 THEN jsonb_build_object(
            'contact', 'The contact', 'rating', rating, 'comment', '', 'agent', name, 'agent_id', membership)
        WHEN seq > spoken AND status = 'resolved' THEN '{{}}'
        WHEN seq > spoken THEN jsonb_build_object('until', {until}::timestamptz + interval '3 days')
        WHEN membership IS NULL THEN jsonb_build_object(
            'reason', 'no agent is available (3 offline)', 'decision', decision)
        WHEN seq = 2 THEN jsonb_build_object(
            'to', name, 'to_id', membership, 'reason', 'next in rotation', 'decision', decision)
        ELSE jsonb_build_object('to', name, 'to_id', membership)
    END
FROM bench_entry JOIN bench_contact AS contact ON contact.n = bench_entry.contact
CROSS JOIN LATERAL (SELECT pg_temp.id_at(bench_entry.created_at, md5('decision ' || bench_entry.n)) AS decision) AS decided;

-- The decisions that are kept (routing/retention.py), as if everyone else had been offline.
INSERT INTO routing_decision (id, workspace_id, created_at, conversation_id, trigger, rule, candidates, tally,
    chosen_id, chosen_name, microseconds)
SELECT pg_temp.id_at(plan.created_at, md5('decision ' || n)), {workspace}, plan.created_at, plan.id, 'message',
    CASE WHEN membership IS NULL THEN 'queued' ELSE 'round_robin' END, inbox.candidates,
    jsonb_build_object('offline', inbox.size - 1, CASE WHEN membership IS NULL THEN 'away' ELSE 'available' END, 1),
    membership, coalesce(name, ''), 2000 + floor(3000 * pg_temp.chance(n, 30))::int
FROM bench_plan AS plan JOIN bench_inbox AS inbox ON inbox.number = plan.inbox
WHERE plan.created_at > {until}::timestamptz - interval '90 days';

INSERT INTO inbox_readmarker (id, workspace_id, created_at, conversation_id, membership_id, seq)
SELECT pg_temp.id_at(created_at, md5('marker ' || n)), {workspace}, created_at, id, membership, entries
FROM bench_plan WHERE membership IS NOT NULL;

-- An open conversation waits since the first message after the last reply.
UPDATE inbox_conversation AS conversation SET waiting_since = waiting.since
FROM (
    SELECT conversation, min(at) FILTER (WHERE kind = 'contact' AND seq > replied) AS since
    FROM (
        SELECT conversation, kind, seq, at,
            coalesce(max(seq) FILTER (WHERE kind = 'reply') OVER (PARTITION BY conversation), 0) AS replied
        FROM bench_entry WHERE status = 'open'
    ) AS entries GROUP BY conversation
) AS waiting WHERE conversation.id = waiting.conversation;

-- What reports count, as reports/recording.py records it from these timelines.
INSERT INTO reports_fact (workspace_id, conversation_id, seq, kind, at, inbox_id, member_id, seconds, open_seconds,
    rule, trigger, team_id, label_ids)
WITH entry AS (
    SELECT plan.n, plan.id, inbox.id AS inbox, plan.membership, plan.rating, plan.created_at AS opened_at, seq, kind,
        activity, message.created_at AS at,
        count(*) FILTER (WHERE kind = 'reply')
            OVER (PARTITION BY n ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS replies
    FROM inbox_message AS message
    JOIN bench_plan AS plan ON plan.id = message.conversation_id
    JOIN bench_inbox AS inbox ON inbox.number = plan.inbox
), turn AS (
    SELECT *, min(at) FILTER (WHERE kind = 'contact') OVER (PARTITION BY n, replies) AS waiting_since FROM entry
), fact AS (
    SELECT *, CASE
            WHEN seq = 1 THEN 'new'
            WHEN seq = 2 THEN CASE activity WHEN 'assigned' THEN 'assigned' ELSE 'queued' END
            WHEN kind = 'reply' AND waiting_since IS NULL THEN 'further_reply'
            WHEN kind = 'reply' AND replies = 0 THEN 'first_reply'
            WHEN kind = 'reply' THEN 'next_reply'
            WHEN activity = 'resolved' THEN 'resolved'
            WHEN activity = 'rated' THEN 'rated_' || rating
        END AS event
    FROM turn
)
SELECT {workspace}, id, seq, event, at, inbox, membership, seconds, seconds,
    CASE event WHEN 'assigned' THEN 'round_robin' WHEN 'queued' THEN 'queued' ELSE '' END,
    CASE WHEN event IN ('assigned', 'queued') THEN 'message' ELSE '' END, team_id, label_ids
FROM fact JOIN (
    SELECT id, team_id, NULLIF(label_ids, '{{}}') AS label_ids FROM inbox_conversation
) AS conversation USING (id) CROSS JOIN LATERAL (
    SELECT floor(extract(epoch FROM CASE
        WHEN event IN ('assigned', 'resolved') THEN at - opened_at
        WHEN event IN ('first_reply', 'next_reply') THEN at - waiting_since
    END))::int AS seconds
) AS duration
WHERE event IS NOT NULL ORDER BY n, seq;

INSERT INTO reports_recordedconversation (workspace_id, conversation_id, seq)
SELECT {workspace}, id, entries FROM bench_plan;

INSERT INTO reports_recording (id, finished_at) VALUES (1, {until}) ON CONFLICT DO NOTHING;

-- Members who aren't ill are available on weekdays, but for lunch.
INSERT INTO teams_statuschange (id, workspace_id, created_at, membership_id, status)
SELECT pg_temp.id_at(at, md5('status ' || membership || at)), {workspace}, at, membership, status
FROM (SELECT DISTINCT membership, name FROM bench_agent) AS agent,
    generate_series({until}::timestamptz - interval '120 days', {until}::timestamptz - interval '1 day', interval '1 day') AS day,
    (VALUES ('available', 8), ('away', 12), ('available', 13), ('offline', 17)) AS changes (status, hour),
    LATERAL (SELECT date_trunc('day', day) + interval '1 hour' * hour AS at) AS times
WHERE extract(isodow FROM day) < 6;

UPDATE teams_workspace SET last_number = {conversations} WHERE id = {workspace};
DROP VIEW bench_entry;
