"""Each broken promise is caught by the check meant for it, and by no check that does not depend on it."""

from __future__ import annotations

import pytest
from bletui_template import ADDRESS, COUNTER, VALUE, Template

from bletui.backend import Env
from bletui.testing.contract import CHECKS, Check, Subject
from bletui.testing.virtual_time import clock, run
from tests.testing.contract import mutants
from tests.testing.contract import mutants_in_detail as detail

EVERY = {check.name for check in CHECKS}
WITHOUT_LANES = {
    "open-is-quick",
    "the-loop-is-never-held-up",
    "closing-without-opening",
    "scan-returns-at-once",
    "scanning-stops",
    "scanning-can-start-again",
    "times-run-forward",
    "what-is-heard-has-its-form",
    "what-is-told-is-of-the-port",
}
NEEDS_A_LINK = {check.name for check in CHECKS if "device" in check.needs} - {"without-a-link"}

CAUGHT_BY: dict[type[Template], set[str]] = {
    mutants.SlowToOpen: {"open-is-quick"},
    mutants.TellsNoLane: EVERY - WITHOUT_LANES,
    mutants.ConnectsNowhere: {"lanes-are-told"},
    mutants.HoldsTheLoopUp: {"the-loop-is-never-held-up"},
    mutants.NeverUsable: NEEDS_A_LINK,
    mutants.ForgetsItsIds: {"ids-stay-the-same-over-a-restart"},
    mutants.LeavesTasks: {"closing-leaves-nothing"},
    mutants.NeedsOpening: {"closing-without-opening"},
    mutants.HearsFromNowhere: {"scanning-hears"},
    mutants.WaitsForPackets: {"scan-returns-at-once"},
    mutants.NeverStops: {"scanning-stops"},
    mutants.StartsOnce: {"scanning-can-start-again"},
    mutants.RunsBackwards: {"times-run-forward"},
    mutants.TellsText: {"what-is-told-is-of-the-port"},
    mutants.Raw: {"what-is-heard-has-its-form"},
    mutants.TellsLinksTwice: {"connecting-is-told-once"},
    mutants.TellsEndsTwice: {"disconnecting-is-told-once"},
    mutants.ConnectsOnce: {"a-link-can-come-again"},
    mutants.BlamesTheChip: {"nobody-there"},
    mutants.ConnectsForEver: {"nobody-there"},
    mutants.KeepsWhatWasCancelled: {"a-cancelled-connect-is-undone"},
    mutants.ShufflesHandles: {"trees-have-their-form"},
    mutants.HidesProperties: {"the-tree-tells-what-can-be-done"},
    mutants.ReadsWhatIsNotThere: {"reading"},
    mutants.LetsOtherExceptionsOut: {"reading"},
    mutants.WritesHalf: {"what-is-written-is-read-back"},
    mutants.NotifiesUnderAnotherHandle: {"notifications-come-and-stop"},
    mutants.NotifiesOn: {"notifications-come-and-stop"},
    mutants.ReadsWithoutALink: {"without-a-link"},
    mutants.HidesWhatItCant: {"what-is-not-done-says-so"},
    mutants.CrashesOnBonds: {"what-is-not-done-says-so"},
    detail.EmitsAfterClosing: {"closing-leaves-nothing"},
    detail.LeavesQuietTasks: {"closing-leaves-nothing"},
    detail.NeverLive: {"scanning-hears"},
    detail.StopsWithoutAWord: {"scanning-stops", "scanning-can-start-again"},
    detail.CountsFromAnotherDay: {"times-run-forward"},
    detail.HeardFromNobody: {"what-is-heard-has-its-form"},
    detail.LowerCase: {"what-is-heard-has-its-form"},
    detail.TooLoud: {"what-is-heard-has-its-form"},
    detail.SaysNothing: {"what-is-heard-has-its-form"},
    detail.NamesAnotherDevice: {
        "connecting-is-told-once",
        "a-link-can-come-again",
        "a-cancelled-connect-is-undone",
        "notifications-come-and-stop",
    },
    detail.NamesAnotherLane: {"connecting-is-told-once", "notifications-come-and-stop"},
    detail.SaysWhose: {"connecting-is-told-once"},
    detail.EndsWithoutAWord: {"disconnecting-is-told-once", "a-link-can-come-again"},
    detail.ComesAgainWithoutAWord: {"a-link-can-come-again"},
    detail.TellsLinksThatFailed: {"nobody-there"},
    detail.GoesOnConnecting: {"a-cancelled-connect-is-undone"},
    detail.TreeOfAnother: {"trees-have-their-form"},
    detail.ShortUuids: {"trees-have-their-form"},
    detail.ForgetsOnRefresh: {"trees-have-their-form"},
    detail.ReadsNoBytes: {"reading"},
    detail.ReadsTooMuch: {"reading"},
    detail.BlamesTheLink: {"reading"},
    detail.NotifiesUnasked: {"notifications-come-and-stop"},
    detail.ReadsLate: {"without-a-link"},
    detail.DiscoversLate: {"without-a-link"},
    detail.CanNotSayWhatItCant: {"what-is-not-done-says-so"},
    detail.ListsBonds: {"what-is-not-done-says-so"},
}


def failed_checks(backend: type[Template]) -> set[str]:
    """Over a loop whose time jumps, so that waiting for what never comes costs nothing."""
    failed = set()
    for check in CHECKS:

        async def checked(check: Check = check) -> None:
            subject = Subject(
                open=lambda: backend(Env("template", clock=clock())),
                device=ADDRESS,
                readable=VALUE,
                writable=VALUE,
                notifying=COUNTER,
            )
            await check.run(subject)

        try:
            run(checked)
        except Exception:  # a check that crashes has caught something too
            failed.add(check.name)
    return failed


def test_the_template_itself_keeps_every_promise() -> None:
    assert failed_checks(Template) == set()


@pytest.mark.parametrize("mutant", CAUGHT_BY, ids=lambda mutant: mutant.__name__)
def test_a_broken_promise_is_caught_by_its_check_and_by_no_other(mutant: type[Template]) -> None:
    assert failed_checks(mutant) == CAUGHT_BY[mutant]


def test_every_check_has_a_mutant_that_only_it_catches() -> None:
    alone = {next(iter(checks)) for checks in CAUGHT_BY.values() if len(checks) == 1}
    assert alone == EVERY
