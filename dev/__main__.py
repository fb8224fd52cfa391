"""Called by the Makefile as `python3 -m dev COMMAND`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an old Python gets as far as this line)
    sys.exit(
        "MessageHub needs Python 3.11 or newer, and this is %d.%d: install one, "  # noqa: UP031
        "or name it: make run PYTHON=python3.11" % sys.version_info[:2]
    )

from . import commands

sys.exit(commands.main(sys.argv[1:]))
