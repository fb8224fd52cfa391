from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]

    operations = [migrations.RenameModel("Rotation", "Routing")]
