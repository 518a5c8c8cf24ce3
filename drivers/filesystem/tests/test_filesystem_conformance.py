"""The filesystem driver keeps the whole contract."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from moorage_conformance import BlobConformance, DriverConformance
from moorage_filesystem import FilesystemDriver, FilesystemParameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class TestFilesystemDriver(DriverConformance, BlobConformance):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> FilesystemDriver:
        return FilesystemDriver(FilesystemParameters(rootdirectory=str(tmp_path)))

    @pytest.fixture
    def open_again(self, tmp_path: Path) -> Callable[[], FilesystemDriver]:
        return partial(FilesystemDriver, FilesystemParameters(rootdirectory=str(tmp_path)))
