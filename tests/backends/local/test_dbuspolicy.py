"""D-Bus policies: what we read out of them is what a real bus does."""

from __future__ import annotations

import grp
import os
import pwd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.local.dbuspolicy import Rule, explained, rules, verdict
from bletui.failure import ErrorKind, Failure
from bletui.testing.fakebluez import FakeBluez
from tests.testing.fakebluez.client import connected

ALLOW = '<allow send_destination="org.bluez"/>'
DENY = '<deny send_destination="org.bluez"/>'
ME = pwd.getpwuid(os.geteuid()).pw_name
MY_GROUP = grp.getgrgid(os.getegid()).gr_name

POLICIES = [
    f'<policy context="default">{DENY}</policy>',
    f'<policy context="default">{DENY}</policy><policy user="{ME}">{ALLOW}</policy>',
    f'<policy user="{ME}">{ALLOW}</policy><policy context="default">{DENY}</policy>',
    f'<policy context="default">{DENY}{ALLOW}</policy>',
    f'<policy context="default">{ALLOW}{DENY}</policy>',
    f'<policy user="{ME}">{ALLOW}</policy><policy context="mandatory">{DENY}</policy>',
    f'<policy user="nobody">{ALLOW}</policy><policy context="default">{DENY}</policy>',
    f'<policy group="{MY_GROUP}">{ALLOW}</policy><policy context="default">{DENY}</policy>',
    f'<policy group="{MY_GROUP}">{ALLOW}</policy><policy user="{ME}">{DENY}</policy>',
    f'<policy group="daemon">{ALLOW}</policy><policy context="default">{DENY}</policy>',
    '<policy context="default"><deny send_destination="org.bluez" send_interface="org.bluez.Network1"/></policy>'
    f'<policy context="default">{ALLOW}</policy>',
]


@pytest.mark.parametrize("policy", POLICIES)
async def test_the_verdict_is_the_buss_own(policy: str) -> None:
    async with FakeBluez(policy=policy) as fake, connected(fake.address) as client:
        reply = await client.call("GetManagedObjects", "/", "org.freedesktop.DBus.ObjectManager")
    ours = verdict(rules(f"<busconfig>{policy}</busconfig>".encode(), "x.conf"), ME, frozenset({MY_GROUP}))
    assert ours.allowed == (reply.error_name is None)


def test_a_file_as_debian_ships_it_lets_everyone() -> None:
    shipped = b"""<busconfig>
      <policy user="root"><allow own="org.bluez"/><allow send_destination="org.bluez"/>
        <allow send_interface="org.bluez.Agent1"/></policy>
      <policy context="default"><allow send_destination="org.bluez"/></policy></busconfig>"""
    held = verdict(rules(shipped, "bluetooth.conf"), "ann", frozenset({"ann"}))
    assert held.allowed
    assert held.words == "bluetooth.conf allows it for default"


DENIED = Failure(kind=ErrorKind.ADAPTER_DENIED, evidence=(("ssh", "no"),))


def test_a_group_is_named_only_where_joining_it_helps() -> None:
    closed = (Rule("b.conf", "default", "", allow=False),)
    group = (*closed, Rule("b.conf", "group", "bluetooth", allow=True))
    told = explained(DENIED, group, "ann", frozenset({"ann"}))
    assert told.detail == "b.conf denies it for default; members of bluetooth may"
    assert dict(told.evidence) == {"ssh": "no", "policy": "restricted", "group": "bluetooth"}
    assert explained(DENIED, closed, "ann", frozenset()).evidence == DENIED.evidence
    assert "mentions org.bluez" in explained(DENIED, (), "ann", frozenset()).detail
    allowed = explained(DENIED, group, "ann", frozenset({"bluetooth"}))
    assert allowed.detail.startswith("the policy files allow it")
    assert dict(allowed.evidence) == {"ssh": "no", "policy": "open"}


@given(st.binary() | st.text().map(str.encode))
def test_what_is_no_policy_file_has_no_rules(document: bytes) -> None:
    assert list(rules(document, "x")) == []
