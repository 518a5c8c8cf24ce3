"""`Digest`: what is accepted, what is refused, and what the refusal says."""

from __future__ import annotations

import hashlib
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moorage.digest import ALGORITHMS, CANONICAL, Digest
from moorage.errors import BlobInvalidDigestError

SHA256 = "sha256:" + hashlib.sha256(b"content").hexdigest()
SHA512 = "sha512:" + hashlib.sha512(b"content").hexdigest()
VALID = re.compile(r"sha256:[0-9a-f]{64}\Z|sha512:[0-9a-f]{128}\Z", re.ASCII)


@pytest.mark.parametrize("text", [SHA256, SHA512])
def test_a_valid_digest_is_the_same_string_with_parts(text: str) -> None:
    digest = Digest(text)
    assert digest == text
    assert hash(digest) == hash(text)
    assert f"{digest.algorithm}:{digest.hex}" == text
    assert digest.algorithm in ALGORITHMS


def test_the_canonical_algorithm_is_sha256_and_comes_first() -> None:
    assert CANONICAL == "sha256"
    assert ALGORITHMS[0] == CANONICAL


def test_a_digest_passes_through_as_it_is() -> None:
    digest = Digest(SHA256)
    assert Digest(digest) is digest


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_digest_survives_pickling(protocol: int) -> None:
    copy = pickle.loads(pickle.dumps(Digest(SHA512), protocol))  # noqa: S301  # our own pickle
    assert type(copy) is Digest
    assert copy == SHA512


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty digest"),
        ("sha256", "malformed"),
        (":" + "0" * 64, "malformed"),
        ("SHA256:" + "0" * 64, "malformed"),
        ("sha256/../..:" + "0" * 64, "malformed"),
        (" " + SHA256, "malformed"),
        ("md5:d41d8cd98f00b204e9800998ecf8427e", "unknown algorithm 'md5'; supported are sha256, sha512"),
        ("sha384:" + "0" * 96, "unknown algorithm 'sha384'; supported are sha256, sha512"),
        ("sha256:", "sha256 has 64 hex digits, not 0"),
        (SHA256[:-1], "sha256 has 64 hex digits, not 63"),
        (SHA256 + "0", "sha256 has 64 hex digits, not 65"),
        (SHA256 + "\n", "sha256 has 64 hex digits, not 65"),
        (SHA256[:-1] + "\n", "lowercase hex"),
        (SHA256.replace("sha256", "sha512"), "sha512 has 128 hex digits, not 64"),
        ("sha256:" + SHA256[7:].upper(), "lowercase hex"),
        ("sha256:" + "g" * 64, "lowercase hex"),
        ("sha256:" + "\u0661" * 64, "lowercase hex"),  # a digit, but not one of hex
        ("sha256:" + "0" * 63 + "/", "lowercase hex"),
        ("sha256:" + "0" * 31 + ":" + "0" * 32, "lowercase hex"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BlobInvalidDigestError) as refused:
        Digest(text)
    assert text.startswith(refused.value.digest.removesuffix("..."))
    assert reason in refused.value.reason


@pytest.mark.parametrize("text", ["x" * 10**6, "x" * 10**6 + ":0", "sha256:" + "0" * 10**6, "\n" * 10**6])
def test_a_refusal_does_not_repeat_a_long_input(text: str) -> None:
    with pytest.raises(BlobInvalidDigestError) as refused:
        Digest(text)
    assert len(refused.value.digest) < 100
    assert len(refused.value.reason) < 100
    assert text.startswith(refused.value.digest.removesuffix("..."))


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[a-z0-9]{1,8}:[0-9a-fA-F]{0,200}"),
        st.from_regex(r"sha256:[0-9a-fA-F\s]{63,65}"),
        st.from_regex(VALID),
    )
)
def test_exactly_the_valid_texts_are_accepted(text: str) -> None:
    if VALID.match(text):
        assert Digest(text) == text
    else:
        with pytest.raises(BlobInvalidDigestError):
            Digest(text)


@given(st.binary(), st.sampled_from(ALGORITHMS))
def test_of_is_the_digest_of_the_content(content: bytes, algorithm: str) -> None:
    digest = Digest.of(content, algorithm)
    assert digest == f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"
    assert digest.is_empty_content == (content == b"")


def test_of_is_canonical_by_default() -> None:
    assert Digest.of(memoryview(b"content")) == SHA256


def test_of_refuses_an_unknown_algorithm() -> None:
    with pytest.raises(BlobInvalidDigestError, match="unknown algorithm 'md5'"):
        Digest.of(b"", "md5")
