"""What every filter language here shares: words and signs to terms, `and or not ( )`, names of filters.

What is wrong is said with its place, and nothing is guessed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bletui.failure import BleError, ErrorKind, Failure
from bletui.filters.terms import And, Not, Or, Term
from bletui.text import bounded, visible

LENGTH_MAX, DEPTH_MAX, NAMES_MAX = 1000, 32, 64

_TOKEN = re.compile(
    r"""\s*(?: (?P<text>"(?:\\["\\]|[^"])*(?P<end>"|\Z))
            | (?P<sign>>=|<=|!=|[><=~()!])
            | (?P<word>[^\s()"<>=!~]+) | \Z)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\([\"\\])")


class FilterError(BleError):
    """`request.invalid`. `position` counts characters from 0; at the end of the text something is missing."""

    def __init__(self, position: int, problem: str) -> None:
        detail = bounded(visible(f"filter, character {position + 1}: {problem}"), 300)
        super().__init__(Failure(kind=ErrorKind.REQUEST_INVALID, detail=detail))
        self.position = position


class Names:
    """Filters by name, each opened in the place where it is used; all together so often and no oftener."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._open: list[str] = []
        self._uses = 0
        self.depth = 0  # of all of them together: a name in brackets opens deeper

    def term(self, token: Token, whole: Callable[[str], Term]) -> Term:
        name = token.text.removeprefix("@")
        text = self._texts.get(name)
        if text is None:
            near = difflib.get_close_matches(name, self._texts, 1)
            hint = f"did you mean @{near[0]}?" if near else f"there are {', '.join(self._texts) or 'none'}"
            raise FilterError(token.at, f"no filter is named {token.text}; {hint}")
        self._uses += 1
        if name in self._open or self._uses > NAMES_MAX:
            raise FilterError(token.at, f"@{name} comes to itself" if name in self._open else "too many names in names")
        self._open.append(name)
        try:
            return whole(text)
        except FilterError as wrong:
            problem = wrong.failure.detail.removeprefix("filter, ")
            raise FilterError(token.at, f"in @{name}, {problem}") from wrong
        finally:
            self._open.pop()


class Token(NamedTuple):
    at: int
    kind: str  # text, sign, word, end
    text: str


def _tokens(text: str) -> list[Token]:
    tokens = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        kind = found.lastgroup if found.lastgroup != "end" else "text"
        if kind is None:
            break
        raw, start = found[kind], found.start(kind)
        if kind == "text":
            if not found["end"]:
                raise FilterError(start, "this quotation mark is never closed")
            raw = visible(_ESCAPED.sub(r"\1", raw[1:-1]))
        tokens.append(Token(start, kind, visible(raw)))
    return [*tokens, Token(len(text), "end", "")]


class Parser:
    """Recursive descent: or, and, not, then terms; deeper than `DEPTH_MAX` is refused.

    A language says which `FIELDS` there are with which signs, what a comparison means (`condition`), and what a word
    that stands alone does (`alone`).
    """

    FIELDS: Mapping[str, tuple[str, ...]] = {}

    def __init__(self, text: str, named: Names | None = None) -> None:
        if len(text) > LENGTH_MAX:
            raise FilterError(LENGTH_MAX, f"a filter has at most {LENGTH_MAX} characters")
        self._tokens = _tokens(text)
        self._next = 0
        self._names = named or Names({})

    def condition(self, field: str, sign: str, value: Token) -> Term:
        """What `field sign value` is true of; `!=` arrives as `=`."""
        raise NotImplementedError

    def alone(self, token: Token) -> Term:
        raise NotImplementedError

    def word(self, token: Token) -> Term:
        """What quoted text is true of."""
        raise NotImplementedError

    def opened(self, text: str) -> Term:
        """The filter of a name, in this language."""
        return type(self)(text, self._names).whole()

    def whole(self) -> Term:
        if self._peek().kind == "end":
            return And(())
        term = self._or()
        rest = self._peek()
        if rest.kind != "end":
            raise FilterError(rest.at, f"nothing opens this {rest.text}")
        return term

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _takes(self, kind: str, *texts: str) -> bool:
        token = self._peek()
        if token.kind != kind or token.text.lower() not in texts:
            return False
        self._next += 1
        return True

    def _or(self) -> Term:
        parts = [self._and()]
        while self._takes("word", "or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Term:
        parts = [self._not()]
        while self._takes("word", "and") or self._starts_term():
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _starts_term(self) -> bool:
        token = self._peek()
        return (
            token.kind == "text" or (token.kind == "word" and token.text.lower() != "or") or token[1:] == ("sign", "(")
        )

    def _not(self) -> Term:
        at = self._peek().at
        if self._names.depth >= DEPTH_MAX:
            raise FilterError(at, f"more than {DEPTH_MAX} levels of ( and not")
        self._names.depth += 1
        try:
            return Not(self._not()) if self._takes("word", "not") else self._term()
        finally:
            self._names.depth -= 1

    def _term(self) -> Term:
        token = self._take()
        match token.kind, token.text.lower():
            case "sign", "(":
                return self._bracketed(token)
            case "text", "":
                raise FilterError(token.at, "an empty word is in everything")
            case "text", _:
                return self.word(token)
            case "word", ("and" | "or") as word:
                raise FilterError(token.at, f"expected a condition before {word}")
            case "word", word:
                return self._named(token, word)
            case _:
                raise FilterError(token.at, f"expected a condition{f', found {token.text}' if token.text else ''}")

    def _bracketed(self, opening: Token) -> Term:
        term = self._or()
        if not self._takes("sign", ")"):
            raise FilterError(opening.at, "this ( is never closed")
        return term

    def _named(self, token: Token, word: str) -> Term:
        sign = self._peek()
        if sign.kind == "sign" and sign.text not in "()":
            return self._compared(token, word)
        if word.startswith("@"):
            return self._names.term(token, self.opened)
        return self.alone(token)

    def _compared(self, field: Token, word: str) -> Term:
        if word not in self.FIELDS:
            near = difflib.get_close_matches(word, self.FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.FIELDS)}"
            raise FilterError(field.at, f"there is no field {field.text}; {hint}")
        sign = self._take()
        if sign.text not in self.FIELDS[word]:
            raise FilterError(sign.at, f"expected {' '.join(self.FIELDS[word])} after {word}, found {sign.text}")
        value = self.value(sign.text)
        term = self.condition(word, sign.text.removeprefix("!"), value)
        return Not(term) if sign.text == "!=" else term

    def value(self, after: str) -> Token:
        token = self._take()
        if token.kind not in ("word", "text"):
            raise FilterError(
                token.at, f"expected a value after {after}{f', found {token.text}' if token.text else ''}"
            )
        return token


def filled(value: Token) -> str:
    if not value.text:
        raise FilterError(value.at, "expected a value, found an empty one")
    return value.text
