"""The network between here and a router, bridge or proxy."""

from bletui.errors.rules import Guide, Remedy, Rule, at_least, both, coded, during, either, known, mentions, said
from bletui.kinds import ErrorKind

_LOCAL = ("127.0.0.1", "localhost", "::1")
_ASK_FIRST = Remedy("It may have happened: look at the link's state before you repeat it", "lane.list")
_RETRY = Remedy("Try again now; bletui also does so by itself", "stream.retry-now")

GUIDES = (
    Guide(
        ErrorKind.NET_DNS,
        "The name could not be turned into an address, so nothing was sent.",
        (
            "a typo",
            "no network, or no DNS server that answers",
            "a private name without its VPN",
            "a .local name without mDNS",
        ),
        (
            Remedy("Check the spelling of {host}"),
            Remedy("Use the IP address instead of the name"),
            Remedy("Ask the resolver", command="resolvectl query {host}"),
        ),
        (
            Rule(
                "the resolver itself did not answer",
                either(coded("os", "gaierror -3"), mentions("temporary failure")),
                Remedy("No DNS server answers: is this machine on a network?", command="ip route"),
            ),
            Rule(
                "the name ends in .local",
                known("local_name"),
                Remedy("Names in .local need mDNS", command="sudo apt install libnss-mdns"),
            ),
            Rule(
                "the name belongs to a private network",
                known("private_name"),
                Remedy("{host} is a private name: switch the VPN on"),
            ),
        ),
    ),
    Guide(
        ErrorKind.NET_REFUSED,
        "The host is up and refused: nothing listens on that port.",
        ("wrong port or scheme", "the service is switched off", "the router is still starting"),
        (
            Remedy("Check host and port ({host}:{port}): a router listens on 80 (http) or 443 (https)"),
            Remedy("Try the other scheme", "target.switch-scheme"),
            Remedy("Still starting? A router needs about 2 minutes", "stream.retry-now"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                during("publish"),
                Remedy("No broker listens on {host}:{port}: MQTT has port 1883, MQTT over TLS 8883"),
                (
                    Remedy("Is it still starting? bletui tries again by itself, and keeps what may not be lost"),
                    Remedy("See whether it runs", command="systemctl status mosquitto"),
                ),
            ),
            Rule(
                "the host is this machine",
                known("host", *_LOCAL),
                Remedy("Nothing listens on port {port} of this machine: start the bridge or router API there"),
            ),
            Rule(
                "a proxy is set",
                known("proxy"),
                Remedy("The proxy {proxy} refused, not the router: go past it", command="NO_PROXY={host} bletui"),
            ),
            Rule(
                "no bridge listens on a Unix socket",
                either(coded("os", "ENOENT"), coded("bletui.bridge")),
                Remedy("No bridge runs here: start one", command="bletui bridge run local:"),
                (Remedy("Does it listen elsewhere? Name its socket, as bridge:/run/bletui/bridge.sock"),),
            ),
        ),
    ),
    Guide(
        ErrorKind.NET_UNREACHABLE,
        "Nothing at that address answered, or there is no way to it.",
        (
            "router off, unplugged or at another address",
            "this machine is on another network or VLAN",
            "a firewall drops the packets",
        ),
        (
            Remedy("Is the router on, and is this its address?", command="ping -c 3 {host}"),
            Remedy("Is this machine on the right network?", command="ip route get {host}"),
            Remedy("Look for a firewall between here and there: port {port} must pass"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                during("publish"),
                Remedy(
                    "Is the broker {host} on this network? Port {port} must be open on the way",
                    command="ping -c 3 {host}",
                ),
                (Remedy("bletui tries again by itself, and keeps what may not be lost"),),
            ),
            Rule(
                "there is no route",
                either(
                    coded("os", "ENETUNREACH", "ENETDOWN"),
                    coded("httpx", "ConnectError+errno 101"),
                    mentions("network is unreachable"),
                ),
                Remedy("This machine has no network: Wi-Fi or cable first", command="ip route"),
            ),
            Rule(
                "the address is the router's own inside one",
                known("host", "10.10.10.254"),
                Remedy("10.10.10.254 is a router's address for its own container: use the one on your network"),
            ),
            Rule(
                "packets vanish",
                either(coded("httpx", "ConnectTimeout"), coded("os", "ETIMEDOUT")),
                Remedy(
                    "No answer at all: wrong address, host off, or a firewall drops the packets",
                    command="ping -c 3 {host}",
                ),
            ),
            Rule(
                "a proxy stands between",
                either(known("proxy"), coded("httpx", "ProxyError")),
                Remedy("The proxy {proxy} did not get through: go past it", command="NO_PROXY={host} bletui"),
            ),
            Rule(
                "it is forbidden here",
                coded("os", "EACCES", "EPERM"),
                Remedy("A rule on this machine forbids it: firewall or sandbox", command="sudo nft list ruleset"),
            ),
        ),
    ),
    Guide(
        ErrorKind.NET_TIMEOUT,
        "The connection stands and the answer did not come in time.",
        ("the router is busy with a long Bluetooth call", "too many calls at once", "a stream that fell silent"),
        (
            Remedy("Repeat once", "stream.retry-now"),
            Remedy("Allow more time than the Bluetooth call itself takes: up to 20 s for a connect"),
            Remedy("Ask less of the router at the same time: close other clients and streams"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                during("publish"),
                Remedy("Is the broker {host} busy, or the network? bletui dials it anew by itself"),
                (Remedy("Does port {port} speak TLS? Then write mqtts://"),),
            ),
            Rule(
                "the call changes something at the device",
                either(during("connect", "pair", "write", "subscribe", "unpair", "disconnect"), known("ota")),
                _ASK_FIRST,
            ),
            Rule(
                "a stream fell silent",
                during("scan", "notify", "state"),
                Remedy("Open the stream again: a router sends something every 30 s", "stream.retry-now"),
            ),
        ),
    ),
    Guide(
        ErrorKind.NET_CLOSED,
        "The connection was cut while it was in use.",
        (
            "router, controller or proxy restarted",
            "wrong scheme: one side speaks TLS and the other does not",
            "the network changed (Wi-Fi, VPN)",
        ),
        (
            _RETRY,
            Remedy("If it happens each time at once, try the other scheme", "target.switch-scheme"),
            Remedy("See whether it follows a pattern", "log.open"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                during("publish"),
                Remedy(
                    "See in the log of the broker {host} why it closed the connection; bletui dials it anew by itself"
                ),
                (Remedy("If it happens each time at once: does port {port} speak TLS? Then write mqtts://"),),
            ),
            Rule(
                "http:// was cut without a word",
                both(
                    either(known("scheme", "cassia", "http"), coded("httpx", "RemoteProtocolError")),
                    said("Server disconnected without sending a response."),
                ),
                Remedy("This port may speak TLS: try https", "target.switch-scheme"),
            ),
            Rule(
                "a stream was cut before anything came",
                both(during("scan", "notify", "state"), known("bytes", "0")),
                Remedy("The server closes at once: it refuses this client, or a proxy stands between", "doctor.run"),
            ),
            Rule(
                "a call that changes something was cut",
                during("connect", "pair", "write", "subscribe", "unpair"),
                _ASK_FIRST,
            ),
            Rule(
                "it was cut three times and more",
                at_least("attempt", 3),
                Remedy("It is cut again and again: check the router's power and cable", "log.open"),
            ),
        ),
    ),
)
