"""What the demo's two shops say and sell (shops.json); the pictures are static/demo/<shop>.svg."""

import json
from pathlib import Path

SHOPS = json.loads((Path(__file__).parent / "shops.json").read_text())
