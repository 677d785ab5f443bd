"""The question after a link's PHY, wherever a link is under the cursor."""

from __future__ import annotations

from bletui.console.asking import ask
from bletui.console.phy import Wish, came, parse, phy_check, phy_words
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.widgets.rows import Rows
from bletui.errors.card import one_line
from bletui.failure import Failure
from bletui.model import LinkChanged, Phy
from bletui.session import Joined
from bletui.text import visible


class PhyKeys(Rows):
    def linked(self) -> tuple[Joined, LinkChanged] | None:
        """The link that is meant, and its radio; None: there is none."""
        raise NotImplementedError

    def action_phy(self) -> None:
        found = self.linked()
        if found is None:
            self.note("no link under the cursor")
            return
        joined, link = found

        def typed(text: str | None) -> None:
            if text is not None:
                self.app.run_worker(self._set_phy(joined, link, parse(text)), group="ask")

        self.app.push_screen(
            TextDialogue(
                f"PHY of {visible(link.peer.address)}",
                lambda: phy_words(joined.state.links.get(link.peer, link)),
                phy_check,
                accept="Ask for it",
            ),
            typed,
        )

    async def _set_phy(self, joined: Joined, link: LinkChanged, wish: Wish) -> None:
        outcome = await ask(joined, wish.of(link.peer))
        if isinstance(outcome, Failure):
            self.note(one_line(outcome))
        elif isinstance(outcome, Phy):
            self.note(came(wish, outcome))
