"""Values to msgpack records and back: shared by the bridge and by capture files. `docs/wire.md` has the layout."""

from bletui.wire.framing import FRAME_MAX, Frames, frame
from bletui.wire.records import VERSION, pack, pack_request, unpack, unpack_request

__all__ = ["FRAME_MAX", "VERSION", "Frames", "frame", "pack", "pack_request", "unpack", "unpack_request"]
