"""What `--model`, `--fault` and `--seed` of `bridge run` ask of simulated targets; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bletui.target import Target, invalid

if TYPE_CHECKING:
    from bletui.bridge.router_api.models import Model

SCHEME = "sim"


def simulated(
    targets: Sequence[Target], *, model: Model | None = None, faults: Sequence[str] = (), seed: int | None = None
) -> list[Target]:
    """The targets, the simulated ones with what is asked for; what they say themselves of model and seed stands.

    `request.invalid`: nothing here is simulated, or a target says otherwise.
    """
    if (model or faults) and not any(target.scheme == SCHEME for target in targets):
        asked = f"--model {model.name}" if model else f"--fault {faults[0]}"
        raise invalid(f"{asked} is for a simulated site, as sim:lab; a real radio has its own")
    return [_changed(one, model, faults, seed) if one.scheme == SCHEME else one for one in targets]


def _changed(target: Target, model: Model | None, faults: Sequence[str], seed: int | None) -> Target:
    params = dict(target.params)
    if model is not None:
        _refuse_both(params, model)
        params |= {"chips": str(model.chips), "slots": str(model.slots)}
    if faults:
        params["fault"] = ",".join([*filter(None, [params.get("fault")]), *faults])
    if seed is not None:
        params.setdefault("seed", str(seed))
    return replace(target, params=params)


def _refuse_both(params: Mapping[str, str], model: Model) -> None:
    for name in ("lanes", "chips", "slots"):
        if name in params:
            raise invalid(f"--model {model.name} and {name}= say different things of the same lanes")
