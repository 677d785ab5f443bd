from __future__ import annotations

import re

from bletui.failure import BleError, ErrorKind, Failure


def test_there_are_47_kinds_with_distinct_codes_names_and_titles() -> None:
    kinds = list(ErrorKind)
    assert len(kinds) == 47
    for column in ("code", "value", "title"):
        assert len({getattr(kind, column) for kind in kinds}) == 47


def test_codes_and_names_have_their_shape_and_order() -> None:
    codes = [kind.code for kind in ErrorKind]
    assert codes == sorted(codes)
    for kind in ErrorKind:
        assert re.fullmatch(r"E\d{4}", kind.code)
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", kind.value)
        assert kind.name == re.sub(r"[.-]", "_", kind.value).upper()


def test_one_group_has_one_block_of_codes() -> None:
    blocks: dict[str, set[str]] = {}
    for kind in ErrorKind:
        blocks.setdefault(kind.group, set()).add(kind.code[:3])
    assert [group for group, block in blocks.items() if len(block) != 1] == []


def test_exit_codes_are_the_documented_ones() -> None:
    assert {kind.exit_code for kind in ErrorKind} == {1, 2, 3, 4, 5, 70, 130}


def test_a_native_row_may_know_better_than_its_kind() -> None:
    assert Failure(kind=ErrorKind.BUSY_CHIP).retry_class == "queue"
    assert Failure(kind=ErrorKind.BUSY_CHIP, retry="never").retry_class == "never"


def test_the_exception_reads_as_one_line() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP, detail="chip 0", message="chip is busy")
    assert str(BleError(failure)) == (
        "E0601 busy.chip: The Bluetooth chip is already doing a connect, pair or scan (chip 0 · chip is busy)"
    )
