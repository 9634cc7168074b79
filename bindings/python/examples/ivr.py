"""An IVR: asks for an extension, and transfers the caller to it.

    python ivr.py sip:desk@example.com PASSWORD prompt.wav
"""

import asyncio
import sys

import sipua


async def menu(call: sipua.Call, prompt: str) -> None:
    await call.answer()
    for _ in range(3):
        # The first digit stops the prompt; without any, the time counts from its end.
        digits = (await call.collect(3, terminators="#", timeout=15, prompt=prompt)).digits
        if digits:
            try:
                await call.transfer(digits)  # done when the extension has answered; this call is then hung up
                print(f"{call.from_} talks with {digits}", flush=True)
                return
            except sipua.CallEnded:
                raise  # the caller hung up
            except sipua.SipError as error:
                print(f"{digits}: {error}", flush=True)
    await call.hangup()


async def main(aor: str, password: str, prompt: str) -> None:
    async with sipua.Agent() as agent, agent.calls() as calls:  # so that even the first call is taken
        await agent.register(aor, password=password)
        print("ready", flush=True)
        async for call in calls:
            agent.spawn(menu(call, prompt), call=call)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
