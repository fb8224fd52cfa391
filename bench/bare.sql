-- The least that storing a visitor's message can be: what the promises ask for, and no question more.
\set visitor random(0, :visitors - 1)
BEGIN;
SELECT contact_id AS contact, workspace_id AS workspace FROM inbox_visitor
WHERE inbox_id = :inbox AND token_hash = encode(sha256(('bench' || lpad(:visitor::text, 38, '0'))::bytea), 'hex')
FOR NO KEY UPDATE \gset
SELECT id AS conversation, last_seq + 1 AS seq FROM inbox_conversation
WHERE inbox_id = :inbox AND contact_id = :contact ORDER BY number DESC LIMIT 1
FOR NO KEY UPDATE \gset
INSERT INTO inbox_message (id, workspace_id, conversation_id, contact_id, seq, kind, client_id, created_at, body, activity, details)
VALUES (gen_random_uuid(), :workspace, :conversation, :contact, :seq, 'contact', gen_random_uuid(), now(), 'Is the blue one there in size M, and when would it arrive at our door, if we take it today?', '', '{}');
UPDATE inbox_conversation SET last_seq = :seq, last_activity_at = now(), preview = 'Is the blue one there in size M, and when would it arrive at our door, if we take it today?'
WHERE id = :conversation;
COMMIT;
