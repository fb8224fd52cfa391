"""Each shortcut is in the list of shortcuts, and its action in the command bar."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
LIST = TEMPLATES / "shell/_shortcuts.html"
HOT_KEY = re.compile(r'<hot-key key="(.)"[^>]*>(.*?)</hot-key>', re.DOTALL)
OF_BULK = re.compile(r'data-key="(.)"')
# The command bar has these by other means: as a destination or a command of the select.
OTHER_COMMANDS = {"/": "Search", "b": "Notifications", "a": "Assign to me"}


def sources():
    return {path: path.read_text() for path in TEMPLATES.rglob("*.html") if path != LIST}


def test_every_shortcut_is_in_the_list():
    listed = set(re.findall(r"<kbd>(.)</kbd>", LIST.read_text()))
    used = set()
    for text in sources().values():
        used |= {key for key, _button in HOT_KEY.findall(text)} | set(OF_BULK.findall(text))
    assert used > {"e", "l", "w", "/"}
    assert used <= listed


def test_every_action_with_a_shortcut_is_in_the_command_bar():
    missing = {
        (path.name, key)
        for path, text in sources().items()
        for key, button in HOT_KEY.findall(text)
        if "data-command=" not in button and key not in OTHER_COMMANDS
    }
    assert missing == set()
