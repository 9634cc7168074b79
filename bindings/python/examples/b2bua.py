"""A B2BUA: whoever calls is put through to the target, with ringing, answer, digits, hold and the end passing across.

    python b2bua.py sip:+4930123@trunk.example.com
"""

import asyncio
import sys

import sipua


async def main(target: str) -> None:
    async with sipua.Agent(listen=["udp:0.0.0.0:5060"], open=True) as agent:
        async for call in agent.calls():
            agent.bridge(call, agent.dial(target))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
