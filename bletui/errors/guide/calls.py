"""Calls as such: wrong, cancelled, not possible here, and what nobody has explained yet."""

from bletui.errors.rules import Guide, Remedy, Rule, both, coded, during, either, known, mentions, said, unless
from bletui.kinds import ErrorKind

_REPORT = Remedy("Report it with the words above, so that it can be given a kind of its own")

GUIDES = (
    Guide(
        ErrorKind.REQUEST_INVALID,
        "The request cannot work as it was written; nothing was sent to a device.",
        (
            "a mistyped address, UUID, handle or number",
            "a value of the wrong length or form",
            "a parameter that this radio does not know",
        ),
        (
            Remedy("Correct what the detail above names"),
            Remedy("An address looks like CC:1B:E0:E0:01:02"),
            Remedy("Hex has an even number of digits; handles and chips are numbers"),
        ),
        (
            Rule(
                "another client came to the broker under the same name (0x8E)",
                coded("mqtt", "0x8e"),
                Remedy("Another client uses this client id: give each publisher its own with ?id=NAME"),
            ),
            Rule(
                "the broker takes no such client id (0x85)",
                coded("mqtt", "0x85"),
                Remedy("Write ?id=NAME with a client id that this broker allows"),
            ),
            Rule(
                "a router said `parameter invalid`",
                said("parameter invalid"),
                Remedy("Check for the router: chip 0 or 1, address with colons, even hex, time limit 200 to 20000 ms"),
            ),
            Rule(
                "an access controller does not know the router",
                either(said("router's mac is invalid", "invalid aps"), mentions("router=")),
                Remedy("Check router= in the target: the access controller at {host} lists the routers that it has"),
                (
                    Remedy("A router's address stands on its label and looks like CC:1B:E0:00:00:01"),
                    Remedy("Leave router= out to have all of them"),
                ),
            ),
            Rule(
                "the URL has no scheme",
                coded("httpx", "UnsupportedProtocol"),
                Remedy("Write the scheme: cassia://{host}"),
            ),
            Rule("the port is out of range", mentions("port must be"), Remedy("A port is a number from 1 to 65535")),
            Rule(
                "a named file is not there",
                both(coded("os", "ENOENT", "EACCES", "EISDIR"), unless(during("keep", "listen", "print"))),
                Remedy("Check the path of the file that the target names"),
            ),
            Rule(
                "a bridge can't keep its files or its socket there",
                both(during("keep"), coded("os", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EISDIR", "EEXIST")),
                Remedy("Name a folder that this user may write to: XDG_STATE_HOME, XDG_RUNTIME_DIR or --socket"),
                (Remedy("Or see whose the named one is, and what it is: ls -ld, then chown, chmod or mkdir"),),
            ),
            Rule(
                "another program listens on the address",
                both(during("listen"), coded("os", "EADDRINUSE")),
                Remedy(
                    "Another program listens on port {port} of {host}: see which", command="ss -ltnp sport = :{port}"
                ),
                (
                    Remedy("End that program, or choose another port"),
                    Remedy("Port 0 takes one that is free; bletui says which"),
                ),
            ),
            Rule(
                "the address to listen on is not this machine's",
                both(during("listen"), coded("os", "EADDRNOTAVAIL")),
                Remedy("{host} is no address of this machine: see which it has", command="ip -brief address"),
                (
                    Remedy("127.0.0.1 serves this machine alone and needs nothing more"),
                    Remedy("0.0.0.0 serves every network it is on, with TLS and a token"),
                ),
            ),
            Rule(
                "only root may listen on the port",
                both(during("listen"), coded("os", "EACCES")),
                Remedy("Ports below 1024 are root's: choose a higher one instead of {port}"),
                (
                    Remedy(
                        "Or have this machine give the port to everybody",
                        command="sudo sysctl net.ipv4.ip_unprivileged_port_start={port}",
                    ),
                    Remedy("Or leave the port to a web server that passes requests on"),
                ),
            ),
            Rule(
                "stdout can't be written to",
                during("print"),
                Remedy("stdout is closed or broken here: send it where it can be written"),
                (
                    Remedy("A shell closes it with >&- : leave that out"),
                    Remedy("To see nothing, send it to /dev/null"),
                ),
            ),
        ),
    ),
    Guide(
        ErrorKind.OP_CANCELLED,
        "It was stopped on purpose, by you, by bletui or by another client.",
        ("you cancelled or disconnected", "another client of the router ended the link", "the machine went to sleep"),
        (
            Remedy("Nothing to do"),
            Remedy("Connect or start again if you want it back"),
            Remedy("If it was not you, see who else works with this radio", "lane.list"),
        ),
        (
            Rule(
                "the router says that somebody asked, and it was not bletui",
                both(said("host disconnect"), unless(known("we_disconnected"))),
                Remedy("Another client or the controller ended the link: see who works with this radio", "lane.list"),
            ),
            Rule(
                "the machine was suspended",
                coded("bluez.disconnected-signal", "org.bluez.Reason.Suspend"),
                Remedy("This machine went to sleep: connect again"),
            ),
            Rule(
                "the reader of stdout has gone",
                during("print"),
                Remedy("What read stdout has ended (head, a pager that was quit)"),
                (Remedy("If it should have gone on reading, see why it ended"),),
            ),
        ),
    ),
    Guide(
        ErrorKind.OP_UNSUPPORTED,
        "This radio, firmware, system or device cannot do what was asked.",
        (
            "a feature of newer firmware or BlueZ",
            "the operating system does it by itself or not at all",
            "the device does not implement it",
        ),
        (
            Remedy("Use another radio that can do it", "lane.list"),
            Remedy("Update the router's firmware, BlueZ or the system"),
            Remedy("Find another way to the same end"),
        ),
        (
            Rule(
                "the broker speaks an older MQTT (0x84)",
                coded("mqtt", "0x84"),
                Remedy("The broker does not know MQTT 5: write ?protocol=3.1.1"),
            ),
            Rule(
                "the bypass protocol is not known",
                said("type not supported"),
                Remedy("Choose a bypass protocol that this firmware knows, or use the event stream instead"),
            ),
            Rule(
                "macOS pairs by itself",
                mentions("core bluetooth"),
                Remedy("macOS pairs by itself when an attribute needs it: read that attribute"),
            ),
            Rule(
                "passive scan on BlueZ",
                mentions("passive scan"),
                Remedy(
                    "Passive scanning needs BlueZ 5.56 with experimental features",
                    command="sudo systemctl edit bluetooth  # ExecStart= … bluetoothd --experimental",
                ),
            ),
            Rule(
                "the device's protocol is newer",
                coded("tuya.appsdk", "12004"),
                Remedy("Update the app or SDK: the device speaks a newer protocol"),
            ),
            Rule(
                "the device does not pair",
                coded("smp", "0x05"),
                Remedy("The device does not pair: use it without, or look for its own way of access"),
            ),
            Rule(
                "BlueZ is too old", mentions("requires bluez"), Remedy("Update BlueZ", command="bluetoothctl --version")
            ),
            Rule(
                "a package is missing",
                either(known("package"), coded("bleak", "ImportError"), coded("python", "ImportError")),
                Remedy("Install the package that is missing", command="pip install {package}"),
                (
                    Remedy("In a tool's own environment (pipx, uv) or without a network, see docs/install.md"),
                    Remedy("Do without it: everything else works as it is"),
                ),
            ),
        ),
    ),
    Guide(
        ErrorKind.INTERNAL_BUG,
        "bletui or a plug-in did something it should never do. Your data and devices are as they were.",
        ("a mistake in bletui or in a plug-in",),
        (
            Remedy("Report it with the crash report that the detail names"),
            Remedy("Open the radio again", "radio.reopen"),
            Remedy("If it names a plug-in: start without it"),
        ),
        (
            Rule(
                "it happened in a plug-in",
                known("plugin"),
                Remedy("Report it to the makers of {plugin}, and start without it meanwhile"),
            ),
            Rule(
                "a link had just dropped",
                both(coded("bleak", "AssertionError"), during("read", "write", "subscribe", "discover", "disconnect")),
                Remedy("Connect again: bleak stumbles when a link drops in mid call"),
            ),
        ),
    ),
    Guide(
        ErrorKind.OTHER_UNSPECIFIED,
        "The source gave no reason, or words that bletui does not know. They are kept as they came.",
        ("the far side has no name for it", "firmware or a library newer than bletui's tables"),
        (
            Remedy("Repeat it once; if it comes back, look at the log around it", "log.open"),
            _REPORT,
            Remedy("Restart what said it: the router, the adapter or the device"),
        ),
        (
            Rule(
                "a router said `failure`",
                said("failure"),
                Remedy("The router names no reason: repeat once, then read its own log in its web page"),
            ),
            Rule(
                "a server sent a page",
                either(known("page"), mentions("<html")),
                Remedy("A proxy or web server answered instead of the router: check {host}", "doctor.run"),
            ),
        ),
    ),
)
