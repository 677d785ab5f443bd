"""The messages, one frozen value each. Fields are only ever appended, with a default, as in every record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bletui.failure import Failure
from bletui.model import Batch, OpId, Peer, Request, Role, ScanRequest
from bletui.model import Result as Done

Take = Literal["free", "exactly", "over"]
"""Which seat: that name or the next one free, that one or none, that one even if somebody sits there."""


# -- from the client


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message. `role` is the most that is wanted; the credential may allow less.

    `epoch`, `since`, `resume`: of the welcome and of the last event that was read before the connection was lost.
    """

    versions: tuple[int, ...]
    seat: str
    role: Role = "operator"
    token: str = ""
    take: Take = "free"
    epoch: str = ""
    since: int = 0
    resume: str = ""
    program: str = ""
    deaf: bool = False  # neither snapshot nor events

    def __repr__(self) -> str:
        return f"Hello({self.versions}, {self.seat!r}, {self.role!r}, take={self.take!r}, program={self.program!r})"


@dataclass(frozen=True, slots=True)
class Perform:
    """`again`: this may have been asked before a connection was lost, and must not be done twice. Times: seconds.

    `once`: the radio makes one attempt and no other.
    """

    op: OpId
    request: Request
    limit: float = 20.0
    deadline: float | None = None
    priority: int = 0
    again: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    request: ScanRequest | None


@dataclass(frozen=True, slots=True)
class Rescan:
    pass


@dataclass(frozen=True, slots=True)
class CancelOp:
    op: OpId


@dataclass(frozen=True, slots=True)
class Promote:
    op: OpId


@dataclass(frozen=True, slots=True)
class RetryNow:
    op: OpId


@dataclass(frozen=True, slots=True)
class Pause:
    lane: str


@dataclass(frozen=True, slots=True)
class Resume:
    lane: str


@dataclass(frozen=True, slots=True)
class Answer:
    """To a prompt: a passkey's digits, `yes`, hex for out-of-band data; None refuses."""

    prompt: int
    value: str | None


@dataclass(frozen=True, slots=True)
class Adopt:
    peer: Peer


@dataclass(frozen=True, slots=True)
class History:
    """`Recalled` messages come before its reply: what the ring holds from wall time `since` on."""

    since: float


@dataclass(frozen=True, slots=True)
class Detach:
    """Leaves the seat for good; `keep`: as if the connection were lost."""

    keep: bool


@dataclass(frozen=True, slots=True)
class ListSeats:
    pass


@dataclass(frozen=True, slots=True)
class AskStatus:
    pass


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends the bridge."""


@dataclass(frozen=True, slots=True)
class Part:
    """Closes whoever sits at the seat of this owner; the seat itself is kept."""

    owner: str


@dataclass(frozen=True, slots=True)
class Reload:
    """Reads the bridge's configuration again; answered with `Reloaded`, or refused with line and reason."""


Verb = (
    Perform | Scan | Rescan | CancelOp | Promote | RetryNow | Pause | Resume | Answer | Adopt | History | Detach
    | ListSeats | AskStatus | Stop | Part | Reload
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """Asks for one thing. `id` grows from call to call; `Reply` or `Failed` with the same id ends it."""

    id: int
    verb: Verb


@dataclass(frozen=True, slots=True)
class Cancel:
    """The answer to this call is not wanted any more; an operation that it asked for is cancelled."""

    id: int


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life, either way. The bridge's wants one back."""

    now: float


# -- from the bridge


@dataclass(frozen=True, slots=True)
class Welcome:
    """`epoch` names this run of the bridge, whose the numbers are. `resumed`: no snapshot, missed events follow.

    `owner` and `role` are what was given; `now` is the bridge's wall clock; `resume` a secret for the next `Hello`.
    """

    version: int
    bridge: str
    program: str
    owner: str
    role: Role
    epoch: str
    seq: int
    now: float
    resume: str
    resumed: bool = False
    frame_max: int = 65_536  # bytes of a frame from the client
    beat: float = 30.0  # seconds between two beats

    def __repr__(self) -> str:
        return f"Welcome({self.version}, {self.bridge!r}, {self.owner!r}, {self.role!r}, resumed={self.resumed})"


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Why the bridge closes this connection; the last message. `final`: trying again by itself would be wrong."""

    failure: Failure
    final: bool = True


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """All parts fold to the state after event number `batch.seq`; `more`: another part follows."""

    more: bool
    batch: Batch


@dataclass(frozen=True, slots=True)
class Log:
    """What happened before the snapshot, advertisements excepted: for showing, not for folding."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class Told:
    batch: Batch


@dataclass(frozen=True, slots=True)
class Recalled:
    """A part of the answer to the `History` call `id`."""

    id: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class SeatTaken:
    """One row of who is there. `client`: what sits there now, None: nobody since `since` (wall seconds)."""

    owner: str
    role: Role
    user: str
    client: str | None
    since: float
    links: tuple[Peer, ...] = ()  # that it asked for and that are up
    operations: int = 0  # that run or wait
    scanning: bool = False
    shed: int = 0  # events lost by this client
    waiting: int = 0  # bytes that wait to be sent


@dataclass(frozen=True, slots=True)
class Seats:
    seats: tuple[SeatTaken, ...]


@dataclass(frozen=True, slots=True)
class Status:
    bridge: str
    program: str
    pid: int
    started: float  # wall seconds
    epoch: str
    seq: int
    radios: tuple[str, ...]
    listens: tuple[str, ...]
    counts: tuple[tuple[str, int], ...] = ()  # since the start: clients, refused, shed …


@dataclass(frozen=True, slots=True)
class Reloaded:
    """`failed`: what the file says and could not be done, each with its reason; everything else is in force."""

    changed: tuple[str, ...]
    failed: tuple[str, ...] = ()


Result = Done | Seats | Status | Reloaded


@dataclass(frozen=True, slots=True)
class Reply:
    id: int
    result: Result = None


@dataclass(frozen=True, slots=True)
class Failed:
    id: int
    failure: Failure


FromClient = Hello | Call | Cancel | Beat
FromBridge = Welcome | Goodbye | SnapshotPart | Log | Told | Recalled | Reply | Failed | Beat
