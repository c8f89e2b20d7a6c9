// Loaded ahead of a process that is measured: tells its parent what it costs, on request.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 });
});
process.channel?.unref();
