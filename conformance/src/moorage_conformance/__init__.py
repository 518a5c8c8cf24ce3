"""The contract of Moorage's storage drivers, as a pytest suite that a driver's tests inherit.

::

    class TestMyDriver(DriverConformance):
        @pytest.fixture
        def driver(self, tmp_path):
            return MyDriver(tmp_path)

        @pytest.fixture
        def open_again(self, tmp_path):
            return partial(MyDriver, tmp_path)

Nothing else is needed; nothing is skipped. Each test method is one clause of the contract (`clauses_of`), and its
docstring is the clause. What a driver does not claim in its `Capabilities` is tested to be absent.
"""

from pkgutil import iter_modules

import pytest

# Before the modules are imported: afterwards pytest could not make their asserts say what was compared.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))

from moorage_conformance._blob import BlobConformance  # noqa: E402
from moorage_conformance._clauses import Clause, clause, clauses_of  # noqa: E402
from moorage_conformance._driver import DriverConformance  # noqa: E402
from moorage_conformance._profile import Profile  # noqa: E402

__all__ = ["BlobConformance", "Clause", "DriverConformance", "Profile", "clause", "clauses_of"]
