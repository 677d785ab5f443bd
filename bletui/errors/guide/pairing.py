"""Pairing, bonds, rights at the device."""

from bletui.errors.rules import Guide, Remedy, Rule, both, coded, either, known, said
from bletui.kinds import ErrorKind

_SHOW_OR_TYPE = Remedy("A bond exists and is too weak: pair again with a keyboard or display (MITM)")
_BOTH_SIDES = Remedy("Delete the bond here and on {device}, then pair again", action="bond.delete")

GUIDES = (
    Guide(
        ErrorKind.SECURITY_PAIRING_REQUIRED,
        "The attribute is protected: the device answers only over a paired, encrypted link.",
        (
            "it is not paired with this radio",
            "the bond was lost on one side",
            "the bond is too weak for this attribute",
        ),
        (
            Remedy("Pair {device}, then repeat the call", action="device.pair"),
            Remedy("Already paired? Delete the bond on both sides and pair again", action="bond.delete"),
            Remedy("Choose an input that can show or type a passkey, if the device asks for one"),
        ),
        (
            Rule("a bond exists already", known("bonded", "yes"), _SHOW_OR_TYPE),
            Rule(
                "the key is too short (ATT 0x0C)",
                either(coded("att", "0x0c"), coded("l2cap", "0x0007"), said("ATT insufficient Encryption")),
                Remedy("The key is too short: both sides must support 16-byte keys; pair again"),
            ),
            Rule(
                "firmware before 2.0.3 does not say which of three it is",
                said("need pair operation"),
                Remedy("Pair {device}; newer router firmware tells authentication from encryption"),
            ),
        ),
    ),
    Guide(
        ErrorKind.SECURITY_NOT_AUTHORIZED,
        "The device knows who asks and does not allow it.",
        (
            "an allow list or owner mode in the device",
            "another phone or account owns it",
            "BlueZ keeps a service for itself",
        ),
        (
            Remedy("Grant access at the device or in its app (owner mode, allow list)"),
            Remedy("Use the account or phone that owns it"),
            Remedy("Ask its maker how a new client is authorized"),
        ),
        (
            Rule(
                "BlueZ keeps the service for itself",
                coded("bluez.dbus", "org.bluez.Error.NotAuthorized"),
                Remedy(
                    "BlueZ may keep this service (battery and the like) for itself: read it from BlueZ's own interface"
                ),
            ),
            Rule(
                "the device's controller turned us away (HCI 0x0E, 0x0F)",
                coded("hci", "0x0e", "0x0f"),
                Remedy("The device admits listed addresses only: add this radio's address to its list"),
            ),
        ),
    ),
    Guide(
        ErrorKind.SECURITY_PAIRING_FAILED,
        "Pairing was tried and ended without a bond.",
        (
            "wrong passkey or comparison",
            "the device is not in pairing mode",
            "nobody answered the question in time",
            "an old bond on one side",
        ),
        (
            Remedy("Put {device} into pairing mode and pair again"),
            Remedy("Check the passkey, or compare the six digits on both sides"),
            Remedy("Delete old bonds on both sides first", action="bond.delete"),
        ),
        (
            Rule(
                "BlueZ has no agent to ask",
                both(
                    coded("bluez.dbus", "org.bluez.Error.AuthenticationFailed", "org.bluez.Error.AgentNotAvailable"),
                    known("agent", "none"),
                ),
                Remedy(
                    "No agent answers pairing questions here: keep one running",
                    command="bluetoothctl --agent KeyboardDisplay",
                ),
            ),
            Rule(
                "the passkey or the comparison was wrong",
                either(coded("smp", "0x01", "0x04", "0x0b", "0x0c"), coded("hci", "0x05")),
                Remedy("Check the passkey, or compare the six digits on both sides"),
            ),
            Rule(
                "out-of-band data is missing",
                coded("smp", "0x02"),
                Remedy("The device wants out-of-band data: read its NFC tag or QR code"),
            ),
            Rule(
                "input and output cannot reach the security asked for (SMP 0x03)",
                coded("smp", "0x03"),
                Remedy("Choose an input that can show or type a passkey"),
            ),
            Rule(
                "too many attempts",
                either(coded("smp", "0x09"), coded("hci", "0x17")),
                Remedy("Too many attempts: the device makes you wait longer each time; wait a minute"),
            ),
            Rule(
                "the router says failed or aborted",
                coded("cassia.pairing", "0", "2"),
                Remedy("Put {device} into pairing mode and answer within 5 s, the router's limit"),
            ),
        ),
    ),
    Guide(
        ErrorKind.SECURITY_INPUT_REQUIRED,
        "Pairing goes on when you answer: a passkey, a confirmation or out-of-band data is asked for.",
        ("this is a step of pairing, not a fault",),
        (
            Remedy("Type the passkey, or confirm the number that {device} shows"),
            Remedy("Answer in time: a router waits 5 s unless told otherwise"),
            Remedy("If it asked too early, start pairing again when the passkey is at hand"),
        ),
        (
            Rule(
                "out-of-band data is expected",
                coded("cassia.pairing", "3", "4"),
                Remedy("Give the 32 hex digits of out-of-band data (NFC tag, QR code)"),
            ),
            Rule(
                "a number is to be compared",
                coded("cassia.pairing", "7"),
                Remedy("Compare the six digits on both sides and confirm if they are the same"),
            ),
            Rule(
                "a passkey is to be typed at the device",
                coded("cassia.pairing", "6"),
                Remedy("Type the passkey shown here into the device"),
            ),
            Rule(
                "an earlier pairing still waits",
                said("pair in process"),
                Remedy("An earlier pairing of {device} still waits for its answer: answer or cancel that one"),
            ),
        ),
    ),
    Guide(
        ErrorKind.SECURITY_KEY_MISSING,
        "One side still has a key for this bond and the other does not, or has another.",
        (
            "the device was reset or paired with another host",
            "this radio's bonds were deleted or moved",
            "several hosts share one address",
        ),
        (
            _BOTH_SIDES,
            Remedy("BlueZ: forget the device here", command="bluetoothctl remove {address}"),
            Remedy("Check that nobody else keeps pairing it"),
        ),
        (
            Rule(
                "a router reports it",
                either(coded("cassia.sse.connection-state"), coded("cassia.http500"), known("router")),
                Remedy(
                    "Delete the router's bond", command="curl -X DELETE http://{host}/management/nodes/{address}/bond"
                ),
            ),
            Rule(
                "a packet failed its check (HCI 0x3D)",
                both(coded("hci", "0x3d"), known("bonded_now")),
                Remedy("Once may be a corrupted packet: connect again before you delete the bond"),
            ),
        ),
    ),
)
