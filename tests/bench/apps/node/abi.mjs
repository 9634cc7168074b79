// One call into the ABI, with a number in and a string out: abi.mjs N prints the nanoseconds of each.
import { createRequire } from 'node:module';

import { EventType } from '../../../../bindings/node/index.mjs';

const { event_type_name: call } = createRequire(import.meta.url)('../../../../bindings/node/src/load.js');
const count = Number(process.argv[2]);
const start = process.hrtime.bigint();
for (let i = 0; i < count; i++) call(EventType.MARK);
console.log(JSON.stringify({ ns: Number(process.hrtime.bigint() - start) / count }));
