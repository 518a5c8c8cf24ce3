"""Finding and loading drivers, with distributions made up of a ``dist-info`` folder and a module."""

from __future__ import annotations

import importlib
import logging
import shutil
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from moorage.driver import API_VERSION, DriverEvent, DriverSpec
from moorage.errors import ConfigurationError, DriverLoadError
from moorage.plugins import GROUP, InstalledDriver, event_sink, hookimpl, installed_drivers, load_driver_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Install = Callable[..., Path]

PLUGIN = """
from moorage.driver import Capabilities, DriverParameters, DriverSpec
from moorage.plugins import hookimpl

@hookimpl
def moorage_driver():
    return DriverSpec(
        name="{name}",
        aliases={aliases},
        api_version={api_version},
        parameters=DriverParameters,
        factory=object,
        capabilities=Capabilities(),
        summary="Made up.",
    )
"""


def plugin(name: str = "made", *, aliases: tuple[str, ...] = (), api_version: object = API_VERSION) -> str:
    return PLUGIN.format(name=name, aliases=aliases, api_version=api_version)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path) -> Iterator[None]:
    """Hide the drivers that happen to be installed here, and forget afterwards what a test installed."""
    modules, path = set(sys.modules), sys.path[:]
    sys.path[:] = [entry for entry in path if not any(Path(entry).glob("moorage*.dist-info"))]
    importlib.invalidate_caches()
    yield
    sys.path[:] = path
    importlib.invalidate_caches()
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Return what installs a distribution of one module (of none, if it has no source), and says where."""

    def install(distribution: str, source: str | None, *names: str, version: str = "1.2") -> Path:
        module = distribution.replace("-", "_")
        site = tmp_path / f"{distribution}-{version}"
        info = site / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        points = "".join(f"{name} = {module}\n" for name in names or ("made",))
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{points}")
        if source is not None:
            (site / f"{module}.py").write_text(dedent(source))
        sys.path.insert(0, str(site))
        importlib.invalidate_caches()
        return site

    return install


def refusal(name: str = "made", where: str = "config.yml:3: storage.made") -> DriverLoadError:
    with pytest.raises(DriverLoadError) as refused:
        load_driver_spec(name, where=where)
    assert refused.value.where == where
    assert isinstance(refused.value, ConfigurationError)
    return refused.value


def test_the_chosen_driver_describes_itself(install: Install) -> None:
    install("moorage-made", plugin())
    spec = load_driver_spec("made")
    assert type(spec) is DriverSpec
    assert (spec.name, spec.summary) == ("made", "Made up.")


def test_an_alias_leads_to_the_driver(install: Install) -> None:
    install("moorage-made", plugin(aliases=("fake", "invented")), "made", "fake", "invented")
    assert [load_driver_spec(name).name for name in ("made", "fake", "invented")] == ["made"] * 3


def test_loading_again_gives_the_same_answer(install: Install) -> None:
    install("moorage-made", plugin())
    assert load_driver_spec("made").factory is load_driver_spec("made").factory


def test_only_the_chosen_driver_is_imported(install: Install) -> None:
    install("moorage-made", plugin())
    install("moorage-broken", "raise RuntimeError('imported without being asked')", "broken")
    assert load_driver_spec("made").name == "made"
    assert "moorage_made" in sys.modules
    assert "moorage_broken" not in sys.modules


@pytest.mark.parametrize("name", ["azure", "filesystem", "fsspec", "gcs", "inmemory", "s3"])
def test_an_unknown_driver_of_this_project_is_a_pip_install_away(install: Install, name: str) -> None:
    assert "installed: none" in refusal(name).what
    install("moorage-made", plugin(aliases=("fake",)), "made", "fake")
    what = refusal(name).what
    assert f"pip install moorage-{name}" in what
    assert "installed: fake, made" in what


def test_an_unknown_driver_gets_the_nearest_spelling(install: Install) -> None:
    assert "Did you mean 'filesystem'?" in refusal("filesytem").what
    assert "Did you mean 's3'?" in refusal("s33").what  # one that is not installed
    install("moorage-made", plugin(), "made-up")
    what = refusal("madeup").what
    assert "Did you mean 'made-up'?" in what
    assert "installed: made-up" in what


def test_an_unknown_driver_like_no_other_is_explained() -> None:
    what = refusal("zzz").what
    assert "'zzz'" in what
    assert "moorage.drivers" in what
    assert "pip install" not in what


def test_two_distributions_that_claim_one_name_are_both_named(install: Install) -> None:
    install("moorage-made", plugin(), version="1.2")
    install("other-made", plugin(), version="3.4")
    what = refusal().what
    assert "moorage-made 1.2 and other-made 3.4" in what
    assert "uninstall" in what
    assert {"moorage_made", "other_made"} & sys.modules.keys() == set()


def test_two_distributions_that_claim_one_alias_are_refused_there_alone(install: Install) -> None:
    install("moorage-made", plugin(aliases=("fake",)), "made", "fake")
    install("moorage-faux", plugin("faux", aliases=("fake",)), "faux", "fake")
    assert "moorage-faux 1.2 and moorage-made 1.2" in refusal("fake").what
    assert load_driver_spec("made").name == "made"
    assert load_driver_spec("faux").name == "faux"


def test_a_distribution_that_is_found_twice_is_no_rival_of_itself(install: Install, tmp_path: Path) -> None:
    site = install("moorage-made", plugin())
    shutil.copytree(site, tmp_path / "copy")
    sys.path.append(str(tmp_path / "copy"))
    importlib.invalidate_caches()
    assert load_driver_spec("made").name == "made"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("raise RuntimeError('no licence')", ["RuntimeError", "no licence"], id="raises"),
        pytest.param("import moorage_made_missing_sdk", ["moorage_made_missing_sdk"], id="lacks a dependency"),
        pytest.param("def (", ["SyntaxError"], id="is no Python"),
        pytest.param(
            "from moorage.plugins import hookimpl\n@hookimpl\ndef moorage_driver():\n    return 1 / 0",
            ["ZeroDivisionError"],
            id="hook raises",
        ),
        pytest.param(
            "from moorage.plugins import hookimpl\n@hookimpl\ndef moorage_driver(surprise):\n    return None",
            ["surprise"],
            id="hook of other arguments",
        ),
        pytest.param("", ["no hook moorage_driver"], id="no hook"),
        pytest.param("def moorage_driver():\n    return None", ["no hook moorage_driver"], id="hook not marked"),
        pytest.param(
            "from moorage.plugins import hookimpl\n@hookimpl\ndef moorage_driver():\n    return {'name': 'made'}",
            ["returns a DriverSpec"],
            id="hook of another type",
        ),
    ],
)
def test_a_broken_plugin_is_named_and_breaks_nobody_else(install: Install, source: str, expected: list[str]) -> None:
    install("moorage-made", source)
    what = refusal().what
    assert "driver 'made' of moorage-made 1.2" in what
    assert [text for text in expected if text not in what] == []
    install("moorage-sound", plugin("sound"), "sound")
    assert load_driver_spec("sound").name == "sound"


def test_the_cause_of_a_broken_import_is_kept(install: Install) -> None:
    install("moorage-made", "raise RuntimeError('no licence')")
    assert isinstance(refusal().__cause__, RuntimeError)


def test_an_entry_point_without_its_module_is_named(install: Install) -> None:
    install("moorage-gone", None, "gone")
    assert "No module named 'moorage_gone'" in refusal("gone").what


@pytest.mark.parametrize("version", [API_VERSION - 1, API_VERSION + 1, 99, "'1'", None])
def test_another_api_version_is_refused_with_both(install: Install, version: object) -> None:
    install("moorage-made", plugin(api_version=version))
    what = refusal().what
    assert f"driver API {str(version).strip(chr(39))}, this moorage has {API_VERSION}" in what
    assert "moorage-made 1.2" in what


def test_a_plugin_that_describes_another_driver_is_refused(install: Install) -> None:
    install("moorage-made", plugin("other"))
    assert "describes itself as 'other'" in refusal().what


def test_a_name_that_the_plugin_does_not_list_as_alias_is_refused(install: Install) -> None:
    install("moorage-made", plugin(), "made", "undeclared")
    assert load_driver_spec("made").name == "made"
    assert "describes itself as 'made'" in refusal("undeclared").what


def test_what_is_installed_is_told_without_an_import(install: Install) -> None:
    install("moorage-made", "raise RuntimeError", "made", "fake", version="7.8")
    claims = installed_drivers()
    assert claims == [
        InstalledDriver("fake", "moorage-made", "7.8", "moorage_made"),
        InstalledDriver("made", "moorage-made", "7.8", "moorage_made"),
    ]
    assert "moorage_made" not in sys.modules


EVENT = DriverEvent("made", "stat", "/a", 0, 0.1, None)


class Observer:
    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[DriverEvent] = []
        self.error = error

    @hookimpl
    def moorage_driver_event(self, event: DriverEvent) -> None:
        self.seen.append(event)
        if self.error is not None:
            raise self.error


def test_without_observers_there_is_no_sink() -> None:
    assert event_sink([]) is None
    assert event_sink([object()]) is None  # it has no hook


def test_every_observer_sees_every_event() -> None:
    observers = [Observer(), Observer()]
    sink = event_sink(observers)
    assert sink is not None
    sink(EVENT)
    sink(EVENT)
    assert [observer.seen for observer in observers] == [[EVENT, EVENT]] * 2


def test_an_observer_that_raises_is_logged_and_harmless(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("the metrics server is gone")
    sink = event_sink([Observer(error)])
    assert sink is not None
    with caplog.at_level(logging.ERROR, "moorage.plugins"):
        sink(EVENT)
    (record,) = caplog.records
    assert record.name == "moorage.plugins"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_observers_may_be_modules(install: Install) -> None:
    install(
        "moorage-made",
        """
        from moorage.plugins import hookimpl
        seen = []
        @hookimpl
        def moorage_driver_event(event):
            seen.append(event)
        """,
    )
    module: Any = importlib.import_module("moorage_made")
    sink = event_sink([module])
    assert sink is not None
    sink(EVENT)
    assert module.seen == [EVENT]
