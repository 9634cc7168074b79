"""What is done in a call: hold, resume, transfer. CPU time of all the phones in it together."""

import collections.abc

from .figure import Figure, median
from .process import Program

Yields = collections.abc.Iterator[Figure]


def in_a_call(quick: bool) -> Yields:
    """a call between two phones; held and resumed; and transferred to a third"""
    shapes = {"plain": "call, both phones", "hold": "call with hold and resume, both phones",
              "transfer": "call with hold, resume and transfer, three phones"}
    found: dict[str, list[dict]] = {shape: [] for shape in shapes}
    for _ in range(1 if quick else 3):
        for shape in shapes:
            with Program("bench_control", shape, "200" if quick else "2000") as program:
                found[shape].append(program.figures())
    for shape, name in shapes.items():
        yield Figure(name, median([f["cpu_us"] for f in found[shape]]), "us CPU")
        yield Figure(f"{name}: it takes", median([f["ms"] for f in found[shape]]), "ms")


MEASURES = [in_a_call]
