// What it takes to import the package: milliseconds, and KB of resident memory.
const kb = () => process.memoryUsage.rss() / 1024;
const [start, before] = [performance.now(), kb()];
await import('../../../../bindings/node/index.mjs');
const [imported, after] = [performance.now(), kb()];
console.log(JSON.stringify({ ms: Math.round((imported - start) * 10) / 10, kb: Math.round(after - before) }));
