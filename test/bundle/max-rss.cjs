/** Loaded into the program by `--require`: writes its largest resident set, in KiB, when it ends. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  if (process.env.MAX_RSS_FILE)
    writeFileSync(process.env.MAX_RSS_FILE, String(process.resourceUsage().maxRSS));
});
