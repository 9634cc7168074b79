"""What it takes to import the package: milliseconds of CPU time, and KB of resident memory."""

import json
import os
import time


def resident() -> int:
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


start, before = time.process_time(), resident()
import sipua  # noqa: E402

imported, after = time.process_time(), resident()
print(json.dumps({"ms": round((imported - start) * 1e3, 1), "kb": after - before}), flush=True)
