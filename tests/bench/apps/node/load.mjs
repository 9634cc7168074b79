// What it takes to import the package: milliseconds of CPU time, and KB of resident memory.
const ms = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e3; };
const kb = () => process.memoryUsage.rss() / 1024;
const [start, before] = [ms(), kb()];
await import('../../../../bindings/node/index.mjs');
const [imported, after] = [ms(), kb()];
console.log(JSON.stringify({ ms: Math.round((imported - start) * 10) / 10, kb: Math.round(after - before) }));
