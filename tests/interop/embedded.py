"""The embedded registrar as a process of its own: settings come as JSON in the first argument, its addresses go out as one
line of JSON; a line on stdin is answered by the counters of its agent; it ends with stdin."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys

from sipua.testing import Registrar


async def main() -> None:
    settings = json.loads(sys.argv[1])
    options = settings.pop("options", {})
    registrar = Registrar({"alice": "secret", "bob": "hunter2"}, **settings)
    registrar._agent._settings = options  # before its listeners open
    async with registrar:
        print(json.dumps([[one.transport, one.host, one.port] for one in registrar.listeners]), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while await reader.readline():
            print(json.dumps(dataclasses.asdict(await registrar._agent.stats())), flush=True)


asyncio.run(main())
