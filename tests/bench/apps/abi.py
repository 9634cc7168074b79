"""One call into the ABI, with a number in and a string out: abi.py N prints the nanoseconds of each."""

import json
import sys
import time

from sipua import EventType
from sipua._native import lib


def main(count: int) -> None:
    function, number = lib.sipua_event_type_name, int(EventType.MARK)
    start = time.perf_counter_ns()
    for _ in range(count):
        function(number)
    print(json.dumps({"ns": (time.perf_counter_ns() - start) / count}), flush=True)


main(int(sys.argv[1]))
