"""What bleak, dbus-fast and BlueZ report, in the one vocabulary."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace

from bletui.backends.local import attributes
from bletui.errors import Context, Native, classify
from bletui.failure import ErrorKind, Failure

BACKEND = "local"
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"
_READERS = ("bleak", "dbus_fast", "uuid")
_HIDING = {("att", "14"), ("bluez.dbus", "org.bluez.Error.Failed")}
_HIDING_KINDS = {
    ErrorKind.LINK_NOT_CONNECTED,
    ErrorKind.LINK_NOT_SEEN,
    ErrorKind.LINK_LOST,
    ErrorKind.ADAPTER_FAULT,
    ErrorKind.ADAPTER_MISSING,
    ErrorKind.ADAPTER_OFF,
    ErrorKind.INTERNAL_BUG,
}


def raised(error: BaseException, operation: str, context: Context) -> Failure:
    """The failure that an exception of bleak, dbus-fast or the bus's socket stands for."""
    name = getattr(error, "dbus_error", None)
    if isinstance(name, str):  # bleak.exc.BleakDBusError wraps an error reply: the reply is what was said
        return refused(name, error.args[1:], "", operation, context)
    return misread(error, operation, context) or classify(error, backend=BACKEND, operation=operation, context=context)


def refused(name: str, body: Sequence[object], member: str, operation: str, context: Context) -> Failure:
    """An error reply to a call of `member` on our own connection."""
    text = body[0] if body and isinstance(body[0], str) else ""
    native = Native(source="bluez.dbus", code=name, message=text, phase=member)
    return classify(native, backend=BACKEND, operation=operation, context=context)


def no_reply(member: str, within: float, operation: str, context: Context) -> Failure:
    """No answer in time. A D-Bus client library makes this error itself; dbus-fast leaves it to its caller."""
    text = f"{member}: no reply within {within:g} s"
    return refused(NO_REPLY, [text], member, operation, context)


def link_ended(name: str, message: str, context: Context) -> Failure:
    """What BlueZ's Device1.Disconnected says of the end of a link (5.82 and later)."""
    phase = "" if context.we_disconnected else "unasked"
    native = Native(source="bluez.disconnected-signal", code=name, message=message, phase=phase)
    return classify(native, backend=BACKEND, operation="", context=context)


def misread(error: BaseException, operation: str, context: Context) -> Failure | None:
    """What a library could not digest of what it was sent: then the far side's words are at fault, not ours."""
    if not isinstance(error, AttributeError | IndexError | KeyError | TypeError | ValueError):
        return None
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    reader = frame.f_globals.get("__name__", "")
    if reader.partition(".")[0] not in _READERS and reader != attributes.__name__:
        return None
    failure = classify(error, backend=BACKEND, operation=operation, context=context)
    return replace(failure, kind=ErrorKind.DATA_MALFORMED) if failure.kind is ErrorKind.INTERNAL_BUG else None


def may_hide_a_loss(failure: Failure) -> bool:
    """Whether a call that ends like this may have lost its link: BlueZ says 0x0E, and bleak asserts."""
    return (failure.source, failure.code) in _HIDING or failure.kind in _HIDING_KINDS


def restarted(context: Context) -> Failure:
    """bluetoothd was gone and is back before anyone could ask: all it knew of us is lost."""
    name = "org.freedesktop.DBus.Error.NameHasNoOwner"
    return refused(name, ["bluetoothd was restarted"], "NameOwnerChanged", "scan", context)


def bug(error: BaseException, context: Context) -> Failure:
    """A fault of our own, told before it ends the backend."""
    return Failure(kind=ErrorKind.INTERNAL_BUG, message=repr(error)[:300], operation="scan", radio=context.radio)
