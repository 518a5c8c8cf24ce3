"""Driver paths: what the grammar accepts, and the component-wise arithmetic on them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moorage.driver import ROOT, is_beneath, join_path, split_path, validate_path
from moorage.errors import InvalidPathError

ALPHABET = "abyzABYZ0189._-"
components = st.text(ALPHABET, min_size=1, max_size=6).filter(lambda text: text not in {".", ".."})
paths = st.lists(components, min_size=1, max_size=6).map(lambda parts: "/" + "/".join(parts))
directories = st.one_of(st.just(ROOT), paths)


def is_valid(path: str) -> bool:
    """Say what the grammar says, in other words than the implementation."""
    if path == "/":
        return True
    first, *parts = path.split("/")
    return (
        first == "" and parts != [] and all(re.fullmatch(r"[A-Za-z0-9._-]+", p) and p not in {".", ".."} for p in parts)
    )


@given(directories)
def test_valid_paths_come_back_as_they_are(path: str) -> None:
    assert validate_path(path) is path


@given(
    st.one_of(
        st.text(),
        st.text("/." + ALPHABET),
        st.lists(st.sampled_from(["", ".", "..", "...", "a", ".a", "a.", "..a", "b~", "c\n", "é"])).map("/".join),
        st.tuples(paths, st.characters(), paths).map("".join),
    )
)
def test_exactly_the_grammar_is_accepted(path: str) -> None:
    if is_valid(path):
        assert validate_path(path) == path
    else:
        with pytest.raises(InvalidPathError) as refused:
            validate_path(path)
        assert refused.value.path == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "a/b",
        "//",
        "//a",
        "/a/",
        "/a//b",
        "/.",
        "/..",
        "/a/.",
        "/a/..",
        "/./a",
        "/../a",
        "/a/./b",
        "/a/../b",
        "/a/../../../etc/passwd",
        "/a\n",
        "/a\n/b",
        "/a\0",
        "/a b",
        "/a~tail",
        "/a\\b",
        "/a%2e%2e/b",
        "/a:b",
        "/é",
        "/\u0661",  # a digit, but not one of ASCII
        "/\uff0e\uff0e/a",  # dots, after normalization
        "\udcff",
        "/a\udcff",
    ],
)
def test_what_leads_elsewhere_or_collides_is_refused(path: str) -> None:
    with pytest.raises(InvalidPathError, match="a path is absolute"):
        validate_path(path)


@pytest.mark.parametrize("path", ["/", "/a", "/...", "/.a", "/a.", "/..a", "/a..", "/a/..b/c", "/-", "/_uploads"])
def test_dots_are_fine_where_they_are_not_all(path: str) -> None:
    assert validate_path(path) == path


@given(directories, components)
def test_joining_and_splitting_are_inverse(parent: str, name: str) -> None:
    child = join_path(parent, name)
    assert validate_path(child) == child
    assert split_path(child) == (parent, name)
    assert is_beneath(child, parent)


def test_the_root_has_no_name() -> None:
    assert split_path(ROOT) == (ROOT, "")


@given(directories, directories)
def test_beneath_is_component_wise(path: str, directory: str) -> None:
    def parts(text: str) -> list[str]:
        return [part for part in text.split("/") if part]

    above, below = parts(directory), parts(path)
    assert is_beneath(path, directory) == (len(below) > len(above) and below[: len(above)] == above)


@given(paths, components)
def test_a_longer_name_does_not_lie_beneath(path: str, suffix: str) -> None:
    assert not is_beneath(path + suffix, path)
    assert not is_beneath(path + suffix + "/a", path)
    assert not is_beneath(path, path)
    assert not is_beneath(ROOT, path)
    assert is_beneath(path, ROOT)
