"""From foreign failures to the vocabulary, and from the vocabulary to remedies.

Names are looked up on first use: `bletui explain` needs the tables and not the classifier.
"""

from bletui.kinds import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.errors.classify import Context, classify
    from bletui.errors.native import Native

__all__ = ["Context", "Native", "classify"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bletui.errors.classify import Context, classify
    from bletui.errors.native import Native

    globals().update(Context=Context, Native=Native, classify=classify)
    return globals()[name]
