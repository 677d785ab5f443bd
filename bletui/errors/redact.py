"""Secrets taken out of text: URLs, headers, JSON and form bodies, tokens; what is left stays as it came."""

from __future__ import annotations

import re

GONE = "[redacted]"

_NAMES = (
    r"(?:access|refresh|id|auth|api|bearer|session|csrf|xsrf)?[_-]?token|pass(?:word|wd|phrase)?|pwd|psw|secret|"
    r"(?:client|app|dev|developer)[_-]?secret|"
    r"(?:access|api|app|auth|dev|developer|encryption|local|private|secret|session|x-api)[_-]?key|(?:noise[_-]?)?psk|"
    r"sign(?:ature)?|session(?:[_-]?id)?|jsessionid|phpsessid|cookie|set-cookie|credentials?|authorization|"
    r"proxy-authorization|ltk|irk|csrk|passkey|pin[_-]?code"
)
# words before a name: X-Auth-Token, AWS_SECRET_ACCESS_KEY, userPassword; but not monkey or compass
_KEY = rf"(?:(?:[a-z0-9]{{1,30}}[_-]){{1,5}}|(?-i:[a-z][a-z0-9]{{0,30}}(?=[A-Z])))?(?:{_NAMES})"
_QUOTE = r"\\{0,4}[\"']"  # backslashes: JSON inside a JSON string
_QUOTED = r"((?:(?!\2)(?:[^\\]|\\.))*)"
_START = r"(?:(?<![\w%-])-{0,2}|(?<=%3F)|(?<=%26)|(?<=%20))"  # of a word or an option, also percent-encoded
_IS = r"(?:\]|\[\]|%5D|%5B%5D)?[ \t]{0,4}(?:=>|->|[:=]|%3A|%3D)(?:[ \t]|%20){0,4}"  # between key and value
_WORD = r"(?!\[redacted)[^\s&;,\"'<>}%]+(?:%(?!26)[^\s&;,\"'<>}%]+)*"
_PATTERNS = (
    # scheme://user:secret@host, also percent-encoded (a URL inside a URL)
    (r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}(?:://|%3A%2F%2F))[^\s/?#\"'<>@]{1,500}(?:@|%40)", rf"\1{GONE}@"),
    # a header or a line of a log: Authorization: Bearer …, Cookie: a=b; c=d
    (
        r"\b((?:proxy-)?authorization|cookie|set-cookie|x-api-key)(\s*[:=]\s*)(?!\[redacted)[^\r\n\"'}]+",
        rf"\1\2{GONE}",
    ),
    # a key with a quoted value, as JSON, as repr, as in a shell; the closing quote may be cut off
    (rf"({_QUOTE}{_KEY}{_QUOTE}\s*(?:[:,=]|=>|->)\s*b?)({_QUOTE}){_QUOTED}", rf"\1\2{GONE}"),
    (rf"{_START}({_KEY}{_IS})([\"']){_QUOTED}", rf"\1\2{GONE}"),
    # a key with a bare value: query, form, `key: value`, an option, an element
    (rf"{_START}({_KEY}[\"']?{_IS}){_WORD}", rf"\1{GONE}"),
    (rf"((?:^|\s)--{_KEY}\s+)(?!-){_WORD}", rf"\1{GONE}"),
    (rf"(<{_KEY}\s*>)(?!\[redacted)[^<]+", rf"\1{GONE}"),
    (r"\b(passkey\s+)[0-9]{6}\b", rf"\1{GONE}"),
    # user:password for a command
    (r"((?:^|\s)(?:-u|--(?:proxy-)?user)(?:\s+|=)[\"']?)(?!\[redacted)[^\s:\"']{1,100}:[^\s\"']+", rf"\1{GONE}"),
    (r"\b(bearer|basic|digest|negotiate)(\s+|%20|\+)[A-Za-z0-9._~+/=-]{6,}", rf"\1\2{GONE}"),
    (r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}", GONE),  # JSON web tokens
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), replacement) for pattern, replacement in _PATTERNS)
# One of these stands in whatever a rule matches; looking for them costs a tenth of the rules.
_HINTS = (
    "@", "%40", "token", "pass", "pwd", "psw", "secret", "key", "psk", "sign", "sess", "cookie", "credential",
    "authorization", "ltk", "irk", "csrk", "pin", "bearer", "basic", "digest", "negotiate", "eyj", "-u",
)  # fmt: skip


def redacted(text: str) -> str:
    """`text` without secrets, each replaced by `[redacted]`; idempotent, and linear in the length of the text."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
