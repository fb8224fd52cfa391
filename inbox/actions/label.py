"""Creates and changes labels, and adds them to conversations or removes them.

Labels are locked before conversations, so that a label that is being deleted isn't added.
"""

from collections import Counter

from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from inbox.change import changing
from inbox.models import ConversationLabel, Label, Message
from messagehub.lib.live.publish import publish
from messagehub.lib.name_comparison import folded_name
from teams import audit

MOST_OF_A_CONVERSATION = 20
MOST_OF_A_WORKSPACE = 500


class TooManyLabels(Exception):
    """Its message explains to the agent what the limit is."""


def save_label(workspace, *, label=None, name, colour, by):
    """Create a label, or rename or recolour one.

    Raises Label.DoesNotExist if it was deleted in the meantime, IntegrityError if another label
    has the name, and TooManyLabels.
    """
    with transaction.atomic():
        label = label and Label.objects.select_for_update(no_key=True).get(pk=label.pk)
        before = audit_snapshot(label) if label else {}
        action = "label.updated" if label else "label.created"
        if label is None and workspace.labels.count() >= MOST_OF_A_WORKSPACE:
            message = _("A workspace can have %(count)d labels. Delete some first.")
            raise TooManyLabels(message % {"count": MOST_OF_A_WORKSPACE})
        label = label or Label(workspace=workspace)
        label.name, label.colour = name, colour
        label.save()
        after = audit_snapshot(label)
        if before != after:
            audit.record(workspace, action, by=by, target=name, before=before, after=after)
            publish_label(label, name=name, colour=colour)
    return label


def find_or_create_label(workspace, *, name, by):
    """Return the label with this name, or create it in the colour that the fewest have.

    Raises TooManyLabels.
    """
    if label := find_label(workspace, name):
        return label
    colour = least_used_colour(Counter(workspace.labels.values_list("colour", flat=True)))
    try:
        return save_label(workspace, name=name, colour=colour, by=by)
    except IntegrityError:  # a colleague created it at the same moment
        return find_label(workspace, name)


def least_used_colour(used: Counter) -> int:
    """Return the colour that the fewest labels have. used: how many have each colour."""
    return min(Label.Colour.values, key=lambda each: used[each])


def labels_to_add(labels, name, *, by) -> list:
    """Return these labels and the one with this name, each once. Create it if it doesn't exist.

    name: "" for none. Raises TooManyLabels.
    """
    named = [find_or_create_label(by.workspace, name=name, by=by)] if name else []
    return list(dict.fromkeys([*labels, *named]))


def find_label(workspace, name):
    """Return the label with this name, however it is capitalized, or None."""
    labels = workspace.labels.alias(compared=folded_name("name"))
    return labels.filter(compared=folded_name(Value(name))).first()


def delete_label(label, *, by):
    """Delete the label, also from its conversations. Repeating has no effect."""
    with transaction.atomic():
        label = Label.objects.select_for_update(of=("self",)).filter(pk=label.pk).first()
        if label is None:
            return
        before = audit_snapshot(label)
        audit.record(label.workspace, "label.deleted", by=by, target=label.name, before=before)
        publish_label(label, name="", colour=None)
        label.delete()


def audit_snapshot(label):
    return {"name": label.name, "colour": str(label.get_colour_display())}


def publish_label(label, **data):
    """Have open pages rename the label wherever they show it, or remove it if it has no name."""
    publish(f"workspace:{label.workspace_id}", "label", {"id": str(label.pk), **data})


def change_labels(conversation, *, add=(), remove=(), by):
    """Add and remove labels. Return whether anything changed.

    Other labels stay, so that agents who label at the same moment don't undo each other's changes.
    Raises TooManyLabels.
    """
    with transaction.atomic():
        existing = lock_labels(add)
        with changing(conversation) as change:
            conversation = change.conversation
            had = set(conversation.label_ids)
            added = [each for each in add if each.pk in existing - had]
            removed = [each for each in remove if each.pk in had]
            if not added and not removed:
                return False
            gone = {each.pk for each in removed}
            label_ids = [pk for pk in conversation.label_ids if pk not in gone]
            label_ids += [each.pk for each in added]
            if added and len(label_ids) > MOST_OF_A_CONVERSATION:
                message = _("A conversation can have %(count)d labels. Remove some first.")
                raise TooManyLabels(message % {"count": MOST_OF_A_CONVERSATION})
            store_labels(conversation, label_ids, added, gone)
            for activity, labels in (("labels_added", added), ("labels_removed", removed)):
                if labels:
                    names = [each.name for each in labels]
                    change.add_activity(Message.Activity(activity), by=by, labels=names)
    return True


def lock_labels(labels) -> set:
    """Keep the labels from being deleted until the commit. Return the ids of those that exist."""
    ids = [each.pk for each in labels]
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [ids])
        return {pk for [pk] in cursor.fetchall()}


LOCK = f"SELECT id FROM {Label._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def store_labels(conversation, label_ids, added, gone):
    conversation.label_ids = label_ids
    conversation.__dict__.pop("labels", None)
    conversation.conversation_labels.filter(label__in=gone).delete()
    ConversationLabel.objects.bulk_create(
        ConversationLabel(
            workspace_id=conversation.workspace_id, conversation=conversation, label=label
        )
        for label in added
    )
