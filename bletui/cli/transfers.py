"""What can be done with a device, each verb once: for the commands, `bletui steps` and plain mode."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.cli.device import Reached
from bletui.cli.gattdiff import Node, compare, difference_object, line, node
from bletui.cli.gattlines import attribute_line, name_width, value_line
from bletui.cli.linkrecords import attribute_object, pairing_object, tree_object, value_object, written_object
from bletui.decode.attributes import Attribute, attributes
from bletui.decode.lenses import Lens
from bletui.decode.values.typed import preview
from bletui.failure import BleError, Failure
from bletui.model import Pair, Properties, Read, Unpair, Write
from bletui.text import visible


async def show_tree(device: Reached, *, values: bool, refresh: bool = False) -> None:
    """The whole table; with `values`, what each readable attribute holds, or why it could not be read."""
    tree = await device.tree(refresh=refresh)
    nodes = list(attributes(tree))
    made_up = "; handles are made up here" if tree.handles_made_up else ""
    told = f"{visible(tree.peer.address)}: {len(tree.services)} services, {len(nodes)} attributes{made_up}"
    device.here.say(told, tree_object(tree))
    width = name_width(nodes)
    for one in nodes:
        value = await _value(device, one) if values and _readable(one) else None
        record = attribute_object(device.peer, one, value, made_up=tree.handles_made_up)
        await device.print(attribute_line(one, value, width), record)
    if (lost := device.lost()) is not None:
        raise BleError(lost)


async def compare_tree(device: Reached, before: Sequence[Node], *, refresh: bool = False) -> int:
    """Prints what differs from the table that was saved, and returns how much does."""
    tree = await device.tree(refresh=refresh)
    found = list(compare(before, map(node, attributes(tree))))
    for one in found:
        await device.print(line(one), difference_object(one))
    many = "1 attribute differs" if len(found) == 1 else f"{len(found)} attributes differ"
    device.here.say(f"{visible(tree.peer.address)}: {many}", tree_object(tree))
    return len(found)


async def read(device: Reached, names: Sequence[str], lens: Lens | None = None) -> None:
    for one in [await device.attribute(name) for name in names]:
        value = await _read(device, one)
        await device.print(value_line(one, value, lens), value_object(device.peer, one, value, lens))


async def write(device: Reached, name: str, value: bytes, *, response: bool | None) -> None:
    """`response` None: with one, unless the characteristic takes none."""
    one = await device.attribute(name)
    if response is None:
        takes = one.properties or Properties.WRITE
        response = bool(takes & Properties.WRITE) or not takes & Properties.WRITE_WITHOUT_RESPONSE
    how = "with response" if response else "without response"
    before = written_object(device.peer, one, value, response=response, before=True)
    device.here.say(f"write {one}: {preview(value)}, {how}", before)
    peer = device.peer
    await device.here.perform(Write(peer.address, peer.lane, handle=one.handle, value=value, response=response))
    if device.json:
        await device.print("", written_object(device.peer, one, value, response=response))


async def pair(device: Reached) -> None:
    await device.here.perform(Pair(device.peer.address, device.peer.lane))
    told, record = f"{visible(device.peer.address)}: paired", pairing_object(device.peer, paired=True)
    await device.print(told, record)


async def unpair(device: Reached) -> None:
    await device.here.perform(Unpair(device.peer.address, device.peer.lane))
    told, record = f"{visible(device.peer.address)}: no bond is left", pairing_object(device.peer, paired=False)
    await device.print(told, record)


def _readable(attribute: Attribute) -> bool:
    if attribute.properties is None:
        return attribute.kind == "descriptor"
    return bool(attribute.properties & Properties.READ)


async def _value(device: Reached, attribute: Attribute) -> bytes | Failure:
    try:
        return await _read(device, attribute)
    except BleError as failed:  # shown at its node
        return failed.failure


async def _read(device: Reached, attribute: Attribute) -> bytes:
    value = await device.here.perform(Read(device.peer.address, device.peer.lane, handle=attribute.handle))
    assert isinstance(value, bytes)
    return value
