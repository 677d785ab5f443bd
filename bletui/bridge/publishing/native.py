"""What a broker, or the way to it, refuses: as a failure in the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from bletui.bridge.publishing.broker import Broker
from bletui.errors import Context, Native, classify
from bletui.failure import ErrorKind, Failure

OPERATION = "publish"


class Reason(Protocol):
    """A reason code as the client library hands it out: also those of MQTT 3.1.1, under the numbers of MQTT 5."""

    value: int


def unreachable(broker: Broker, failed: Exception) -> Failure:
    """Why there is no connection: name, route, port, certificate."""
    phase = "tls" if "handshake" in str(failed) else "tcp"
    return _classified(broker, Native(source="os", phase=phase, cause=failed))


def broken(broker: Broker, failed: Exception) -> Failure:
    """Why a connection that stood is over."""
    return _classified(broker, Native(source="os", phase="stream", cause=failed))


def refused(broker: Broker, reason: Reason, *, cut: bool = False, first: bool = False) -> Failure:
    """What the broker said. `cut`: it said nothing, and the connection is gone; `first`: nor ever before."""
    native = Native(
        source="mqtt", code=f"0x{reason.value:02X}", message=str(reason), phase="stream" if cut else "answer"
    )
    told = f"the broker closed the connection{_hint(broker, first=first)}" if cut else ""
    return replace(_classified(broker, native), detail=told)


def silent(broker: Broker, within: float, *, first: bool = False) -> Failure:
    told = f"the broker said nothing for {within:g} s{_hint(broker, first=first)}"
    return _own(ErrorKind.NET_TIMEOUT, broker, told)


def _hint(broker: Broker, *, first: bool) -> str:
    return "; does this port want mqtts://?" if first and not broker.tls else ""


def not_mqtt(broker: Broker, odd: Exception) -> Failure:
    return _own(ErrorKind.DATA_MALFORMED, broker, f"what came is no MQTT ({type(odd).__name__})")


def _own(kind: ErrorKind, broker: Broker, detail: str) -> Failure:
    return Failure(kind=kind, operation=OPERATION, detail=detail, evidence=tuple(broker.evidence.items()))


def _classified(broker: Broker, native: Native) -> Failure:
    evidence = broker.evidence
    if broker.tls and broker.tls.ca:
        evidence["ca_file"] = broker.tls.ca
    if broker.tls and broker.tls.pin:
        evidence["pinned"] = "yes"
    return classify(native, backend="bridge", operation=OPERATION, context=Context(evidence=evidence))
