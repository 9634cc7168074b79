#!/usr/bin/env python3
"""Writes link-time stand-ins for the C library that offer only what glibc VERSION had: old_glibc.py VERSION DIR.

What is linked against DIR (-LDIR) asks at run time for the symbol versions of that glibc, so that it loads there and on
every newer one; what that glibc lacked is an error of the linker. The symbols come from this machine's own C library,
which keeps all its old versions for old programs. What today's headers, libstdc++ and libgcc take for granted and that
glibc lacked comes from late_glibc/ instead.
"""
import re
import subprocess
import sys
from pathlib import Path

# Lived in other libraries before 2.34 merged them into libc: what we use of them, by the library that had them.
THREADS = re.compile(r"^_?_?pthread_|^sem_")
LOADING = re.compile(r"^dl(open|mopen|sym|vsym|close|error|addr|addr1|info)$")
ELSEWHERE = re.compile(r"^(timer_|mq_|aio_|lio_|shm_|(openpty|forkpty|login|login_tty|logout|logwtmp)$|getaddrinfo_a|gai_(suspend|cancel|error))")
SYMBOL = re.compile(
    r"^\s*\d+:\s+\S+\s+(\d+)\s+(FUNC|OBJECT|IFUNC)\s+(GLOBAL|WEAK)\s+DEFAULT\s+(?!UND)\S+\s+(\S+?)@@?(\S+)", re.M)


def run(*command: str, **more) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("GLIBC_").split("."))


def real(name: str) -> str:
    return run("gcc", f"-print-file-name={name}").strip()


def symbols(library: str, newest: tuple[int, ...]) -> dict[str, tuple[str, str, int]]:
    """name -> (version, type, size): of each name the newest version that is old enough."""
    found: dict[str, tuple[str, str, int]] = {}
    for size, kind, _, name, version in SYMBOL.findall(run("readelf", "-W", "--dyn-syms", library)):
        if not re.fullmatch(r"GLIBC_[\d.]+", version) or number(version) > newest:
            continue
        if name not in found or number(found[name][0]) < number(version):
            found[name] = (version, kind, int(size))
    return found


def write(folder: Path, soname: str, table: dict[str, tuple[str, str, int]]) -> None:
    source, script = folder / f"{soname}.s", folder / f"{soname}.map"
    lines = ['.section .note.GNU-stack,"",%progbits', ".text"]
    for name, (_, kind, size) in sorted(table.items()):
        lines.append(f".globl {name}\n.type {name}, %{'object' if kind == 'OBJECT' else 'function'}")
        lines.append(f".size {name}, {max(size, 1)}\n{name}: .skip {max(size, 8)}")
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    nodes = []
    for version in sorted({entry[0] for entry in table.values()}, key=number):
        names = " ".join(f"{name};" for name in sorted(table) if table[name][0] == version)
        nodes.append(f"{version} {{ global: {names} }};")
    script.write_text("\n".join(nodes) + "\n", encoding="utf-8")
    run("gcc", "-shared", "-nostdlib", f"-Wl,-soname,{soname}", f"-Wl,--version-script={script}", str(source), "-o",
        str(folder / soname))
    source.unlink()
    script.unlink()


def main() -> int:
    newest, folder = number(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    libc, libm, threads, loading = real("libc.so.6"), real("libm.so.6"), {}, {}
    table = {n: e for n, e in symbols(libc, newest).items() if not ELSEWHERE.search(n) and n != "pthread_atfork"}
    for name in list(table):
        if THREADS.search(name):
            threads[name] = table.pop(name)
        elif LOADING.search(name):
            loading[name] = table.pop(name)
    write(folder, "libc.so.6", table)
    write(folder, "libm.so.6", symbols(libm, newest))
    write(folder, "libpthread.so.0", threads)
    write(folder, "libdl.so.2", loading)
    loader = re.search(r"\[(ld-linux\S*)\]", run("readelf", "-Wd", libc))
    for source in sorted(Path(__file__).with_name("late_glibc").glob("*.c")):
        late = folder / f"{source.stem}.o"
        run("gcc", "-std=gnu11", "-Wall", "-Wextra", "-O2", "-fPIC", "-fvisibility=hidden", "-c", str(source), "-o", str(late))
        run("ar", "rcsD", str(folder / "liblate_glibc.a"), str(late))
        late.unlink()
    others = "AS_NEEDED ( libpthread.so.0 libdl.so.2" + (f" {real(loader[1])}" if loader else "") + " )"
    group = f"GROUP ( libc.so.6 liblate_glibc.a {real('libc_nonshared.a')} {others} )\n"
    (folder / "libc.so").write_text(group, encoding="utf-8")
    for name, target in ("libm", "libm.so.6"), ("libpthread", "libpthread.so.0"), ("libdl", "libdl.so.2"):
        (folder / f"{name}.so").unlink(missing_ok=True)
        (folder / f"{name}.so").symlink_to(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
