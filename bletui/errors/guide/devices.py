"""Devices behind gateways and clouds, their commands, and data that does not add up."""

from bletui.errors.rules import Guide, Remedy, Rule, at_least, coded, during, either, known, mentions, said
from bletui.kinds import ErrorKind

_LAN = Remedy("Be in the device's own network: same subnet, no client isolation, UDP 6666 and 6667 open")

GUIDES = (
    Guide(
        ErrorKind.DEVICE_OFFLINE,
        "The gateway or cloud knows the device and cannot reach it now.",
        ("no power", "its network or its gateway is down", "it is out of its gateway's range"),
        (
            Remedy("Check the device's power and its own network (Wi-Fi, gateway)"),
            Remedy("Check that its gateway is online and near enough"),
            Remedy("Wait until it reports itself online, then repeat"),
        ),
        (
            Rule("it is offline in the local network (10201)", coded("tuya.appsdk", "10201"), _LAN),
            Rule(
                "it is offline in the cloud (10202)",
                coded("tuya.appsdk", "10202"),
                Remedy("Check the site's internet, then the vendor's status page"),
            ),
        ),
    ),
    Guide(
        ErrorKind.DEVICE_REMOVED,
        "The device is no longer registered, bound or known there.",
        ("somebody removed it", "it was added to another account or gateway"),
        (
            Remedy("Load the device list again"),
            Remedy("Add or pair the device again"),
            Remedy("Check whether it was moved to another account or gateway"),
        ),
        (
            Rule("removing it was what you wanted", during("unpair"), Remedy("Nothing to do: it is gone already")),
            Rule(
                "the vendor's cloud says removed (11002)",
                coded("tuya.appsdk", "11002"),
                Remedy("Another user of the account removed it: ask them, or add it again"),
            ),
        ),
    ),
    Guide(
        ErrorKind.DEVICE_COMMAND_FAILED,
        "The device got the request and refused it or failed at it.",
        (
            "an error that its maker defined for this characteristic",
            "a precondition: state, battery, order of writes",
            "a fault in its firmware",
        ),
        (
            Remedy("Look the code up in the device's own manual, under {uuid}"),
            Remedy("Check what must come first: state, mode, battery, order of writes"),
            Remedy("Repeat once, then restart the device"),
        ),
        (
            Rule(
                "it says `unlikely error` (ATT 0x0E)",
                either(coded("att", "0x0e"), coded("esphome.gatt", "14")),
                Remedy("Repeat once: many devices answer 0x0E for a moment's trouble"),
            ),
            Rule(
                "subscribing is missing (ATT 0xFD)",
                either(coded("att", "0xfd"), coded("esphome.gatt", "253")),
                Remedy("Subscribe to the answer's characteristic first"),
            ),
            Rule(
                "it was a firmware update",
                either(during("ota"), coded("tuya.appsdk", "1102")),
                Remedy("Keep the device powered and near, charge it above half, then update again"),
            ),
            Rule(
                "sending the command failed (11005)",
                coded("tuya.appsdk", "11005"),
                Remedy("Check that the device is online, then the data point's id and type"),
            ),
        ),
    ),
    Guide(
        ErrorKind.PROVISION_FAILED,
        "Adding the device to a network or an account did not finish.",
        (
            "not in pairing mode, or too far away",
            "wrong Wi-Fi name or password, or 5 GHz only",
            "a token that has expired",
        ),
        (
            Remedy("Put the device into pairing mode beside the phone or gateway, and start again"),
            Remedy("Check Wi-Fi name, password and 2.4 GHz, and the site's internet"),
            Remedy("Fetch a fresh token and use it at once"),
        ),
        (
            Rule(
                "the phone's network failed (1001)",
                coded("tuya.appsdk", "1001"),
                Remedy("Stay on the site's Wi-Fi (2.4 GHz) while adding"),
            ),
            Rule(
                "binding to the gateway failed (1002, 1003)",
                coded("tuya.appsdk", "1002", "1003"),
                Remedy("Is the gateway online? Remove the device from any other account, then start again"),
            ),
            Rule("no token (1004)", coded("tuya.appsdk", "1004"), Remedy("Fetch a fresh token and use it at once")),
            Rule(
                "it never came online (1005)",
                coded("tuya.appsdk", "1005"),
                Remedy("Type the Wi-Fi password again and move the device to the access point"),
            ),
            Rule(
                "several were added (1007)",
                coded("tuya.appsdk", "1007"),
                Remedy("Read the list of those that failed and add them one at a time"),
            ),
        ),
    ),
    Guide(
        ErrorKind.DATA_MALFORMED,
        "Something was received that is not what was due here.",
        (
            "a login page, captive portal or proxy answered",
            "the answer was cut off",
            "other firmware, another protocol",
        ),
        (
            Remedy("Repeat once: it may have been cut off", "stream.retry-now"),
            Remedy("Check that {host} is the router and not a portal or proxy", "doctor.run"),
            Remedy("Report it with the raw answer, so that it can be understood"),
        ),
        (
            Rule(
                "it was an HTML page",
                either(known("page"), coded("cassia.http", "200/html"), mentions("<html", "text/html")),
                Remedy("A login page or portal answered: open {host} in a browser and log in"),
            ),
            Rule(
                "it is not HTTP",
                mentions("illegal status line", "invalid http version"),
                Remedy("Something else than HTTP listens on port {port}: check the port"),
            ),
            Rule(
                "it could not be unpacked",
                either(coded("httpx", "DecodingError"), mentions("decompressing", "content-encoding")),
                Remedy(
                    "The answer's compression is broken: a proxy between? Go past it", command="NO_PROXY={host} bletui"
                ),
            ),
            Rule(
                "plain `OK` came where JSON was due",
                said("OK"),
                Remedy("`OK` is success for connect and write: this address is another endpoint than meant"),
            ),
            Rule(
                "it comes back each time",
                at_least("attempt", 3),
                Remedy("Report it with the raw answer, so that it can be understood"),
            ),
        ),
    ),
    Guide(
        ErrorKind.DATA_INTEGRITY,
        "A signature, a key or a time stamp in the data does not fit.",
        ("a clock is wrong", "the device's local key changed when it was added again", "a replayed or altered message"),
        (
            Remedy("Compare the clocks on both sides", command="timedatectl"),
            Remedy("Fetch the device's key anew: log in again and load the device list"),
            Remedy("Pair the device again, if its key has changed"),
        ),
        (
            Rule(
                "the signature is wrong (11004, 12002)",
                coded("tuya.appsdk", "11004", "12002"),
                Remedy("Fetch the device's key anew: log in again and load the device list"),
            ),
            Rule(
                "the message is too old (12003)",
                coded("tuya.appsdk", "12003"),
                Remedy("Set the clocks: the message is older than allowed", command="timedatectl set-ntp true"),
            ),
        ),
    ),
)
