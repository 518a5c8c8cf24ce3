"""Clauses on ``redirect_url``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from moorage.errors import UnsupportedMethodError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class RedirectClauses(DriverSuite):
    """A redirect sends a client to the backend itself."""

    @clause("driver.redirect.serves-content")
    def test_redirect_serves_content(self, storage: StorageDriver, base: str) -> None:
        """With ``redirect`` the URL serves the content to a plain HTTP client; without it the method is refused."""
        content = b"served by the backend"
        storage.put_content(f"{base}/a", content)
        if not storage.capabilities.redirect:
            for path in (f"{base}/a", f"{base}/missing"):
                with pytest.raises(UnsupportedMethodError) as caught:
                    storage.redirect_url(path, "GET", timedelta(minutes=5))
                assert caught.value.method == "redirect_url"
            return
        url = storage.redirect_url(f"{base}/a", "GET", timedelta(minutes=5))
        assert url.startswith(("http://", "https://"))
        with urlopen(url) as response:  # noqa: S310  # the scheme was checked
            assert response.read() == content
        url = storage.redirect_url(f"{base}/a", "HEAD", timedelta(minutes=5))
        assert url.startswith(("http://", "https://"))
        with urlopen(Request(url, method="HEAD")) as response:  # noqa: S310  # the scheme was checked
            assert int(response.headers["Content-Length"]) == len(content)
