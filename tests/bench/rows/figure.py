"""One figure of the table."""

import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    name: str
    value: float
    unit: str
    aim: float | None = None
    better: str = "lower"


def median(values: list[float]) -> float:
    if not values:
        raise RuntimeError("nothing was measured")
    return statistics.median(values)
