"""What a router answers, while which operation, and the kind that it is."""

from __future__ import annotations

from bletui.failure import ErrorKind as K

HTML = b"<!DOCTYPE html><html><title>502 Bad Gateway</title></html>"
TEXT = "Content-Type: text/html"
ANSWERS = {
    "chip is busy": (500, b"chip is busy", "connect", K.BUSY_CHIP),
    "as a JSON string": (500, b'"chip is busy"', "connect", K.BUSY_CHIP),
    "as a JSON object": (500, b'{"error":"chip is busy"}', "connect", K.BUSY_CHIP),
    "in other words around": (500, b"sorry, chip is busy today", "connect", K.OTHER_UNSPECIFIED),
    "incorrect mode": (500, b"incorrect mode\r\n", "connect", K.LINK_STATE_CONFLICT),
    "chip is not ready": (500, b"Chip Is Not  Ready.", "connect", K.ADAPTER_FAULT),
    "device not found": (500, b"device not found", "read", K.LINK_NOT_CONNECTED),
    "device not scan": (500, b"device not scan", "connect", K.LINK_NOT_SEEN),
    "operation timeout, connecting": (500, b"operation timeout", "connect", K.LINK_CONNECT_TIMEOUT),
    "operation timeout, reading": (500, b"operation timeout", "read", K.GATT_TIMEOUT),
    "connect failed": (500, b"connect failed", "connect", K.LINK_CONNECT_FAILED),
    "device disconnect": (500, b"device disconnect", "read", K.LINK_CLOSED_REMOTE),
    "authentication": (500, b"ATT insufficient Authentication", "read", K.SECURITY_PAIRING_REQUIRED),
    "authorization": (500, b"ATT insufficient Authorization", "read", K.SECURITY_NOT_AUTHORIZED),
    "service not found": (500, b"SERVICE NOT FOUND", "read", K.GATT_NOT_FOUND),
    "no resources": (500, b"no resources", "pair", K.BUSY_CAPACITY),
    "pair in process": (500, b"pair in process", "pair", K.SECURITY_INPUT_REQUIRED),
    "parameter invalid": (500, b"parameter invalid", "write", K.REQUEST_INVALID),
    "type not supported": (500, b"type not supported", "config", K.OP_UNSUPPORTED),
    "bypass": (500, b"please set bypass params first", "config", K.ROUTER_CONFIG),
    "failure": (500, b"failure", "connect", K.OTHER_UNSPECIFIED),
    "nothing": (500, b"", "connect", K.OTHER_UNSPECIFIED),
    "a page": (500, HTML, "connect", K.OTHER_UNSPECIFIED),
    "bytes": (500, b"\xff\xfe\x00\x80chip", "connect", K.OTHER_UNSPECIFIED),
    "broken JSON": (500, b'{"error": "chip is', "connect", K.OTHER_UNSPECIFIED),
    "301": (301, b"", "scan", K.ROUTER_CONFIG),
    "400": (400, b"router's mac is invalid", "scan", K.REQUEST_INVALID),
    "401": (401, b'{"error":"invalid_client","error_description":"Client not found"}', "scan", K.AUTH_REFUSED),
    "403": (403, b"Forbidden", "scan", K.AUTH_REFUSED),
    "404": (404, b"Not Found", "scan", K.ROUTER_CONFIG),
    "405": (405, b"", "scan", K.ROUTER_CONFIG),
    "408": (408, b"", "scan", K.NET_TIMEOUT),
    "410": (410, b"", "read", K.DEVICE_REMOVED),
    "418": (418, b"I'm a teapot", "read", K.OTHER_UNSPECIFIED),
    "429": (429, b"", "scan", K.BUSY_CAPACITY),
    "501": (501, b"", "scan", K.OP_UNSUPPORTED),
    "502": (502, HTML, "scan", K.ROUTER_UNAVAILABLE),
    "503": (503, b"", "scan", K.ROUTER_UNAVAILABLE),
    "504": (504, b"", "write", K.ROUTER_UNAVAILABLE),
}
