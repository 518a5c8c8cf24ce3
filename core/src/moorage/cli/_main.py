"""The entry point of the script ``moorage``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line on ``sys.argv`` and exit: 0 done, 1 refused or failed, 2 wrong usage or configuration."""
    _require_streams()
    gc.disable()  # nothing that is loaded is garbage, so do not look for any; `Session` ends the pause
    try:
        from moorage.cli._app import app  # noqa: PLC0415  # inside the try: an interrupt while it loads ends cleanly

        app(prog_name="moorage")
    except KeyboardInterrupt:
        sys.exit(130)


def _require_streams() -> None:
    """Make sure that what is printed goes where it should: a closed stream is None, which print takes for stdout."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # as long as the process
    if sys.stdout is None:
        sys.stderr.write("moorage: standard output is closed\n")
        sys.exit(2)
