"""A failure for each rule about the local adapter, the radio chip and what is in use."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.ADAPTER_MISSING, "this runs in a container", {"container": "docker"}),
    case(K.ADAPTER_MISSING, "the bus socket is missing or dead", source="bleak", code="FileNotFoundError"),
    case(
        K.ADAPTER_MISSING,
        "org.bluez has no owner on the bus",
        source="bluez.dbus",
        code="org.freedesktop.DBus.Error.ServiceUnknown",
    ),
    case(K.ADAPTER_MISSING, "the service is masked", source="bluez.dbus", code="org.freedesktop.systemd1.Masked"),
    case(
        K.ADAPTER_MISSING,
        "the adapter cannot be a central",
        source="bleak",
        code="BleakBluetoothNotAvailableError/NO_BLE_CENTRAL_ROLE",
    ),
    case(
        K.ADAPTER_MISSING,
        "an adapter was named that is not there",
        source="bleak",
        code="BleakError",
        message="adapter 'hci9' not found",
    ),
    case(K.ADAPTER_OFF, "rfkill says hard blocked", {"rfkill": "hard"}),
    case(K.ADAPTER_OFF, "rfkill says it is not blocked", {"rfkill": "none"}),
    case(K.ADAPTER_OFF, "the system is macOS or Windows", {"system": "macos"}),
    case(K.ADAPTER_OFF, "it went off while scanning", {"was_on": "yes"}, operation="scan"),
    case(K.ADAPTER_DENIED, "the policy file admits a group only", {"policy": "restricted"}),
    case(
        K.ADAPTER_DENIED,
        "the policy file admits a group only, and this is SSH",
        {"policy": "restricted", "ssh": "yes"},
    ),
    case(
        K.ADAPTER_DENIED,
        "the bus turned this user away while connecting",
        source="bleak",
        code="ConnectionResetError",
    ),
    case(K.ADAPTER_DENIED, "a socket of the controller was refused", source="bluez.mgmt", code="0x14"),
    case(
        K.ADAPTER_DENIED,
        "the user or an administrator said no",
        source="bleak",
        code="BleakBluetoothNotAvailableError/DENIED_BY_USER",
    ),
    case(
        K.ADAPTER_DENIED,
        "Windows refused one attribute",
        source="winrt",
        code="GattCommunicationStatus.ACCESS_DENIED",
    ),
    case(K.ADAPTER_FAULT, "bluetoothd or the bus went away", source="bleak", code="EOFError"),
    case(K.ADAPTER_FAULT, "a router's chip was named", {"chip": "1"}, message="chip is not ready"),
    case(
        K.ADAPTER_FAULT,
        "the router has been up for less than two minutes",
        {"uptime": "40"},
        message="chip is not ready",
    ),
    case(K.ADAPTER_FAULT, "the adapter is a USB dongle", {"bus": "usb"}),
    case(K.BUSY_CHIP, "bletui has nothing running there", {"in_flight": "0"}, message="chip is busy"),
    case(K.BUSY_CHIP, "another program scans", source="bluez.dbus", operation="scan"),
    case(K.BUSY_CAPACITY, "it happened while pairing, with few links", message="no resources", operation="pair"),
    case(K.BUSY_CAPACITY, "the links use every slot", {"slots_used": "8"}),
    case(K.BUSY_CAPACITY, "the chip is out of memory", message="memory alloc error"),
    case(K.BUSY_CAPACITY, "the server names a time", retry_after=7.0),
    case(K.BUSY_CAPACITY, "bletui's own connections are all in use", source="httpx", code="PoolTimeout"),
    case(K.BUSY_CAPACITY, "this process has no file left", source="os", code="EMFILE"),
    case(K.BUSY_CAPACITY, "the disk behind stdout is full", source="os", code="ENOSPC", operation="print"),
    case(
        K.BUSY_CAPACITY,
        "the file behind stdout is as large as it may be",
        source="os",
        code="EFBIG",
        operation="print",
    ),
    case(
        K.BUSY_CAPACITY,
        "the disk that a bridge keeps its files on is full",
        source="os",
        code="ENOSPC",
        operation="keep",
    ),
    case(
        K.BUSY_CAPACITY,
        "another bridge has the socket or the adapter",
        source="bletui.bridge",
        detail="/run/bletui/bridge.sock.lock: a bridge listens there already (process 7)",
    ),
    case(
        K.BUSY_CAPACITY,
        "another bridge has this name and target",
        source="bletui.bridge",
        detail="desk.local.links.lock: a bridge of this --name keeps its links there already (process 7)",
    ),
    case(
        K.BUSY_CAPACITY,
        "a bridge has all the clients that it takes",
        source="bletui.bridge",
        detail="128 clients are here already",
    ),
    case(
        K.BUSY_CAPACITY,
        "a bridge's seat is taken",
        source="bletui.bridge",
        detail="console is taken by bletui 0.1.0; ask them, or take it over",
    ),
    case(K.BUSY_CAPACITY, "a proxy has no slot", source="esphome.connect"),
)
