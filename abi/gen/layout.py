"""Where the members of the structs lie, computed for the machines that the ABI is promised on. What a compiler prints
for each is compared with this by ci/abi."""

from __future__ import annotations

import dataclasses

from model import Header, Struct

SCALARS = {"int32_t": 4, "uint32_t": 4, "int64_t": 8, "uint64_t": 8}


@dataclasses.dataclass(frozen=True)
class Machine:
    name: str
    pointer: int  # its size and alignment; 64-bit integers are aligned to 8 on all of them
    macro: str  # a preprocessor condition that is true on it


MACHINES = [
    Machine("x86_64", 8, "defined(__x86_64__) && !defined(__ILP32__)"),
    Machine("aarch64", 8, "defined(__aarch64__) && !defined(__ILP32__)"),
    Machine("armv7", 4, "defined(__arm__)"),
]


@dataclasses.dataclass
class Layout:
    size: int
    offsets: list[tuple[str, int, int]]  # name, offset, size; pads are among them where they take room
    problem: tuple[int, str] | None  # line and words, when a compiler would have to pad


def lay(header: Header, struct: Struct, machine: Machine) -> Layout:
    at, align, problem = 0, machine.pointer, None  # a 64-bit member may follow one day: no odd half at the end
    offsets: list[tuple[str, int, int]] = []
    pads = {after: name for name, after in struct.pads.items()} if machine.pointer == 4 else {}
    for member in struct.members:
        size = machine.pointer if "*" in member.type else SCALARS[header.plain(member.type)]
        if at % size:
            problem = problem or (member.line, f"before {member.name}: {advice(machine)}")
            at += size - at % size
        offsets.append((member.name, at, size))
        at, align = at + size, max(align, size)
        if member.name in pads:
            offsets.append((pads[member.name], at, 4))
            at += 4
    if at % align:
        problem = problem or (struct.line, f"at the end of {struct.name}: {advice(machine)}")
        at += align - at % align
    return Layout(at, offsets, problem)


def advice(machine: Machine) -> str:
    if machine.pointer == 4:
        return "SIPUA_PAD_PTR after the odd pointer before it fills it"
    return "write it out as a reserved member"
