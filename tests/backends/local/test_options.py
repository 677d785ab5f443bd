"""What `local:` targets may say."""

from __future__ import annotations

import pytest

from bletui.backends.local.options import Options, options
from bletui.failure import BleError, ErrorKind
from bletui.target import parse


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("local:", Options()),
        ("local:hci1", Options("hci1")),
        ("local:hci12?scan=passive", Options("hci12", passive=True)),
        ("local:00:1a:7d:da:71:13", Options("00:1A:7D:DA:71:13")),
        ("local:?scan=active", Options()),
    ],
)
def test_targets(target: str, wanted: Options) -> None:
    assert options(parse(target)) == wanted


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("local:hci", "'hci' is no adapter"),
        ("local:hci-1", "'hci-1' is no adapter"),
        ("local:../../etc", "no adapter"),
        ("local:00:1A:7D:DA:71", "no adapter"),
        ("local:\x1b[2J", "no adapter"),
        ("local://hci0", "without //"),
        ("local:?scan=both", "scan=both is neither active nor passive"),
        ("local:?scna=passive", "did you mean 'scan'?"),
    ],
)
def test_what_no_waiting_can_mend(target: str, words: str) -> None:
    with pytest.raises(BleError) as refused:
        options(parse(target))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert words in refused.value.failure.detail
    assert "\x1b" not in refused.value.failure.detail


def test_an_adapter_is_selected_by_name_or_address() -> None:
    assert Options().selects("hci0", "00:1A:7D:DA:71:13")
    assert Options("hci0").selects("hci0", "")
    assert Options("00:1A:7D:DA:71:13").selects("hci4", "00:1A:7D:DA:71:13")
    assert not Options("hci1").selects("hci10", "00:1A:7D:DA:71:13")
