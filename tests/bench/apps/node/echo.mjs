// Says back what it hears, until stdin ends.
import { Agent } from '../../../../bindings/node/index.mjs';

const agent = new Agent({ bind: '127.0.0.1', listen: ['udp:127.0.0.1:0'], open: true, codecs: ['pcmu'] });
agent.on('incoming_call', async call => {
    const audio = await call.answer({ rate: 8000 });
    audio.on('data', frame => audio.write(frame));
});
const [udp] = await agent.listening();
console.log(`listening ${udp.port}`);
process.stdin.resume().on('end', () => agent.close());
