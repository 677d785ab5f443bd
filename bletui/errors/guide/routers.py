"""Routers, controllers, bridges: who may, how they are set up, whether they can serve."""

from bletui.errors.rules import Guide, Remedy, Rule, both, coded, during, either, known, mentions, said, unless
from bletui.kinds import ErrorKind

_OFFLINE = Remedy("The controller cannot reach {router}: check its power and uplink on site")
_NEW_TOKEN = Remedy(
    "The token has expired (they last an hour): bletui fetches a new one and repeats", "stream.retry-now"
)

GUIDES = (
    Guide(
        ErrorKind.AUTH_REFUSED,
        "The server did not accept the credentials, or they do not allow this.",
        (
            "no credentials are configured",
            "wrong key, secret or user",
            "an expired token",
            "the account lacks the right for this router",
        ),
        (
            Remedy("Check which credential is used, and that it is the one for this server"),
            Remedy("Log in anew: open the radio again", "radio.reopen"),
            Remedy("Ask the administrator for the right on this router"),
        ),
        (
            Rule(
                "an MQTT broker refuses",
                coded("mqtt"),
                Remedy("Compare the user and password behind the credential with those that the broker knows"),
                (
                    Remedy("See the broker's access list: this user must be allowed to write below the prefix"),
                    Remedy("Read the broker's log: it says which of the two it was"),
                ),
            ),
            Rule(
                "a bridge refuses a token",
                both(coded("bletui.bridge"), during("hello")),
                Remedy(
                    "On the bridge's machine make a token, and store what it prints as the credential here",
                    command="bletui bridge token add NAME --role operator",
                ),
                (
                    Remedy(
                        "See which tokens it knows; who lost a secret gets another", command="bletui bridge token list"
                    ),
                    Remedy("Check which credential is used, and that it is the one for this bridge"),
                ),
            ),
            Rule(
                "the key or its secret is wrong",
                said("Client not found"),
                Remedy("The server knows no such key and secret: compare both with those in its settings"),
            ),
            Rule(
                "the token has expired",
                both(said("Token not found or expired", "token is expired"), unless(known("token", "fresh"))),
                _NEW_TOKEN,
            ),
            Rule(
                "no credentials are configured",
                either(known("credentials", "none"), said("Wrong authorization header")),
                Remedy("Name a credential in the target: cassia+https://KEY@{host}", command="bletui doctor"),
            ),
            Rule(
                "a fresh token was refused too",
                known("token", "fresh"),
                Remedy("The token is fresh, so it is a right that is missing: ask the administrator"),
            ),
            Rule(
                "it was a phone number or code",
                coded("tuya.appsdk", "1100", "1101"),
                Remedy("Type the phone number with its country code, and a fresh verification code"),
            ),
            Rule(
                "a proxy asks",
                coded("http.status", "407"),
                Remedy(
                    "The proxy wants credentials: put them into its URL, or go past it",
                    command="NO_PROXY={host} bletui",
                ),
            ),
            Rule(
                "a captive portal answers",
                coded("http.status", "511"),
                Remedy("Log in to this network's portal with a browser first"),
            ),
            Rule(
                "a client certificate is wanted",
                coded("ssl", "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
                Remedy("The server wants a client certificate: ask its administrator for one"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ACCESS_REFUSED,
        "Your seat at this radio has a role, and the role does not allow this.",
        ("bletui was started with --read-only", "the bridge gave you a role by token or user id"),
        (
            Remedy("Come as an operator: leave out --read-only, or use an operator's token"),
            Remedy("Ask the bridge's owner for an operator's token"),
            Remedy("Stay with what {role} allows: scan, read and subscribe as reader, look as viewer"),
        ),
        (
            Rule(
                "the role comes from --read-only",
                known("role_from", "flag"),
                Remedy("Start bletui without --read-only (or read_only = true)"),
            ),
            Rule(
                "the role comes from the target",
                known("role_from", "target"),
                Remedy("Open the bridge without ?role= in the target"),
            ),
            Rule(
                "the role comes from the token",
                known("role_from", "token"),
                Remedy("Ask the bridge's owner for an operator's token"),
            ),
            Rule(
                "the role comes from the user id",
                known("role_from", "uid"),
                Remedy("The bridge gives roles by user id: have its owner list yours", command="id -u"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ROUTER_CONFIG,
        "The router is there and set up in a way that does not fit this call.",
        (
            "a controller wants /api and mac=, a local router wants neither",
            "an endpoint that this firmware does not have",
            "local API switched off",
            "bypass mode half configured",
        ),
        (
            Remedy("Check the address: a controller wants /api and ?router=MAC, a local router neither"),
            Remedy("Switch the router's local RESTful API on (Config > General)"),
            Remedy("Check whether the router's firmware has this endpoint"),
        ),
        (
            Rule(
                "bypass parameters are missing",
                said("please set bypass params first"),
                Remedy("Set the bypass parameters in the router's web page, or switch bypass off"),
            ),
            Rule(
                "it redirects for ever",
                either(coded("httpx", "TooManyRedirects"), coded("http.status", "301", "302", "307", "308")),
                Remedy("It redirects: try the other scheme, or log in to its web page", "target.switch-scheme"),
            ),
            Rule(
                "the endpoint is not there (404, 405)",
                either(coded("cassia.http", "404", "405"), coded("http.status", "404", "405"), said("URL not found")),
                Remedy("No such endpoint here: wrong prefix, or firmware too old for it"),
            ),
            Rule(
                "another device answers at this address",
                coded("esphome.api", "BadNameAPIError", "BadMACAddressAPIError"),
                Remedy("Another device answers at {host}: check its address"),
            ),
        ),
    ),
    Guide(
        ErrorKind.ROUTER_UNAVAILABLE,
        "Something answered that the router, controller or cloud cannot serve at the moment.",
        ("the controller does not reach the router", "it is starting or overloaded", "maintenance"),
        (
            Remedy("Wait: bletui tries again in 30 s, then more slowly", "stream.retry-now"),
            Remedy("See in the controller whether {router} is online"),
            Remedy("If it stays: restart the router, then ask the controller's operator"),
        ),
        (
            Rule(
                "an MQTT broker was asked",
                during("publish"),
                Remedy("The broker {host} is stopping or overloaded: bletui tries again by itself"),
                (Remedy("If it stays: read its log, and see its limits"),),
            ),
            Rule(
                "a gateway could not reach it (502, 504)",
                either(known("status", "502", "504"), mentions("status=offline")),
                _OFFLINE,
            ),
            Rule(
                "it names a time",
                both(known("retry_after"), known("status", "503")),
                Remedy("It asks to wait {waited}; bletui does"),
            ),
            Rule(
                "a phone SDK reports it",
                coded("tuya.appsdk"),
                Remedy("The vendor's cloud does not serve: look at its status page"),
            ),
        ),
    ),
)
