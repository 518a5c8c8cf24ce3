"""The command line: ``moorage``. Its commands and exit codes are described by ``moorage --help``."""

from moorage.cli._main import main

__all__ = ["main"]
