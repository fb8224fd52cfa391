-- Three years of conversations. bench/history.py runs this in one transaction, and fills in its
-- arguments. Chance is a hash of the row's number, so that every run makes the same rows.

CREATE FUNCTION pg_temp.chance(n bigint, salt bigint) RETURNS float8 IMMUTABLE LANGUAGE sql AS
$$ SELECT (hashint8extended(n, salt) & 2147483647) / 2147483648.0::float8 $$;

-- An id that sorts by time, as those of the product do (UUIDv7).
CREATE FUNCTION pg_temp.id_at(at timestamptz, hex text) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$ SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
           || '7' || left(hex, 3) || '8' || substr(hex, 4, 15))::uuid $$;

-- Conversations begin while people are awake, seldom at weekends, and more often from year to year.
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
        AND agent.place = floor(agent.size * pg_temp.chance(n, 5))
        AND (status = 'snoozed' OR pg_temp.chance(n, 8) > CASE status WHEN 'open' THEN 0.18 ELSE 0.02 END)
), longest AS (
    SELECT max(n) AS n FROM assigned WHERE status = 'open' AND membership IS NOT NULL
), counted AS (
    SELECT assigned.*, n = (SELECT n FROM longest) AS is_longest,
        sum(CASE WHEN n = (SELECT n FROM longest) THEN 0 ELSE weight END) OVER (ORDER BY n)
            / sum(CASE WHEN n = (SELECT n FROM longest) THEN 0 ELSE weight END) OVER () AS share
    FROM assigned
)
SELECT n, created_at, contact, inbox, status, membership, name, seconds,
    pg_temp.id_at(created_at, md5('conversation ' || n)) AS id,
    CASE WHEN is_longest THEN {longest} ELSE
        round(share * ({messages} - {longest})) - coalesce(lag(round(share * ({messages} - {longest}))) OVER (ORDER BY n), 0)
    END::int AS entries
FROM counted;

CREATE TEMP TABLE bench_contact ON COMMIT DROP AS
SELECT n, inbox, created_at, pg_temp.id_at(created_at, md5('contact ' || n)) AS id
FROM (SELECT contact AS n, inbox, min(created_at) AS created_at FROM bench_plan GROUP BY contact, inbox) AS first;
CREATE UNIQUE INDEX ON bench_contact (n);
ANALYZE bench_plan, bench_contact;

-- Every entry of every timeline. The first is a contact's message; then comes what routing did; the
-- last one of a conversation that isn't open says so.
CREATE TEMP VIEW bench_entry AS
SELECT plan.n, plan.id AS conversation, plan.inbox, plan.contact, plan.status, plan.membership, plan.name,
    plan.entries, seq, kind, at, hex, spoken,
    CASE WHEN kind = 'activity' THEN '' ELSE
        line || CASE WHEN pg_temp.chance(key, 13) < 0.5 THEN ' ' || other ELSE '' END
            || CASE WHEN pg_temp.chance(key, 14) < 0.1 THEN ' (order ' || 100000 + key % 900000 || ')' ELSE '' END
    END AS body
FROM (SELECT *, entries - (status <> 'open')::int AS spoken FROM bench_plan) AS plan
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

INSERT INTO inbox_contact (id, workspace_id, created_at, name, email, owner_id)
SELECT contact.id, {workspace}, contact.created_at, coalesce(first || ' ' || last, ''),
    coalesce(lower(first || '.' || last) || contact.n || '@example.com', ''),
    CASE WHEN pg_temp.chance(contact.n, 23) < 0.1 THEN agent.membership END
FROM bench_contact AS contact
LEFT JOIN LATERAL (
    SELECT ({first_names}::text[])[1 + floor({first_count} * pg_temp.chance(contact.n, 20))::int] AS first,
        ({last_names}::text[])[1 + floor({last_count} * pg_temp.chance(contact.n, 21))::int] AS last
) AS names ON pg_temp.chance(contact.n, 22) < 0.6
LEFT JOIN bench_agent AS agent ON agent.inbox = contact.inbox
    AND agent.place = floor(agent.size * pg_temp.chance(contact.n, 24));

INSERT INTO inbox_visitor (id, workspace_id, created_at, inbox_id, contact_id, token_hash)
SELECT pg_temp.id_at(contact.created_at, md5('visitor ' || n)), {workspace}, contact.created_at, inbox.id, contact.id,
    encode(sha256(('history' || lpad(n::text, 36, '0'))::bytea), 'hex')
FROM bench_contact AS contact JOIN bench_inbox AS inbox ON inbox.number = contact.inbox;

INSERT INTO inbox_conversation (id, workspace_id, created_at, inbox_id, contact_id, number, status,
    assignee_id, released_by, is_routed, timed_out_for, snoozed_until, contact_read_seq, last_seq, preview,
    preview_kind, last_activity_at, page_url, rate_window_seq)
SELECT plan.id, {workspace}, plan.created_at, inbox.id, contact.id, plan.n, plan.status,
    plan.membership, '{{}}', plan.membership IS NOT NULL, '{{}}',
    CASE plan.status WHEN 'snoozed' THEN {until}::timestamptz + interval '1 day' * (1 + 14 * pg_temp.chance(plan.n, 9)) END,
    entry.spoken, plan.entries,
    CASE WHEN length(body) <= 120 THEN body ELSE rtrim(left(body, 119)) || '…' END, entry.kind, entry.at,
    'https://shop.example.com/shirts/' || plan.n % 500, 0
FROM bench_plan AS plan
JOIN bench_entry AS entry ON entry.n = plan.n AND entry.seq = entry.spoken
JOIN bench_inbox AS inbox ON inbox.number = plan.inbox
JOIN bench_contact AS contact ON contact.n = plan.contact;

INSERT INTO inbox_message (id, workspace_id, created_at, conversation_id, seq, kind, body, author_id, contact_id,
    client_id, activity, details)
SELECT pg_temp.id_at(at, hex), {workspace}, at, conversation, seq, kind, body,
    CASE WHEN kind IN ('reply', 'note') OR (kind = 'activity' AND seq > 2) THEN membership END,
    CASE kind WHEN 'contact' THEN contact.id END,
    CASE WHEN kind <> 'activity' THEN hex::uuid END,
    CASE
        WHEN kind <> 'activity' THEN ''
        WHEN seq > spoken THEN status
        WHEN membership IS NULL THEN 'waiting'
        ELSE 'assigned'
    END,
    CASE
        WHEN kind <> 'activity' OR (seq > spoken AND status = 'resolved') THEN '{{}}'
        WHEN seq > spoken THEN jsonb_build_object('until', {until}::timestamptz + interval '3 days')
        WHEN membership IS NULL THEN '{{"reason": "no agent is available (3 offline)"}}'
        WHEN seq = 2 THEN jsonb_build_object('to', name, 'reason', 'next in rotation')
        ELSE jsonb_build_object('to', name)
    END
FROM bench_entry JOIN bench_contact AS contact ON contact.n = bench_entry.contact;

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

UPDATE teams_workspace SET last_number = {conversations} WHERE id = {workspace};
DROP VIEW bench_entry;
