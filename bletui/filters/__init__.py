"""The filter language, the same in the bar, on the command line and in the config: parse once, match fast.

    rssi>=-70                  dBm on the lane that hears it best; also > <= < = !=
    name~"therm*"              a pattern of * and ?; name=x is the whole name, name="" has none
    company=0x004C             or a word that a company's name has: company=apple
    uuid=180f                  an advertised service: 4, 8 or 32 hex digits
    addr=A4:C1:*   lane=hci0   patterns of * and ?
    adv contains 0201          bytes of the last advertisement
    connectable   new          as they stand
    @strong                    a filter that the configuration names
    and or not ( )             words side by side mean `and`; x!=y is `not x=y`
    thermo                     any other word, or one in quotes: in the name or the address

Upper and lower case are the same everywhere. The answer is True, False or None: this radio can't tell.
"""

from bletui.filters.grammar import FilterError
from bletui.filters.pushdown import push_down
from bletui.filters.syntax import parse
from bletui.filters.terms import Filter, Row

__all__ = ["Filter", "FilterError", "Row", "parse", "push_down"]
