"""Links: not heard, not made, lost, closed, in the wrong state, somebody else's."""

from bletui.errors.rules import Guide, Remedy, Rule, at_least, below, both, coded, during, either, known, said, unless
from bletui.kinds import ErrorKind

_PURE_SCAN = Remedy("Check the router's BLE settings: in Pure Scan Mode it connects to nothing")
_KEYS = Remedy(
    "Dropped right after every connect: an old bond? Delete it on both sides and pair again", action="bond.delete"
)

GUIDES = (
    Guide(
        ErrorKind.LINK_NOT_SEEN,
        "The radio listened for the device for as long as it was allowed to and never heard it.",
        (
            "it is off, asleep, out of range, or connected to a phone (then it does not advertise)",
            "its address type is not the one that was asked for (public, random)",
            "it advertises less often than the radio listened",
            "its address is a private one that has changed since",
        ),
        (
            Remedy("Make sure that {device} is on, awake and not connected to a phone"),
            Remedy("Look for it in the scan view: is it heard, how strong (RSSI)?", "scan.restart"),
            Remedy("Compare the address and its type (public, random) with the scan's"),
        ),
        (
            Rule(
                "a filter hides rows",
                known("filter"),
                Remedy("A filter ({filter}) hides devices: clear it and look again", "filter.clear"),
            ),
            Rule(
                "the address is a resolvable private one",
                known("address_sort", "resolvable"),
                Remedy("{address} is a private address and rotates: take the fresh one from the scan", "scan.restart"),
            ),
            Rule(
                "the router did not hear it and no random type was sent",
                both(said("device not scan", "device can not scan"), unless(known("address_type", "random"))),
                Remedy("Send the type that the scan shows: the router takes `public` unless told `random`"),
            ),
            Rule(
                "the router did not hear it",
                said("device not scan", "device can not scan"),
                Remedy("Give it longer: 10 s for a device that advertises each second, else 20 s"),
            ),
            Rule(
                "BlueZ has forgotten the device",
                either(
                    coded("bluez.dbus", "org.freedesktop.DBus.Error.UnknownObject"),
                    coded("bleak", "BleakDeviceNotFoundError", "BleakError"),
                ),
                Remedy("BlueZ dropped {device} from its cache: scan, and connect while the scan runs", "scan.restart"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_CONNECT_TIMEOUT,
        "The device was being connected to and did not answer within the time allowed.",
        (
            "it advertises slowly or went to sleep",
            "it is at the edge of the range",
            "another central holds it or it lets only known ones in",
        ),
        (
            Remedy("Try again with more time: slow advertisers need up to 20 s"),
            Remedy("Move closer to {device}, or use the radio that hears it best", "lane.list"),
            Remedy("Make sure that no other central (phone, gateway) holds the device"),
        ),
        (
            Rule(
                "BlueZ ran out of the caller's time",
                coded("bluez.dbus", "org.freedesktop.DBus.Error.NoReply"),
                Remedy("Cancel the attempt that still hangs, then retry", command="bluetoothctl disconnect {address}"),
            ),
            Rule(
                "a batch connect ran out of time",
                said("connect timeout"),
                Remedy("Raise per_dev_timeout of the batch: it bounds each device, waiting included"),
            ),
            Rule(
                "the limit was under 10 s",
                both(known("limit"), below("limit", 10)),
                Remedy("The limit was {limit} s: give it 20 s"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_CONNECT_FAILED,
        "The device answered and the link broke before it was usable.",
        (
            "the first packets were lost: weak signal or interference",
            "the device refuses the connection parameters or this central",
            "Wi-Fi or USB 3 beside the antenna",
        ),
        (
            Remedy("Try again at once: two or three attempts are normal"),
            Remedy("Keep Wi-Fi hotspots and USB 3 plugs away from the antenna"),
            Remedy("Move closer, or use the radio that hears it best", "lane.list"),
        ),
        (
            Rule(
                "a router said `connect failed`",
                said("connect failed"),
                Remedy("Let the router repeat by itself: fail_retry_times=3 in the connect call"),
            ),
            Rule(
                "the first packets were missed (HCI 0x3E)",
                coded("hci", "0x3e"),
                Remedy("Signal too weak in the first packets: move closer before trying again"),
            ),
            Rule(
                "the local stack gave up",
                said("le-connection-abort-by-local", "Software caused connection abort"),
                Remedy("Reduce interference: bleak has repeated this attempt already"),
            ),
            Rule(
                "Android said 133",
                coded("android", "133"),
                Remedy(
                    "After some 30 s nobody answered: is it on, near, not connected elsewhere? At once: switch the "
                    "phone's Bluetooth off and on"
                ),
            ),
            Rule(
                "a proxy's controller refused within 8 s",
                both(coded("esphome.connect"), below("elapsed", 8)),
                Remedy("The proxy's controller refused at once: it has no place; use another proxy", "lane.list"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_STATE_CONFLICT,
        "The call does not fit the state of the link: it is being made, being ended, or already as wanted.",
        (
            "another call for the same device is running, from here or from another client",
            "the device is already connected, paired or subscribed",
            "a router in Pure Scan Mode",
        ),
        (
            Remedy("Look at the link's state: it may already be what you want", "lane.list"),
            Remedy("Wait until the running call for {device} has ended, then repeat"),
            Remedy("Disconnect it, wait 2 s, connect again"),
        ),
        (
            Rule(
                "`incorrect mode`, and bletui has nothing running for this device",
                both(said("incorrect mode"), known("in_flight", "0")),
                _PURE_SCAN,
            ),
            Rule(
                "our own call for it is still running",
                at_least("in_flight", 1),
                Remedy("Wait until the running call for {device} has ended, then repeat"),
            ),
            Rule(
                "the device is still doing the previous procedure (ATT 0xFE)",
                coded("att", "0xfe"),
                Remedy("The device still does what it was told before: wait a second, then repeat"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_LOST,
        "The link was up and broke without anybody asking for it.",
        ("the device went out of range or lost power", "interference", "its firmware crashed or restarted"),
        (
            Remedy("Connect again, then subscribe again"),
            Remedy("Check distance, obstacles and battery; watch the RSSI while you move"),
            Remedy("If it repeats at one place, look for interference", "log.open"),
        ),
        (
            Rule(
                "nothing was heard for the whole supervision time",
                either(
                    coded("hci", "0x08"),
                    coded("bluez.disconnected-signal", "org.bluez.Reason.Timeout"),
                    both(coded("cassia.sse.connection-state"), said("operation timeout", "timeout")),
                ),
                Remedy("Silence until the link timed out: out of range, or the battery is empty"),
            ),
            Rule(
                "it broke during discovery",
                during("discover"),
                Remedy("Some devices drop slow centrals: connect again and discover without the cache"),
            ),
            Rule("it breaks within 5 s, again and again", both(below("elapsed", 5), at_least("attempt", 3)), _KEYS),
        ),
    ),
    Guide(
        ErrorKind.LINK_CLOSED_REMOTE,
        "The device ended the link itself.",
        (
            "its job was done or it was idle for too long: often normal",
            "it expects pairing or its own handshake right after the connect",
            "it serves one central at a time; low battery, power off",
        ),
        (
            Remedy("Often normal: connect again when you need it"),
            Remedy("If it happens right after each connect, pair first or do the handshake it expects"),
            Remedy("Make sure that no other central uses it"),
        ),
        (
            Rule(
                "the device said power off or low resources (HCI 0x15, 0x14)",
                coded("hci", "0x14", "0x15"),
                Remedy("The device is out of power or memory: charge or restart it"),
            ),
            Rule(
                "it closed within 5 s of the connect",
                below("elapsed", 5),
                Remedy("It closed at once: pair first, or do the handshake it expects"),
            ),
            Rule(
                "a write came just before",
                both(during("write"), below("since_write", 30)),
                Remedy("The write itself may have done it (reset, firmware update): wait until it advertises again"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_NOT_CONNECTED,
        "The call needs a connected device, and on this radio it is not connected.",
        ("it was never connected here", "the link has dropped since", "another router holds it", "a mistyped address"),
        (
            Remedy("Connect {device} first, then repeat the call"),
            Remedy("See in the log when and why it was disconnected", "log.open"),
            Remedy("See which radio holds it", "lane.list"),
        ),
        (
            Rule(
                "the address was typed",
                known("typed"),
                Remedy("Check {address} for a typo: a router answers the same for an address it never met"),
            ),
            Rule(
                "it was connected a moment ago",
                known("was_connected"),
                Remedy("The link has dropped: see when and why", "log.open"),
            ),
        ),
    ),
    Guide(
        ErrorKind.LINK_NOT_OURS,
        "The link was opened by somebody else, and this call would end or change it.",
        ("another program or client opened it", "bletui opened it before a crash and no longer knows it as its own"),
        (
            Remedy("See who holds the link to {device}", "lane.list"),
            Remedy("Adopt it: it is then yours to use and to release"),
            Remedy("Wait until its owner has finished"),
        ),
        (
            Rule(
                "the journal knows it from an earlier run",
                known("journal"),
                Remedy("An earlier run of bletui opened it: adopt it, then release it"),
            ),
        ),
    ),
)
