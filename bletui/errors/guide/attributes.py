"""Attributes: not there, not allowed, refused values, no answer."""

from bletui.errors.rules import Guide, Remedy, Rule, at_least, both, coded, either, known, mentions, said
from bletui.kinds import ErrorKind

GUIDES = (
    Guide(
        ErrorKind.GATT_NOT_FOUND,
        "The device has no service, characteristic, descriptor or handle like the one asked for.",
        (
            "the attribute table is a cached one from other firmware",
            "a UUID or handle of another model",
            "the device shows some services only after pairing",
        ),
        (
            Remedy("Discover the services again, past the cache"),
            Remedy("Compare {uuid} with the tree that is shown"),
            Remedy("Check the device's model and firmware version"),
        ),
        (
            Rule(
                "a router said so",
                said("service not found"),
                Remedy("Connect with discovergatt=0: the router then reads the table from the device"),
            ),
            Rule(
                "BlueZ holds the table",
                either(coded("bleak", "KeyError", "BleakCharacteristicNotFoundError"), coded("bluez.dbus")),
                Remedy("Let BlueZ forget the device and its table", command="bluetoothctl remove {address}"),
            ),
            Rule(
                "the device says that its table has changed (ATT 0x12)",
                coded("att", "0x12"),
                Remedy("The device's table has changed: discover again, then repeat"),
            ),
        ),
    ),
    Guide(
        ErrorKind.GATT_NOT_PERMITTED,
        "The attribute exists and does not offer this kind of access.",
        (
            "its properties do not include read, write or notify",
            "another program has taken it for itself",
            "some devices show properties only after pairing",
        ),
        (
            Remedy("Look at its properties (r w W n i) and use one that it offers"),
            Remedy("Pair first, if the device hides properties until then"),
            Remedy("Check that {uuid} is the characteristic you mean"),
        ),
        (
            Rule(
                "the subscription's descriptor was written by hand",
                mentions("CCCD"),
                Remedy("Subscribe instead of writing the 0x2902 descriptor yourself"),
            ),
            Rule(
                "another program has acquired it",
                said("Write acquired", "Notify acquired"),
                Remedy("Another program holds this characteristic: end it there"),
            ),
            Rule(
                "it offers neither notify nor indicate",
                either(
                    coded("bluez.dbus", "org.bluez.Error.NotSupported"),
                    mentions("does not support notifications"),
                    mentions("notify or indicate"),
                ),
                Remedy("It offers no notifications: read it from time to time"),
            ),
        ),
    ),
    Guide(
        ErrorKind.GATT_INVALID_VALUE,
        "The device got the value and does not accept it, its length or its offset.",
        ("too long or too short", "a value out of the range its maker defined", "a part of a long write went missing"),
        (
            Remedy("Check the length: at most MTU - 3 bytes in one write, 512 in all"),
            Remedy("Check the range and the byte order in the device's manual"),
            Remedy("Read the present value and compare its length and form"),
        ),
        (
            Rule(
                "the length is wrong (ATT 0x0D)",
                either(coded("att", "0x0d"), said("Invalid Length")),
                Remedy("The device wants another length: read the present value and use its length"),
            ),
            Rule(
                "the value is out of range (ATT 0x13, 0xFF)",
                coded("att", "0x13", "0xff"),
                Remedy("Check the range and the byte order in the device's manual"),
            ),
            Rule(
                "the device's queue is full (ATT 0x09)",
                coded("att", "0x09"),
                Remedy("Write in smaller parts: the device's queue for long writes is full"),
            ),
        ),
    ),
    Guide(
        ErrorKind.GATT_TIMEOUT,
        "The link stands and the device did not answer a request.",
        ("weak link", "busy or crashed firmware", "it waits for pairing that nobody answers"),
        (
            Remedy("Check the signal, then repeat once"),
            Remedy("Disconnect and connect again: after 30 s of silence ATT forbids further requests"),
            Remedy("Send less at a time: the device may be busy"),
        ),
        (
            Rule(
                "the silence lasted 30 s",
                at_least("elapsed", 30),
                Remedy("Disconnect and connect again: after 30 s of silence ATT forbids further requests"),
            ),
            Rule(
                "no agent is registered and nothing is paired",
                both(known("agent", "none"), known("bonded", "no")),
                Remedy("Pair first: without an agent a read that needs pairing hangs"),
            ),
        ),
    ),
)
