"""A backend with seats, a snapshot and sequence numbers: what session, command line and bridge talk to."""

from bletui.radio.port import Attachment, Radio
from bletui.radio.queued import QueuedRadio

__all__ = ["Attachment", "QueuedRadio", "Radio"]
