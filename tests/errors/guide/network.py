"""A failure for each rule about the network on the way."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.NET_DNS, "the resolver itself did not answer", source="os", code="gaierror -3"),
    case(K.NET_DNS, "the name ends in .local", {"local_name": "yes"}),
    case(K.NET_DNS, "the name belongs to a private network", {"private_name": "yes"}),
    case(K.NET_REFUSED, "an MQTT broker was asked", operation="publish"),
    case(K.NET_REFUSED, "the host is this machine", {"host": "127.0.0.1"}),
    case(K.NET_REFUSED, "a proxy is set", {"proxy": "http://proxy:3128"}),
    case(K.NET_REFUSED, "no bridge listens on a Unix socket", source="bletui.bridge", operation="attach"),
    case(K.NET_UNREACHABLE, "an MQTT broker was asked", operation="publish"),
    case(K.NET_UNREACHABLE, "there is no route", source="os", code="ENETUNREACH"),
    case(K.NET_UNREACHABLE, "the address is the router's own inside one", {"host": "10.10.10.254"}),
    case(K.NET_UNREACHABLE, "packets vanish", source="httpx", code="ConnectTimeout"),
    case(K.NET_UNREACHABLE, "a proxy stands between", {"proxy": "http://proxy:3128"}),
    case(K.NET_UNREACHABLE, "it is forbidden here", source="os", code="EPERM"),
    case(K.NET_TIMEOUT, "an MQTT broker was asked", operation="publish"),
    case(K.NET_TIMEOUT, "the call changes something at the device", operation="write"),
    case(K.NET_TIMEOUT, "a stream fell silent", operation="scan"),
    case(
        K.NET_CLOSED,
        "http:// was cut without a word",
        {"scheme": "http"},
        message="Server disconnected without sending a response.",
    ),
    case(K.NET_CLOSED, "an MQTT broker was asked", operation="publish"),
    case(K.NET_CLOSED, "a stream was cut before anything came", {"bytes": "0"}, operation="scan"),
    case(K.NET_CLOSED, "a call that changes something was cut", operation="pair"),
    case(K.NET_CLOSED, "it was cut three times and more", attempt=3),
)
