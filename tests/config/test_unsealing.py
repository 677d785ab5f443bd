"""Keys of sealed broadcasts: named in the file, fetched from elsewhere, and never repeated, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from bletui.config.credentials import Command, Variable, secret
from bletui.config.file import Refused, parse
from bletui.config.unsealing import fetched
from bletui.failure import ErrorKind

A, B, C = "54:48:E6:8F:80:A5", "A4:C1:38:0B:7F:2A", "A4:C1:38:0B:7F:2B"
HEX = "231d39c1d7cc1ab1aee224cd096db932"


def asking(environ: Mapping[str, str], **references: Variable | Command) -> Callable[[str], str]:
    return partial(secret, environ=environ, references=references)


def test_each_credential_is_asked_for_once_and_opens_for_all_its_addresses() -> None:
    asked = []

    def ask(name: str) -> str:
        asked.append(name)
        return HEX

    ring, failures = fetched({A: "ONE", B: "ONE", C: "TWO"}, ask)
    assert dict(ring) == dict.fromkeys((A, B, C), bytes.fromhex(HEX))
    assert asked == ["ONE", "TWO"]
    assert failures == ()


def test_one_that_cannot_be_had_leaves_the_others_and_says_why_without_any_of_it() -> None:
    ask = asking({"PATH": "/usr/bin:/bin", "K": HEX, "SHORT": HEX[:-1]}, ONE=Variable("K"), TWO=Variable("SHORT"),
                 THREE=Command(("false",)))  # fmt: skip
    ring, failures = fetched({A: "ONE", B: "TWO", C: "THREE"}, ask)
    assert list(ring) == [A]
    assert [failure.kind for failure in failures] == [ErrorKind.AUTH_REFUSED] * 2
    assert "'TWO': as the key of a sealed broadcast: expected 32 hex digits" in failures[0].detail
    assert "the command false ended with status 1" in failures[1].detail
    assert HEX[:-1] not in repr(failures) + repr(ring)


@pytest.mark.parametrize(
    "text",
    [
        f'[keys]\n"{A}" = "{HEX}"',
        f'[keys]\n"{A}" = "0x{HEX}"',
        f'[keys]\n"{A}" = "{HEX[:24]}"',
        f'[keys]\n"{A}" = "{":".join(HEX[at : at + 2] for at in range(0, 32, 2))}"',
        f'[keys]\n"{A}" = {{ key = "{HEX}" }}',
        f'[keys]\n{HEX} = "{A}"',
        f'[keys]\n"{HEX}" = 5',
        f'[keys.{HEX}]\nx = 1',
    ],
)  # fmt: skip
def test_a_key_in_the_file_is_refused_with_its_line_and_never_repeated(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert problem.position.line in (1, 2)
    assert problem.key.startswith("keys")
    for part in (HEX[:24], HEX[24:], HEX[:2] + ":" + HEX[2:4]):
        assert part not in repr(problem)
