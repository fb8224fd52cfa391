"""The people, companies and conversations of the demo, as told in cast.json.

`who` in an entry is "contact", or "agent" and "note" of whoever routing gave the conversation.
A conversation that `waits` came when nobody was online.
"""

import json
from pathlib import Path

CAST = json.loads((Path(__file__).parent / "cast.json").read_text())
LOGINS = CAST["logins"]
WORKSPACES = CAST["workspaces"]
GREETINGS = CAST["greetings"]
CONVERSATIONS = CAST["conversations"]
# Known to everybody, which is why production refuses the demo.
PASSWORD = "messagehub-demo"
