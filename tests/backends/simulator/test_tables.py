"""Attribute tables: recorded ones as they were recorded, made-up ones with rising handles."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from bletui.backends.simulator.attributes import CCCD, Table
from bletui.backends.simulator.home import BOXES, home
from bletui.backends.simulator.lab import address, lab
from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.link import Peripheral
from bletui.backends.simulator.recordings import recordings
from bletui.backends.simulator.tables import names, recorded
from bletui.model import Properties

EARS = receivers("sim", 3, BOXES)

SWITCHED = Properties.NOTIFY | Properties.INDICATE


def every_handle(table: Table) -> list[int]:
    found = []
    for service in table.services:
        found.append(service.handle)
        for characteristic in service.characteristics:
            found += [characteristic.handle, *(descriptor.handle for descriptor in characteristic.descriptors)]
    return found


def holds_together(table: Table) -> None:
    handles = every_handle(table)
    assert handles == sorted(set(handles))
    for service in table.services:
        for each in service.characteristics:
            assert table.traits[each.handle].uuid == each.uuid
            switches = [d.handle for d in each.descriptors if d.uuid == CCCD]
            assert all(table.switches[switch] == each.handle for switch in switches)
            others = [d.handle for d in each.descriptors if d.uuid != CCCD]
            assert all(other in table.fixed for other in others)


@pytest.mark.parametrize("name", names())
def test_recorded_tables_keep_their_handles_and_their_source(name: str) -> None:
    table = recorded(name, "GVH0000_0000")
    holds_together(table)
    lines = files("bletui.backends.simulator").joinpath("gatt.jsonl").read_text("utf-8").splitlines()
    line = next(line for line in map(json.loads, lines) if line["name"] == name)
    assert line["licence"] == "MIT"
    assert line["source"]
    assert [(s.uuid, s.handle) for s in table.services] == [(s["uuid"], s["handle"]) for s in line["services"]]
    values = [c["handle"] for s in line["services"] for c in s["characteristics"]]
    assert list(table.traits) == values
    assert table.traits[3].value(0.0) == b"GVH0000_0000"


def test_what_notifies_can_be_switched_on_wherever_the_recording_left_room() -> None:
    for name in names():
        table = recorded(name, "x")
        notifying = [handle for handle, trait in table.traits.items() if trait.properties & SWITCHED]
        lacking = [
            handle
            for handle in notifying
            if handle not in table.switches.values() and handle + 1 not in every_handle(table)
        ]
        starts = {service.handle for service in table.services}
        assert all(handle + 1 in starts or handle + 2 in table.traits for handle in lacking)


def test_every_recorded_table_belongs_to_a_device_that_is_there() -> None:
    assert {recording.gatt for recording in recordings() if recording.gatt} <= set(names())


@pytest.mark.parametrize("site", [home(EARS, 1, 900.0), lab(EARS, 5)], ids=["home", "lab"])
def test_every_connectable_device_has_a_table(site: object) -> None:
    devices = [device for device in site.devices if device.connectable]  # type: ignore[attr-defined]
    assert len(devices) > 15
    for device in devices:
        table = Peripheral(device, (), "").table
        holds_together(table)
        assert len(table.traits) >= 5


def test_the_labs_addresses_do_not_depend_on_the_seed_and_are_valid() -> None:
    site = lab(EARS, 300)
    found = [device.content(0.0).address for device in site.devices]
    assert len(set(found)) == len(found) == 318
    assert {address("300"), address("vault"), address("public address")} <= set(found)
    for device in site.devices:
        top = int(device.content(0.0).address[:2], 16)
        assert (top >= 0xC0) is (device.address_type == "random")
