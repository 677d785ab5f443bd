from __future__ import annotations

import asyncio
import os
import socket as sockets
import sys
import tempfile
from pathlib import Path

import pytest

from bletui.bridge import access, peers
from bletui.bridge.access import Credential, Group, Peer
from bletui.failure import BleError, ErrorKind
from bletui.model import Owner
from bletui.radio import QueuedRadio
from tests.bridge.another_user import FOREIGN
from tests.bridge.running import bridge
from tests.radio.scripted import ScriptedBackend

GROUP = Group(44, "radio", "reader")
NOGROUP, OTHER_GROUP = 65534, 4444


@pytest.mark.parametrize(
    ("peer", "group", "expected"),
    [
        (Peer(1000, 1000, 1), None, Credential("name", "operator", own=True)),
        (Peer(0, 0, 1), None, Credential("name", "operator", own=True)),
        (Peer(1001, 44, 1), GROUP, Credential("name", "reader")),
        (Peer(1001, 1001, 1, (7, 44)), GROUP, Credential("name", "reader")),
        (Peer(1001, 1001, 1, (7,)), GROUP, None),
        (Peer(1001, 44, 1), None, None),
    ],
)
def test_who_may_come_in(peer: Peer, group: Group | None, expected: Credential | None) -> None:
    if expected is not None:
        assert access.of_peer(peer, 1000, group, "name") == expected
        return
    with pytest.raises(BleError) as refused:
        access.of_peer(peer, 1000, group, "name")
    assert refused.value.failure.kind is ErrorKind.AUTH_REFUSED
    assert "uid 1001" in refused.value.failure.detail


def test_an_owner_is_known_by_seat_and_user_and_never_has_more_than_its_credential() -> None:
    own, other = Credential("ana", "operator", own=True), Credential("ben", "viewer")
    assert access.owner(own, "console", "viewer") == Owner("console", "viewer")
    assert access.owner(other, "console", "operator") == Owner("console@ben", "viewer")


@pytest.mark.parametrize("seat", ["", "a/b", "a@b", "-x", "a b", "x" * 33, "\u202e", "ü"])
def test_names_that_could_be_mistaken_are_refused(seat: str) -> None:
    with pytest.raises(BleError) as refused:
        access.owner_id(Credential("ana", "operator", own=True), seat)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


def test_the_kernel_says_who_is_there() -> None:
    one, other = sockets.socketpair(sockets.AF_UNIX)
    with one, other:
        peer = peers.peer_of(one)
    assert peer is not None
    assert (peer.uid, peer.gid, peer.pid) == (os.getuid(), os.getgid(), os.getpid())
    assert set(peer.groups) == set(os.getgroups())
    assert peers.user_name(0) == "root"
    assert peers.user_name(4_000_000_000) == "uid4000000000"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("gid", "others", "words"),
    [
        (None, "", b"may not use this bridge"),
        (OTHER_GROUP, "", b"the group radio"),
        (NOGROUP, "", b"console@nobody"),
        (OTHER_GROUP, f"7,{OTHER_GROUP}", b"console@nobody"),
        (OTHER_GROUP, ",".join(map(str, range(5000, 5300))), b"the group radio"),
    ],
    ids=["none", "not a member", "by its first group", "by another of its groups", "too many groups to read"],
)
async def test_another_user_is_refused_or_comes_in_by_group(gid: int | None, others: str, words: bytes) -> None:
    """The socket's mode is opened up on purpose: what refuses is the kernel's word."""
    allowed = None if gid is None else Group(gid, "radio", "viewer")
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101
        async with asyncio.timeout(20), bridge(radio, path=Path(folder) / "s", group=allowed) as (made, socket):
            os.chmod(socket, 0o666)  # noqa: PTH101
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", FOREIGN, str(socket), others, stdout=asyncio.subprocess.PIPE
            )
            out, _ = await process.communicate()
            assert words in out
            assert (made.counts["refused auth.refused"] == 1) is (words != b"console@nobody")
    await radio.aclose()
