"""What bleak, dbus-fast and BlueZ report, in the one vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.errors import Context, Native, classify
from bletui.failure import ErrorKind, Failure

BACKEND = "local"
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"


def raised(error: BaseException, operation: str, context: Context) -> Failure:
    """The failure that an exception of bleak, dbus-fast or the bus's socket stands for."""
    name = getattr(error, "dbus_error", None)
    if isinstance(name, str):  # bleak.exc.BleakDBusError wraps an error reply: the reply is what was said
        return refused(name, error.args[1:], "", operation, context)
    return classify(error, backend=BACKEND, operation=operation, context=context)


def refused(name: str, body: Sequence[object], member: str, operation: str, context: Context) -> Failure:
    """An error reply to a call of `member` on our own connection."""
    text = body[0] if body and isinstance(body[0], str) else ""
    native = Native(source="bluez.dbus", code=name, message=text, phase=member)
    return classify(native, backend=BACKEND, operation=operation, context=context)


def no_reply(member: str, within: float, operation: str, context: Context) -> Failure:
    """No answer in time. A D-Bus client library makes this error itself; dbus-fast leaves it to its caller."""
    text = f"{member}: no reply within {within:g} s"
    return refused(NO_REPLY, [text], member, operation, context)


def restarted(context: Context) -> Failure:
    """bluetoothd was gone and is back before anyone could ask: all it knew of us is lost."""
    name = "org.freedesktop.DBus.Error.NameHasNoOwner"
    return refused(name, ["bluetoothd was restarted"], "NameOwnerChanged", "scan", context)


def bug(error: BaseException, context: Context) -> Failure:
    """A fault of our own, told before it ends the backend."""
    return Failure(kind=ErrorKind.INTERNAL_BUG, message=repr(error)[:300], operation="scan", radio=context.radio)
