"""Values to msgpack records and back: shared by the bridge and by capture files. `docs/wire.md` has the layout."""

from bletui.wire.framing import FRAME_MAX, Frames, frame
from bletui.wire.records import VERSION, batch_of, pack, pack_request, unpack, unpack_request

__all__ = ["FRAME_MAX", "VERSION", "Frames", "batch_of", "frame", "pack", "pack_request", "unpack", "unpack_request"]
