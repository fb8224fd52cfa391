import django.db.models.deletion
import django.utils.timezone
import messagehub.lib.ids
import messagehub.lib.same_workspace
from django.db import migrations, models

# However a file's row is deleted, its key is kept until the bytes are deleted as well.
DISCARD_FILE = """
CREATE FUNCTION inbox_discard_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_discardedfile (storage_key) VALUES (OLD.storage_key) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER inbox_attachment_deleted AFTER DELETE ON inbox_attachment
    FOR EACH ROW EXECUTE FUNCTION inbox_discard_file();
"""
KEEP_FILE = """
DROP TRIGGER inbox_attachment_deleted ON inbox_attachment;
DROP FUNCTION inbox_discard_file();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0005_embeddings'),
        ('teams', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DiscardedFile',
            fields=[
                ('storage_key', models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddField(
            model_name='inbox',
            name='accepts_files',
            field=models.BooleanField(default=True, verbose_name='visitors may send files'),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=messagehub.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('seq', models.PositiveIntegerField(editable=False, null=True)),
                ('token_hash', models.CharField(blank=True, default='', max_length=64)),
                ('name', models.CharField(max_length=120)),
                ('size', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('image', 'Image'), ('file', 'File')], max_length=10)),
                ('content_type', models.CharField(max_length=60)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('storage_key', models.CharField(editable=False, max_length=100, unique=True)),
                ('conversation', messagehub.lib.same_workspace.TenantForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='inbox.conversation')),
                ('member', messagehub.lib.same_workspace.TenantForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='teams.membership')),
                ('workspace', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='teams.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('conversation__isnull', False)), fields=['conversation', 'seq'], name='attachment_of_message'), models.Index(condition=models.Q(('member__isnull', False)), fields=['member'], name='attachment_by_member'), models.Index(condition=models.Q(('conversation', None), ('member', None)), fields=['token_hash'], name='attachment_pending_by_visitor'), models.Index(condition=models.Q(('conversation', None)), fields=['id'], name='attachment_pending')],
                'constraints': [messagehub.lib.same_workspace.SameWorkspace(field='conversation', name='attachment_conversation_same_workspace'), messagehub.lib.same_workspace.SameWorkspace(field='member', name='attachment_member_same_workspace'), models.CheckConstraint(condition=models.Q(models.Q(('conversation', None), ('seq', None)), models.Q(('conversation__isnull', False), ('seq__isnull', False)), _connector='OR'), name='attachment_is_pending_or_sent')],
            },
        ),
        migrations.RunSQL(DISCARD_FILE, KEEP_FILE),
    ]
