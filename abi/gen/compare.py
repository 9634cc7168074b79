"""Is everything that was promised still there, and unchanged? Two descriptions of the header (abi/generated/sipua.json)
or two tables of numbers (layout-MACHINE.txt) are compared; what is wrong comes back in words, each beginning with the
name that it is about."""

from __future__ import annotations

import re


def version(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in text.split(".")[:2])


def by_name(rows: list[dict], key: str = "name") -> dict[str, dict]:
    return {row[key]: row for row in rows}


class Comparison:
    def __init__(self, old: dict, new: dict) -> None:
        self.old, self.new = old, new
        self.wrong: list[str] = []

    def say(self, name: str, text: str) -> None:
        self.wrong.append(f"{name}: {text}")

    def same(self, name: str, what: str, old: object, new: object) -> None:
        if old != new:
            self.say(name, f"{what} was {old!r}, is {new!r}")

    def run(self) -> list[str]:
        if version(self.new["version"]) < version(self.old["version"]):
            self.say("SIPUA_VERSION", f"went back from {self.old['version']} to {self.new['version']}")
        for name in self.old["opaque"]:
            if name not in self.new["opaque"]:
                self.say(name, "is gone")
        for name, base in self.old["integers"].items():
            self.same(name, "its type", base, self.new["integers"].get(name))
        self.pairs("enums", self.enum)
        self.pairs("structs", self.struct)
        self.pairs("functions", self.function)
        self.pairs("options", self.option, "key")
        for kind in ("retryable", "fatal"):
            for name in by_name(self.old["enums"])["sipua_error"]["members"]:
                self.same(name["name"], kind, name["name"] in self.old[kind], name["name"] in self.new[kind])
        old = {f["name"] for f in self.old["functions"]}
        for function in self.new["functions"]:
            if function["name"] not in old:
                self.later(function["name"], function)
        return self.wrong

    def pairs(self, kind: str, compare, key: str = "name") -> None:  # type: ignore[no-untyped-def]
        new = by_name(self.new[kind], key)
        for row in self.old[kind]:
            if row[key] not in new:
                self.say(row[key], "is gone")
            else:
                compare(row, new[row[key]])

    def later(self, name: str, row: dict) -> None:
        """What is new says since when; that decides about sizes and about the node of the version map."""
        if not row.get("since") or version(row["since"]) <= version(self.old["version"]):
            above = ".".join(map(str, version(self.old["version"])))
            self.say(name, f"is new: it needs SIPUA_SINCE(major, minor) of a version above {above}")

    def enum(self, old: dict, new: dict) -> None:
        self.same(old["name"], "its type", old["base"], new["base"])
        members = by_name(new["members"])
        for m in old["members"]:
            now = members.get(m["name"])
            if not now:
                self.say(m["name"], "is gone")
                continue
            self.same(m["name"], "its value", m["value"], now["value"])
            for field in m.get("fields", []):
                if field not in now.get("fields", []):
                    self.say(m["name"], f"does not fill {field} any more")

    def struct(self, old: dict, new: dict) -> None:
        name = old["name"]
        self.same(name, "filled by the library", old.get("out", False), new.get("out", False))
        for i, m in enumerate(old["members"]):
            now = new["members"][i] if i < len(new["members"]) else {"name": "nothing"}
            for what in ("name", "type", "length", "since"):
                if m.get(what) != now.get(what):
                    self.say(f"{name}.{m['name']}", f"its {what} was {m.get(what)}, is {now.get(what)}")
                    break
        added = new["members"][len(old["members"]):]
        if added and old["members"][0]["name"] != "struct_size":
            self.say(name, "is frozen and may not grow")
        for m in added:
            self.later(f"{name}.{m['name']}", m)
        kept = {k: v for k, v in new.get("pads", {}).items() if v in {m["name"] for m in old["members"]}}
        self.same(name, "its pads", old.get("pads", {}), kept)

    def function(self, old: dict, new: dict) -> None:
        name = old["name"]
        self.same(name, "what it returns", old["returns"], new["returns"])
        self.same(name, "its SIPUA_SINCE", old.get("since"), new.get("since"))
        before, now = old.get("params", []), new.get("params", [])
        self.same(name, "the number of its parameters", len(before), len(now))
        for p, q in zip(before, now):
            if p.get("nullable") is None:
                q = {k: v for k, v in q.items() if k != "nullable"}  # to take NULL as well is no break
            self.same(name, f"parameter {p['name']}", p, q)

    def option(self, old: dict, new: dict) -> None:
        key = old["key"]
        for what in ("type", "default", "since"):
            self.same(key, f"its {what}", old[what], new[what])
        for scope in old["scope"].split():
            if scope not in new["scope"].split():
                self.say(key, f"does not belong to the {scope} any more")
        if new["minimum"] > old["minimum"] or new["maximum"] < old["maximum"]:
            self.say(key, f"its range was {old['minimum']} to {old['maximum']}, is {new['minimum']} to {new['maximum']}")


def unexplained(wrong: list[str], changelog: str, used: list[str]) -> list[str]:
    """Those of these breaks that no line of the changelog owns up to. Such a line reads

        - ABI break: NAME, NAME, ... what happened to them, because ...

    and serves once: `used` are those of earlier breaks."""
    lines = [" ".join(item.split()) for item in changelog.split("\n- ")]
    lines = [line for line in lines if line.startswith("ABI break: ") and " because " in line and line not in used]
    return [w for w in wrong if not any(re.search(rf"\b{re.escape(w.split(':')[0])}\b", line) for line in lines)]


def descriptions(old: dict, new: dict) -> list[str]:
    return Comparison(old, new).run()


def tables(old: str, new: str, machine: str) -> list[str]:
    """Every line stays; only a struct may have grown, and not one that is frozen."""
    now = {tuple(line.split()[:2]): line.split()[2:] for line in new.splitlines()}
    versioned = {line.split()[1].split(".")[0] for line in old.splitlines() if ".struct_size " in line}
    wrong = []
    for line in old.splitlines():
        kind, name, *numbers = line.split()
        is_now = now.get((kind, name))
        grown = kind == "struct" and name in versioned and is_now and int(is_now[0]) >= int(numbers[0])
        if is_now != numbers and not grown:
            wrong.append(f"{name}: on {machine} {kind} {' '.join(numbers)} became {' '.join(is_now or ['nothing'])}")
    return wrong
