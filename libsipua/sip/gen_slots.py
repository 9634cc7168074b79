#!/usr/bin/env python3
"""Prints the slot table (names.c) and the multipliers (names_table.h) of sip_hdr_of. Run it after changing the list in names.h."""
import pathlib, random, re

SIZE = 512
header = (pathlib.Path(__file__).parent / "names.h").read_text()
names = [m[0].lower() for m in re.findall(r'X\(\w+, "([^"]+)", (0|\'.\')\)', header)]


def slot(name, k):
    h = len(name) * k[0] + ord(name[0]) * k[1] + ord(name[-1]) * k[2] + ord(name[len(name) // 2]) * k[3]
    return (h ^ (h >> 8)) % SIZE


rng = random.Random(1)
while True:
    k = [rng.randrange(1, 256) for _ in range(4)]
    if len({slot(n, k) for n in names}) == len(names):
        break
table = [0] * SIZE
for i, n in enumerate(names):
    table[slot(n, k)] = i + 1
print("multipliers: length %d, first %d, last %d, middle %d" % tuple(k))
for i in range(0, SIZE, 32):
    print("    " + ", ".join(map(str, table[i : i + 32])) + ",")
