"""JavaScript peers: a page in headless Chromium, driven through its debugging pipe, and a program under Node; both hold
JsSIP (phone.js)."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import itertools
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PATIENCE = 60.0

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
         "--disable-sync", "--disable-features=WebRtcHideLocalIpsWithMdns,DialMediaRouteProvider",
         "--ignore-certificate-errors", "--no-proxy-server"]


def cached(name: str) -> Path:
    """What node_need of ci/lib.sh has fetched."""
    base = os.environ.get("SIPUA_CACHE") or os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")) + "/libsipua"
    path = Path(base) / "node" / name
    assert path.exists(), f"{path} is missing: node_need of ci/lib.sh fetches it, and ci/test runs that"
    return path


def node_environment() -> dict[str, str]:
    return {**os.environ, "NODE_PATH": str(cached("jssip/node_modules"))}


def bundle(folder: Path) -> str:
    """JsSIP with our phone, as one script for a page."""
    out = folder / "phone.bundle.js"
    subprocess.run([cached("esbuild/bin/esbuild"), str(HERE / "phone.js"), "--bundle", "--platform=browser", "--format=iife",
                    "--external:node:readline", "--log-level=error", f"--outfile={out}"], check=True, timeout=60,
                   env=node_environment())
    return out.read_text()


@contextlib.contextmanager
def site(script: str) -> Iterator[str]:
    """A web site with one empty page that has loaded the script; its origin."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = (script, "text/javascript") if self.path == "/phone.js" else (
                "<!doctype html><meta charset=utf-8><script src=/phone.js></script>", "text/html")
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Page:
    """Somewhere expressions are evaluated."""

    async def evaluate(self, expression: str) -> Any:
        raise NotImplementedError

    async def phone(self, name: str = "phone", **settings: Any) -> Phone:
        await self.evaluate(f"(globalThis.{name} = new Phone({json.dumps(settings)}), true)")
        return Phone(self, name)


class Phone:
    """A JsSIP UA over there: phone.register(), phone.message(target, text), phone.next("newMessage") ..."""

    def __init__(self, page: Page, name: str) -> None:
        self._page, self._name = page, name

    def __getattr__(self, method: str) -> Any:
        async def call(*arguments: Any) -> Any:
            given = ", ".join(json.dumps(one) for one in arguments)
            return await self._page.evaluate(f"{self._name}.{method}({given})")

        return call


class Wire:
    """Requests with numbers, answers with the same."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    def expect(self) -> tuple[int, asyncio.Future[dict[str, Any]]]:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        return number, self._waiting[number]

    def answer(self, message: dict[str, Any]) -> None:
        future = self._waiting.pop(message.get("id", 0), None)
        if future and not future.done():
            future.set_result(message)

    def over(self, why: str) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError(why))


class Chromium(Page):
    """One page of a headless Chromium. DevTools messages pass over two pipes (3 and 4), each ended by a zero byte, so there
    is no port to collide with."""

    def __init__(self) -> None:
        self._wire = Wire()
        self._session = ""

    @staticmethod
    def program() -> str:
        for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
            if found := shutil.which(name):
                return found
        raise AssertionError("no Chromium: apt-get install chromium-headless-shell")

    async def start(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "chromium.log"
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        command = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", command, self.program(), *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}/profile",
                 "about:blank"], pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env={**os.environ, "HOME": str(folder)})
        os.close(theirs_in)
        os.close(theirs_out)
        loop = asyncio.get_running_loop()
        self._out = os.fdopen(ours_out, "wb", buffering=0)
        reader = asyncio.StreamReader(limit=64 << 20)
        self._transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader),
                                                          os.fdopen(ours_in, "rb", buffering=0))
        self._reading = asyncio.create_task(self._read(reader))
        target = await self.command("Target.createTarget", url="about:blank")
        attached = await self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        await self.command("Page.navigate", url=url)
        async with asyncio.timeout(PATIENCE):
            while not await self.evaluate("document.readyState == 'complete' && 'Phone' in globalThis"):
                await asyncio.sleep(0.05)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                self._wire.answer(json.loads((await reader.readuntil(b"\0"))[:-1]))
        self._wire.over(f"Chromium has ended:\n{self._log.read_text(errors='replace')[-3000:]}")

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number, answer = self._wire.expect()
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        got = await asyncio.wait_for(answer, PATIENCE)
        if "error" in got:
            raise RuntimeError(f"{method}: {got['error']}")
        result: dict[str, Any] = got["result"]
        return result

    async def evaluate(self, expression: str) -> Any:
        got = await self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in got:
            what = got["exceptionDetails"]
            raise RuntimeError(what.get("exception", {}).get("description") or what["text"])
        return got["result"].get("value")

    async def stop(self) -> None:
        if hasattr(self, "_reading"):
            self._reading.cancel()
            self._transport.close()
            self._out.close()
        if hasattr(self, "_process"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await asyncio.to_thread(self._process.wait, 10)


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[tuple[Page, str]]:
    """A page that knows Phone, and its origin."""
    with site(bundle(folder)) as origin:
        page = Chromium()
        try:
            await page.start(folder / "chromium", origin + "/")
            yield page, origin
        finally:
            await page.stop()


class Node(Page):
    """A program under Node 24, which has a WebSocket of its own."""

    def __init__(self) -> None:
        self._wire = Wire()

    async def start(self, ca: str | None = None) -> None:
        extra = {"NODE_EXTRA_CA_CERTS": ca} if ca else {}
        self._process = await asyncio.create_subprocess_exec(
            str(cached("24/bin/node")), str(HERE / "phone.js"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 24,
            env={**node_environment(), **extra})
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self._wire.answer(json.loads(line))
        self._wire.over("node has ended")

    async def evaluate(self, expression: str) -> Any:
        assert self._process.stdin
        number, answer = self._wire.expect()
        self._process.stdin.write(json.dumps({"id": number, "expression": expression}).encode() + b"\n")
        got = await asyncio.wait_for(answer, PATIENCE)
        if "error" in got:
            raise RuntimeError(got["error"])
        return got["value"]

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._reading.cancel()


@contextlib.asynccontextmanager
async def node(ca: str | None = None) -> AsyncIterator[Page]:
    page = Node()
    await page.start(ca)
    try:
        yield page
    finally:
        await page.stop()


@contextlib.asynccontextmanager
async def here(where: str, folder: Path, ca: str | None = None) -> AsyncIterator[Page]:
    """A page of either kind, by name."""
    if where == "node":
        async with node(ca) as page:
            yield page
    else:
        async with chromium(folder) as (page, _):
            yield page
