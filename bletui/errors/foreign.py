"""Other people's exceptions, read without importing their modules: names, text, the chain below, members of groups."""

from __future__ import annotations

from collections.abc import Iterator

CHAIN_MAX = 64  # exceptions looked at: enough for every library, an end for malicious chains
TEXT_MAX = 2_000  # characters kept of one message


def names(exception: BaseException, packages: frozenset[str]) -> Iterator[str]:
    """How tables may call it, over its classes: `json.decoder.JSONDecodeError`, `json.JSONDecodeError`, …

    The bare class name counts only for classes of `packages` and Python's own: others may have one of the same name.
    """
    for cls in type(exception).__mro__:
        if cls in (Exception, BaseException, object):
            return
        module, name = cls.__module__, cls.__qualname__
        root = module.partition(".")[0]
        if root != "builtins":
            yield f"{module}.{name}"
            yield f"{root}.{name}"
        if root in packages or root == "builtins":
            yield name


def full_name(exception: BaseException) -> str:
    """`module.qualname` of its class; builtins stand without a module."""
    cls = type(exception)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def is_a(exception: BaseException, name: str) -> bool:
    """Whether a class of its MRO is `name`, as `ssl.SSLError` or `httpx.ConnectError` (root package and class)."""
    return any(f"{cls.__module__.partition('.')[0]}.{cls.__qualname__}" == name for cls in type(exception).__mro__)


def comes_from(exception: BaseException, packages: frozenset[str]) -> bool:
    """Whether its own class is defined in one of the root packages."""
    return type(exception).__module__.partition(".")[0] in packages


def text_of(exception: BaseException) -> str:
    """Its message, bounded; a `str()` that raises (bleak's does, for some D-Bus replies) gives way to its arguments."""
    for words in (str, _arguments):
        try:
            return words(exception)[:TEXT_MAX]
        except Exception:  # the next way of asking is tried; the class name is never lost
            continue
    return ""


def _arguments(exception: BaseException) -> str:
    return ", ".join(word if isinstance(word, str) else repr(word) for word in exception.args)


def chain(exception: BaseException) -> list[BaseException]:
    """The exception, what it was raised from, and the members of groups: outermost first, each once, at most 64."""
    found: list[BaseException] = []
    seen: set[int] = set()
    waiting = [exception]
    while waiting and len(found) < CHAIN_MAX:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        # httpcore raises `from None` and so hides the cause; the context still holds it
        if below := one.__cause__ or one.__context__:
            waiting.append(below)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
    return found
