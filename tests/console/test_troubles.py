"""How many troubles nobody has looked at, in values; and the header that counts them on a live simulator."""

from __future__ import annotations

from bletui.console.screens.problems import ProblemsScreen
from bletui.console.screens.scan import ScanScreen
from bletui.console.troubles import Unseen
from bletui.failure import ErrorKind, Failure
from bletui.log import Entry
from bletui.model import LinkChanged, Peer
from bletui.session import Joined, Session
from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import FAILING, failed_connect
from tests.console.real import console

OFF = Failure(kind=ErrorKind.ADAPTER_OFF)
LOST = Failure(kind=ErrorKind.LINK_LOST)


def lose(session: Session, at: float) -> None:
    session.failing.note(Entry("r", LinkChanged(at, Peer("r/0", "A"), "down", LOST)))


def test_what_comes_is_new_until_somebody_looks_and_again_when_it_comes_back() -> None:
    session, unseen = Session([parse("sim:")]), Unseen()
    radio = session.radios.setdefault("r", Joined("r", parse("sim:")))
    assert unseen.count(None) == unseen.count(session) == 0
    radio.failure = OFF
    lose(session, 1.0)
    assert unseen.count(session) == unseen.count(session) == 2
    unseen.looked(session)
    assert unseen.count(session) == 0
    lose(session, 2.0)
    assert unseen.count(session) == 0, "the same again"
    radio.failure = None
    assert unseen.count(session) == 0
    radio.failure = OFF
    assert unseen.count(session) == 1


@in_virtual_time
async def test_the_header_counts_them_in_every_mode_until_problems_was_looked_at() -> None:
    async with console(FAILING) as play:
        assert "new problem" not in play.text("#header")
        await failed_connect(play)
        await play.until_said("1 new problem ", "#header")
        await play.press("1")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        assert "1 new problem " in play.text("#header")
        await play.press("5")
        await play.until(lambda: isinstance(play.app.screen, ProblemsScreen))
        assert "new problem" not in play.text("#header")
        await play.press("1")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        assert "new problem" not in play.text("#header")
