"""A failure for each rule about routers, controllers and bridges."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.AUTH_REFUSED, "an MQTT broker refuses", source="mqtt", code="0x87"),
    case(K.AUTH_REFUSED, "a bridge refuses a token", source="bletui.bridge", operation="hello"),
    case(K.AUTH_REFUSED, "the key or its secret is wrong", message="Client not found"),
    case(K.AUTH_REFUSED, "the token has expired", message="Token not found or expired"),
    case(K.AUTH_REFUSED, "no credentials are configured", {"credentials": "none"}),
    case(K.AUTH_REFUSED, "a fresh token was refused too", {"token": "fresh"}),
    case(K.AUTH_REFUSED, "it was a phone number or code", source="tuya.appsdk", code="1101"),
    case(K.AUTH_REFUSED, "a proxy asks", source="http.status", code="407"),
    case(K.AUTH_REFUSED, "a captive portal answers", source="http.status", code="511"),
    case(K.AUTH_REFUSED, "a client certificate is wanted", source="ssl", code="TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    case(K.ACCESS_REFUSED, "the role comes from --read-only", {"role_from": "flag"}),
    case(K.ACCESS_REFUSED, "the role comes from the user id", {"role_from": "uid"}),
    case(K.ACCESS_REFUSED, "the role comes from the target", {"role_from": "target"}),
    case(K.ACCESS_REFUSED, "the role comes from the token", {"role_from": "token"}),
    case(K.ROUTER_CONFIG, "bypass parameters are missing", message="please set bypass params first"),
    case(K.ROUTER_CONFIG, "it redirects for ever", source="httpx", code="TooManyRedirects"),
    case(K.ROUTER_CONFIG, "the endpoint is not there (404, 405)", source="cassia.http", code="404"),
    case(K.ROUTER_CONFIG, "another device answers at this address", source="esphome.api", code="BadNameAPIError"),
    case(K.ROUTER_UNAVAILABLE, "an MQTT broker was asked", operation="publish"),
    case(K.ROUTER_UNAVAILABLE, "a gateway could not reach it (502, 504)", status=502),
    case(K.ROUTER_UNAVAILABLE, "it names a time", status=503, retry_after=12.0),
    case(K.ROUTER_UNAVAILABLE, "a phone SDK reports it", source="tuya.appsdk", code="50512"),
)
