#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

// Compiled code is kept between runs: half of a short command's time is parsing. Node 22.1 and newer.
module.enableCompileCache?.();
// In a few files where they were made, else in all that it is compiled to.
const entry = ['../bundle/process.js', '../dist/process.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));
if (entry) {
  const { runProcess } = await import(entry.href);
  await runProcess();
} else {
  process.stderr.write(
    'Error: the command line is not built yet. Nothing was done. Run "npm run build" in this checkout, then try again.\n错误：命令行尚未构建，没有执行任何操作。请在此仓库中运行 "npm run build" 后重试。\n',
  );
  process.exitCode = 1;
}
