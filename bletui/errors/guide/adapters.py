"""The local adapter and the radio chip: missing, off, denied, failing, busy, full."""

from bletui.errors.rules import (
    Guide,
    Remedy,
    Rule,
    at_least,
    below,
    both,
    coded,
    during,
    either,
    known,
    mentions,
    said,
    unless,
)
from bletui.kinds import ErrorKind

_ROUTER_CHIP = Remedy("Use the router's other chip; this was chip {chip}", "lane.list")
_LESS = (
    Remedy("Send it to another disk, or to a pipe"),
    Remedy("Print less: --filter, --count or --duration"),
)
_OTHER_CLIENT = Remedy("Another client works with this radio: see who is connected through it", "lane.list")

GUIDES = (
    Guide(
        ErrorKind.ADAPTER_MISSING,
        "bletui asked the operating system for a Bluetooth adapter and there is none it can use: no radio, no "
        "Bluetooth service, or no way to reach that service.",
        (
            "no radio is built in or plugged in, or its driver is not loaded",
            "bluetoothd is not installed or not running (it does not start where there is no radio)",
            "inside a container the system bus is not mounted",
            "the adapter's name was typed wrong",
        ),
        (
            Remedy("See whether a radio exists", command="ls /sys/class/bluetooth"),
            Remedy("Start the Bluetooth service", command="sudo systemctl start bluetooth"),
            Remedy("Work through a Cassia router instead", command="bletui cassia://{host}"),
            Remedy("Look around in the simulator meanwhile", "target.open-simulator"),
        ),
        (
            Rule(
                "this runs in a container",
                known("container"),
                Remedy("Give {container} the system bus of its host", command="docker run -v /run/dbus:/run/dbus …"),
            ),
            Rule(
                "the bus socket is missing or dead",
                either(
                    coded(
                        "bleak", "FileNotFoundError", "ConnectionRefusedError", "dbus_fast.errors.InvalidAddressError"
                    ),
                    known("rung", "bus socket"),
                ),
                Remedy("D-Bus itself is not running here: start it", command="sudo systemctl start dbus"),
            ),
            Rule(
                "org.bluez has no owner on the bus",
                either(
                    coded(
                        "bluez.dbus",
                        "org.freedesktop.DBus.Error.ServiceUnknown",
                        "org.freedesktop.DBus.Error.NameHasNoOwner",
                        "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
                        "org.freedesktop.DBus.Error.Spawn.ExecFailed",
                        "org.freedesktop.systemd1.NoSuchUnit",
                    ),
                    known("rung", "org.bluez"),
                ),
                Remedy("bluetoothd is not running; if it is not installed:", command="sudo apt install bluez"),
            ),
            Rule(
                "the service is masked",
                coded("bluez.dbus", "org.freedesktop.systemd1.Masked"),
                Remedy("Somebody masked the Bluetooth service", command="sudo systemctl unmask --now bluetooth"),
            ),
            Rule(
                "the adapter cannot be a central",
                either(
                    coded("bleak", "BleakBluetoothNotAvailableError/NO_BLE_CENTRAL_ROLE"),
                    coded("bluez.adapter", "Roles"),
                ),
                Remedy("This adapter speaks classic Bluetooth only: plug in a Bluetooth LE dongle"),
            ),
            Rule(
                "an adapter was named that is not there",
                either(both(coded("bleak"), mentions("adapter '")), mentions("there is no adapter ")),
                Remedy("List the adapters and their names", command="bluetoothctl list"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ADAPTER_OFF,
        "The adapter exists and is switched off or blocked, so it neither hears nor sends.",
        (
            "it was switched off in a settings window, by a key or by a power-saving tool",
            "rfkill blocks it: softly (by a program) or hard (by a switch)",
            "it is still starting",
        ),
        (
            Remedy("Lift the block", command="sudo rfkill unblock bluetooth"),
            Remedy("Switch the adapter on", command="bluetoothctl power on"),
            Remedy("Look for a hardware switch, a flight-mode key or a BIOS setting", command="rfkill list bluetooth"),
        ),
        (
            Rule(
                "rfkill says hard blocked",
                known("rfkill", "hard"),
                Remedy("A switch, key or BIOS setting blocks {adapter}; no command can lift it"),
            ),
            Rule(
                "rfkill says it is not blocked",
                known("rfkill", "none"),
                Remedy("Switch the adapter on", command="bluetoothctl power on"),
            ),
            Rule(
                "the system is macOS or Windows",
                either(known("system", "macos", "windows"), coded("winrt")),
                Remedy("Switch Bluetooth on in the system's settings"),
            ),
            Rule(
                "it went off while scanning",
                both(during("scan"), known("was_on")),
                Remedy("It went off by itself: look for power saving (TLP, USB autosuspend) or another program"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ADAPTER_DENIED,
        "The adapter is there; this user or this program may not use it.",
        (
            "a D-Bus policy admits one group only and this user is not in it",
            "a container, sandbox or user namespace changes who this program appears to be",
            "a privacy setting (macOS, Windows) does not list the terminal",
        ),
        (
            Remedy("Let bletui find out what refuses: policy, container or privacy", "doctor.run"),
            Remedy("Run it as a user who may; groups count after a new login only", command="id -nG"),
            Remedy("macOS: allow the terminal under System Settings > Privacy & Security > Bluetooth"),
        ),
        (
            Rule(
                "the policy file admits a group only",
                both(known("policy", "restricted"), unless(known("ssh"))),
                Remedy("Join the group, then log in anew", command="sudo usermod -aG {group} $USER"),
            ),
            Rule(
                "the policy file admits a group only, and this is SSH",
                both(known("policy", "restricted"), known("ssh")),
                Remedy(
                    "Join the group, then close this SSH session and connect again",
                    command="sudo usermod -aG {group} $USER",
                ),
            ),
            Rule(
                "the bus turned this user away while connecting",
                coded(
                    "bleak",
                    "ConnectionResetError",
                    "dbus_fast.errors.AuthError",
                    "BleakBluetoothNotAvailableError/DENIED_BY_SYSTEM",
                ),
                Remedy(
                    "The bus does not know this uid (user namespace?): name the one it expects",
                    command="BLEAK_DBUS_AUTH_UID=$(id -u) bletui",
                ),
            ),
            Rule(
                "a socket of the controller was refused",
                either(coded("bleak", "PermissionError"), coded("bluez.mgmt", "0x14")),
                Remedy("Raw access to the controller needs CAP_NET_ADMIN and CAP_NET_RAW; BlueZ over D-Bus does not"),
            ),
            Rule(
                "the user or an administrator said no",
                coded(
                    "bleak",
                    "BleakBluetoothNotAvailableError/DENIED_BY_USER",
                    "BleakBluetoothNotAvailableError/DENIED_BY_UNKNOWN",
                ),
                Remedy("Answer the system's privacy prompt, or have the device policy changed"),
            ),
            Rule(
                "Windows refused one attribute",
                coded("winrt", "GattCommunicationStatus.ACCESS_DENIED"),
                Remedy("Windows keeps this service for itself (HID and the like): nothing to change here"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ADAPTER_FAULT,
        "The chip, its driver or the service in front of it did not take or did not finish a command.",
        (
            "it has only just started",
            "its firmware or driver is stuck",
            "USB: a weak port, a USB 3 neighbour, a clone of a known chip",
            "bluetoothd or the bus was restarted under this program",
        ),
        (
            Remedy("Wait a few seconds and try once more", "stream.retry-now"),
            Remedy("Restart it: router by its web page, local adapter by", command="sudo systemctl restart bluetooth"),
            Remedy("If it comes back, read what the kernel says of it", command="dmesg | grep -i bluetooth"),
        ),
        (
            Rule(
                "bluetoothd or the bus went away",
                coded("bleak", "EOFError", "BrokenPipeError", "BleakBluetoothNotAvailableError/UNKNOWN"),
                Remedy("bluetoothd or D-Bus was restarted: open the radio again", "radio.reopen"),
            ),
            Rule("a router's chip was named", both(said("chip is not ready"), known("chip")), _ROUTER_CHIP),
            Rule(
                "the router has been up for less than two minutes",
                both(said("chip is not ready"), below("uptime", 120)),
                Remedy("The router is still starting: wait until it has been up for two minutes"),
            ),
            Rule(
                "the adapter is a USB dongle",
                known("bus", "usb"),
                Remedy("Re-plug the dongle, on an extension cable away from USB 3 ports"),
            ),
        ),
    ),
    Guide(
        ErrorKind.BUSY_CHIP,
        "The chip does one connect, pair or scan at a time, and one is running.",
        (
            "another call of bletui runs; this one waits its turn",
            "another client of the router (controller, phone, script) or another local program uses the chip",
            "a scan that nobody stopped",
        ),
        (
            Remedy("Nothing to fix: it waits behind {behind} and runs next"),
            _OTHER_CLIENT,
            Remedy("Use the other chip or another radio for this device", "lane.list"),
        ),
        (
            Rule(
                "bletui has nothing running there",
                both(said("chip is busy", "chip busy"), known("in_flight", "0")),
                _OTHER_CLIENT,
            ),
            Rule(
                "another program scans",
                both(coded("bluez.dbus"), during("scan")),
                Remedy(
                    "Another program scans on {adapter}, or its scan is stuck: switch the adapter off and on",
                    command="bluetoothctl power off; bluetoothctl power on",
                ),
            ),
        ),
    ),
    Guide(
        ErrorKind.BUSY_CAPACITY,
        "Something with a fixed number of places is full: links, pairings, streams, buffers, memory, files, a disk.",
        (
            "too many devices are connected or being paired through this chip",
            "too many event streams are open on the router (20 to 30 is its limit)",
            "this program has opened too many connections or files",
        ),
        (
            Remedy("Disconnect devices you do not need", "lane.list"),
            Remedy("Close other clients' event streams: a router serves 20 to 30"),
            Remedy("Spread the devices over another router or chip; restart this one if it stays full"),
        ),
        (
            Rule(
                "it happened while pairing, with few links",
                both(said("no resources"), either(during("pair"), below("slots_used", 4))),
                Remedy("The chip keeps pairing data for 10 s: wait 10 s, then pair again"),
            ),
            Rule(
                "the links use every slot",
                at_least("slots_used", 8),
                Remedy("Every slot is taken: disconnect a device here", "lane.list"),
            ),
            Rule(
                "the chip is out of memory",
                said("memory alloc error"),
                Remedy("Restart the router: its chip ran out of memory"),
            ),
            Rule(
                "the server names a time",
                known("retry_after"),
                Remedy("The server asks to wait {waited}; bletui does"),
            ),
            Rule(
                "bletui's own connections are all in use",
                coded("httpx", "PoolTimeout"),
                Remedy("All of bletui's own connections to {host} are in use: close a stream or a second console"),
            ),
            Rule(
                "this process has no file left",
                coded("os", "EMFILE", "ENFILE"),
                Remedy("Too many files are open here: raise the limit", command="ulimit -n 4096"),
            ),
            Rule(
                "the disk behind stdout is full",
                both(during("print"), coded("os", "ENOSPC", "EDQUOT")),
                Remedy("The disk that stdout goes to is full: see which, and make room", command="df -h"),
                _LESS,
            ),
            Rule(
                "the file behind stdout is as large as it may be",
                both(during("print"), coded("os", "EFBIG")),
                Remedy("The file that stdout goes to may not grow: raise the limit", command="ulimit -f unlimited"),
                _LESS,
            ),
            Rule(
                "the disk that a bridge keeps its files on is full",
                both(during("keep"), coded("os", "ENOSPC", "EDQUOT", "EFBIG")),
                Remedy("The disk is full: see which, and make room", command="df -h"),
                (Remedy("Or keep them on another disk: XDG_STATE_HOME names the folder"),),
            ),
            Rule(
                "another bridge has the socket or the adapter",
                both(coded("bletui.bridge"), mentions("listens there already", "served by another bridge already")),
                Remedy("Use the bridge that has it", command="bletui bridge:"),
                (Remedy("Or end that one first", command="bletui bridge stop"),),
            ),
            Rule(
                "another bridge has this name and target",
                both(coded("bletui.bridge"), mentions("of this --name")),
                Remedy("Give this one a --name of its own, or end the other", command="bletui bridge stop"),
                (Remedy("Or use the bridge that runs", command="bletui bridge:"),),
            ),
            Rule(
                "a bridge has all the clients that it takes",
                both(coded("bletui.bridge"), mentions("clients are here already")),
                Remedy("The bridge is full: see who is there", command="bletui bridge clients"),
                (Remedy("Or raise `clients` under [bridge] in its configuration, and reload it"),),
            ),
            Rule(
                "a bridge's seat is taken",
                both(coded("bletui.bridge"), mentions("take it over")),
                Remedy("Ask who sits there; or take the seat over, with ?take=over behind the target"),
                (Remedy("Or take another seat: leave ?take=exactly away"),),
            ),
            Rule(
                "a proxy has no slot",
                either(coded("esphome.connect"), coded("bleak_retry_connector", "BleakOutOfConnectionSlotsError")),
                Remedy("The proxy's connection slots are taken: add a proxy near the device"),
            ),
        ),
    ),
)
