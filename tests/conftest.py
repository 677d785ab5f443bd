"""Settings for every test."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples for everyone, and no deadline, since a busy machine is no failure. HYPOTHESIS_PROFILE=search looks
# for new ones; what it finds becomes a test of its own.
settings.register_profile("bletui", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "bletui"))

# Where all that a machine may lack was installed on purpose, a test that lacks it fails.
WITHOUT_BUS = shutil.which("dbus-daemon") is None and not os.environ.get("CI")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    yield from _skipping()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    yield from _skipping()


@pytest.fixture(autouse=True, scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Reports of the bugs that tests provoke are not left in the tester's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for sockets: pytest's own have longer names than those may."""
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:
        yield Path(folder)


@pytest.fixture
def bus_installed() -> None:
    """For tests that start their bus in another process."""
    if shutil.which("dbus-daemon") is None:
        raise FileNotFoundError(errno.ENOENT, "not installed", "dbus-daemon")


def _skipping() -> Generator[None, None, None]:
    """A test that starts a private D-Bus is skipped, and says so, where there is no `dbus-daemon`."""
    try:
        yield
    except BaseException as error:
        if WITHOUT_BUS and _lacks_bus(error):
            pytest.skip("needs dbus-daemon (Debian: apt install dbus-daemon)")
        raise


def _lacks_bus(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(map(_lacks_bus, error.exceptions))
    return isinstance(error, FileNotFoundError) and error.filename == "dbus-daemon"
