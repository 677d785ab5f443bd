"""Who may use a lane next: requests in, calls to make out."""

from bletui.connections.entry import Again, Policy
from bletui.connections.placing import Signal
from bletui.connections.queue import ConnectionQueue
from bletui.connections.steps import Call, CancelCall, Release, Step, verb

__all__ = ["Again", "Call", "CancelCall", "ConnectionQueue", "Policy", "Release", "Signal", "Step", "verb"]
