"""An IVR: asks for an extension, and transfers the caller to it.

    python ivr.py sip:desk@example.com PASSWORD prompt.wav
"""

import asyncio
import sys

import sipua


async def menu(call: sipua.Call, prompt: str) -> None:
    await call.answer()
    for _ in range(3):
        call.play(prompt)
        digits = (await call.collect(3, terminators="#", timeout=15)).digits
        if len(digits) == 3:
            try:
                await call.transfer(f"sip:{digits}@example.com")
                return
            except sipua.SipError as error:
                print(f"{digits}: {error}")
    await call.hangup()


async def main(aor: str, password: str, prompt: str) -> None:
    async with sipua.Agent() as agent:
        await agent.register(aor, password=password)
        async for call in agent.calls():
            agent.spawn(menu(call, prompt), call=call)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
