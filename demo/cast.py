"""The people, companies and conversations of the demo, from cast.json.

`who` in an entry is "contact", or "agent" or "note" for the conversation's assignee. A conversation
that `waits` came when no one was online.
"""

import json
from pathlib import Path

CAST = json.loads((Path(__file__).parent / "cast.json").read_text())
LOGINS = CAST["logins"]
WORKSPACES = CAST["workspaces"]
GREETINGS = CAST["greetings"]
CONVERSATIONS = CAST["conversations"]
# Public, which is why production refuses the demo.
PASSWORD = "messagehub-demo"
