"""TLS: dates, names, trust, handshake."""

from bletui.errors.rules import Guide, Remedy, Rule, both, coded, during, either, known, mentions, unless
from bletui.kinds import ErrorKind

_CLOCK = Remedy("Set this machine's clock: {now} is wrong", command="timedatectl set-ntp true")
_PLAIN = Remedy("This port speaks plain HTTP: use http", "target.switch-scheme")

_FINGERPRINT = "openssl s_client -connect {host}:{port} </dev/null | openssl x509 -noout -fingerprint -sha256"

GUIDES = (
    Guide(
        ErrorKind.TLS_VALIDITY,
        "By this machine's clock the server's certificate is expired or not valid yet.",
        (
            "this machine's clock is wrong (no battery, no NTP)",
            "the certificate has really expired",
            "the router made it before its own clock was set",
        ),
        (
            Remedy("Check the clock here first: is {now} right?", command="timedatectl"),
            Remedy("If the clock is right, renew the router's or controller's certificate"),
            Remedy(
                "Look at the dates yourself",
                command="openssl s_client -connect {host}:{port} </dev/null | openssl x509 -noout -dates",
            ),
        ),
        (
            Rule("it is not valid yet (9)", coded("ssl.verify_code", "9"), _CLOCK),
            Rule(
                "the certificate's end is known and the clock is right",
                both(known("not_after"), known("clock", "synchronized")),
                Remedy("It was valid until {not_after}: renew the router's or controller's certificate"),
            ),
            Rule(
                "the clock is known to be right",
                known("clock", "synchronized"),
                Remedy("The clock here is right: renew the certificate"),
            ),
            Rule(
                "the clock is known to be unset or behind this version of bletui",
                known("clock", "unset", "behind"),
                _CLOCK,
            ),
        ),
    ),
    Guide(
        ErrorKind.TLS_HOSTNAME,
        "The certificate is a good one, for another name than the one that was asked for.",
        (
            "an IP address was used and the certificate names a host",
            "a captive portal or proxy answered in place of the router",
            "the router was renamed or moved",
        ),
        (
            Remedy("Use the host name that the certificate is for"),
            Remedy("Or have the certificate issued for {host} too"),
            Remedy("Do not switch the check off on a network you share"),
        ),
        (
            Rule(
                "an IP address was used (64)",
                coded("ssl.verify_code", "64"),
                Remedy("You asked for an IP address: use the host name that the certificate is for"),
            ),
            Rule(
                "the certificate's names are known",
                known("cert_names"),
                Remedy("The certificate is for {cert_names}: use that name"),
            ),
            Rule(
                "a proxy or portal is known to stand between",
                either(known("proxy"), known("portal")),
                Remedy("Something else answered for the router: log in to the network's portal, or go past the proxy"),
            ),
        ),
    ),
    Guide(
        ErrorKind.TLS_UNTRUSTED,
        "Nobody whom this machine trusts vouches for the server's certificate.",
        (
            "routers ship with a certificate that they signed themselves",
            "a private CA that is not installed here",
            "the server does not send its intermediate certificate",
            "a proxy that inspects TLS",
        ),
        (
            Remedy("Name the CA that signed it: cassia+https://…?ca={ca_file}"),
            Remedy(
                "The server must send its intermediate certificate too",
                command="openssl s_client -connect {host}:{port} -showcerts </dev/null",
            ),
            Remedy("Behind an inspecting proxy: install its CA", command="SSL_CERT_FILE={ca_file} bletui"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                both(during("publish"), unless(known("pinned"))),
                Remedy(
                    "Name the authority of the broker's certificate with ?ca=FILE, or pin it with ?pin=sha256:…",
                    command=_FINGERPRINT,
                ),
                (Remedy("The broker must send its intermediate certificate too"),),
            ),
            Rule(
                "a bridge was asked",
                during("attach"),
                Remedy(
                    "Copy its certificate, or that of the authority behind it, here and name it: bridge://…?ca=FILE"
                ),
                (Remedy("Was it renewed? Compare with the file that bletui bridge run --tls-cert names there"),),
            ),
            Rule(
                "it is self-signed (18, 19)",
                both(coded("ssl.verify_code", "18", "19"), unless(during("attach"))),
                Remedy(
                    "The router signed it itself: compare its fingerprint, then pin it with ?pin=sha256:…",
                    command=_FINGERPRINT,
                ),
            ),
            Rule(
                "an issuer is missing (2, 20, 21)",
                coded("ssl.verify_code", "2", "20", "21"),
                Remedy(
                    "Its issuer is not known here: name it with ?ca={ca_file}, or have the server send its intermediate"
                ),
            ),
            Rule(
                "the CA breaks the strict rules of Python 3.13 and later",
                coded("ssl.verify_code", "79", "85", "89", "92"),
                Remedy(
                    "The private CA lacks fields that newer Python demands: issue it with key identifiers and usage"
                ),
            ),
            Rule(
                "a pinned certificate differs",
                either(coded("tuya.appsdk", "50516"), known("pinned")),
                Remedy("The certificate is not the pinned one: renewed, or does somebody listen in? Compare on site"),
            ),
            Rule(
                "it was revoked (23)",
                coded("ssl.verify_code", "23"),
                Remedy("Its issuer revoked it: do not connect; have a new one installed"),
            ),
        ),
    ),
    Guide(
        ErrorKind.TLS_HANDSHAKE,
        "A secure connection was begun and did not come about.",
        (
            "the port does not speak TLS",
            "no TLS version or cipher in common (old firmware)",
            "a proxy or firewall that interferes",
            "a slow or stuck server",
        ),
        (
            Remedy("Check scheme and port: does {host}:{port} speak TLS at all?", "target.switch-scheme"),
            Remedy("Compare with what OpenSSL sees", command="openssl s_client -connect {host}:{port}"),
            Remedy("Old firmware may want TLS 1.2: update it"),
        ),
        (
            Rule(
                "the answer was plain HTTP",
                either(coded("ssl", "WRONG_VERSION_NUMBER"), mentions("wrong_version_number", "wrong version number")),
                _PLAIN,
            ),
            Rule(
                "no version in common",
                mentions("alert protocol version", "unsupported protocol"),
                Remedy("No TLS version in common: update the router's firmware (TLS 1.2 at least)"),
            ),
            Rule(
                "the server hung up in the handshake",
                coded("ssl", "UNEXPECTED_EOF_WHILE_READING", "SSLEOFError"),
                Remedy(
                    "The server hung up in the handshake: does it want a client certificate or another name?",
                    command="openssl s_client -connect {host}:{port}",
                ),
            ),
            Rule(
                "it stalled",
                either(coded("httpx", "ConnectTimeout+SSLWantReadError"), coded("os", "TimeoutError")),
                Remedy(
                    "It accepted and then said nothing: the port speaks no TLS, or a firewall inspects it", "doctor.run"
                ),
            ),
            Rule(
                "a phone SDK reports it (50502)",
                coded("tuya.appsdk", "50502"),
                Remedy("Six causes are known for 50502: check the clock first, then try another network"),
            ),
            Rule("the clock is known to be unset", known("clock", "unset", "behind"), _CLOCK),
        ),
    ),
)
