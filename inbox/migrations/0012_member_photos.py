from django.db import migrations

# As with the files of messages: however a photo goes, its key is kept until the bytes are deleted.
DISCARD_PHOTO = """
CREATE FUNCTION inbox_discard_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_discardedfile (storage_key) VALUES (OLD.workspace_id || '/' || OLD.photo)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER inbox_photo_changed AFTER UPDATE OF photo ON teams_membership
    FOR EACH ROW WHEN (OLD.photo <> '' AND OLD.photo <> NEW.photo)
    EXECUTE FUNCTION inbox_discard_photo();
CREATE TRIGGER inbox_photo_deleted AFTER DELETE ON teams_membership
    FOR EACH ROW WHEN (OLD.photo <> '') EXECUTE FUNCTION inbox_discard_photo();
"""
KEEP_PHOTO = """
DROP TRIGGER inbox_photo_changed ON teams_membership;
DROP TRIGGER inbox_photo_deleted ON teams_membership;
DROP FUNCTION inbox_discard_photo();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0011_labels_priority_and_team"),
        ("teams", "0004_member_photos"),
    ]

    operations = [migrations.RunSQL(DISCARD_PHOTO, KEEP_PHOTO)]
