"""A failure for each rule about TLS."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.TLS_VALIDITY, "it is not valid yet (9)", source="ssl.verify_code", code="9"),
    case(K.TLS_VALIDITY, "the clock is known to be right", {"clock": "synchronized"}),
    case(
        K.TLS_VALIDITY,
        "the certificate's end is known and the clock is right",
        {"clock": "synchronized", "not_after": "2026-01-01"},
    ),
    case(
        K.TLS_VALIDITY,
        "the clock is known to be unset or behind this version of bletui",
        {"clock": "behind"},
    ),
    case(K.TLS_HOSTNAME, "an IP address was used (64)", source="ssl.verify_code", code="64"),
    case(K.TLS_HOSTNAME, "the certificate's names are known", {"cert_names": "router.example"}),
    case(K.TLS_HOSTNAME, "a proxy or portal is known to stand between", {"portal": "yes"}),
    case(K.TLS_UNTRUSTED, "an MQTT broker was asked", operation="publish"),
    case(K.TLS_UNTRUSTED, "a bridge was asked", operation="attach", source="ssl.verify_code", code="18"),
    case(K.TLS_UNTRUSTED, "it is self-signed (18, 19)", source="ssl.verify_code", code="18"),
    case(K.TLS_UNTRUSTED, "an issuer is missing (2, 20, 21)", source="ssl.verify_code", code="20"),
    case(
        K.TLS_UNTRUSTED,
        "the CA breaks the strict rules of Python 3.13 and later",
        source="ssl.verify_code",
        code="85",
    ),
    case(K.TLS_UNTRUSTED, "a pinned certificate differs", {"pinned": "yes"}),
    case(K.TLS_UNTRUSTED, "it was revoked (23)", source="ssl.verify_code", code="23"),
    case(K.TLS_HANDSHAKE, "the answer was plain HTTP", source="ssl", code="WRONG_VERSION_NUMBER"),
    case(K.TLS_HANDSHAKE, "no version in common", message="[SSL: X] tlsv1 alert protocol version (_ssl.c:1006)"),
    case(K.TLS_HANDSHAKE, "the server hung up in the handshake", source="ssl", code="SSLEOFError"),
    case(K.TLS_HANDSHAKE, "it stalled", source="httpx", code="ConnectTimeout+SSLWantReadError"),
    case(K.TLS_HANDSHAKE, "a phone SDK reports it (50502)", source="tuya.appsdk", code="50502"),
    case(K.TLS_HANDSHAKE, "the clock is known to be unset", {"clock": "unset"}),
)
